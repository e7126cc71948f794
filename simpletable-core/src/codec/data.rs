//! The bytes in `data`: one gzip member of JSON, or plain JSON.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;

use super::json;
use crate::error::{DecodeProblem, Item};
use crate::json::{Entry, Refused};

/// How many bytes a row may inflate to, unless the table says otherwise.
pub(crate) const INFLATED_BYTES: usize = 16 * 1024 * 1024;

const GZIP_MAGIC: &[u8] = &[0x1f, 0x8b];

/// Compresses JSON; the same input gives the same bytes (no time stamp).
pub(crate) fn compress(json: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(json.len() / 2 + 32), Compression::default());
    // Writing to a `Vec` does not fail.
    let _ = encoder.write_all(json);
    encoder.finish().unwrap_or_else(|_| unreachable!("writing to memory"))
}

/// The JSON in `data`, compressed or not, of at most `limit` bytes.
pub(crate) fn text(data: Vec<u8>, limit: usize) -> Result<String, DecodeProblem> {
    let json = if data.starts_with(GZIP_MAGIC) { inflate(&data, limit)? } else { data };
    String::from_utf8(json).map_err(|_| DecodeProblem::Data)
}

/// The members of the JSON object that is in `data`.
pub(crate) fn members(json: &str) -> Result<Vec<Entry<'_>>, DecodeProblem> {
    Entry::members(json).map_err(problem)
}

/// The JSON object in `data`.
pub(crate) fn read(data: &[u8], limit: usize) -> Result<Item, DecodeProblem> {
    json::read_object(&text(data.to_vec(), limit)?).map_err(problem)
}

fn problem(refused: Refused) -> DecodeProblem {
    match refused {
        Refused::Syntax => DecodeProblem::Data,
        Refused::TooDeep => DecodeProblem::TooLarge,
    }
}

fn inflate(data: &[u8], limit: usize) -> Result<Vec<u8>, DecodeProblem> {
    let mut json = Vec::with_capacity((data.len() * 4).min(limit));
    let bound = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    MultiGzDecoder::new(data).take(bound).read_to_end(&mut json).map_err(|_| DecodeProblem::Data)?;
    if json.len() > limit { Err(DecodeProblem::TooLarge) } else { Ok(json) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_golden_row_of_layout_md() {
        let golden = "H4sIADbIAmsC/6tWKkotzi8tSk6Nz0xRslLydDFU0lFKLkpNLElNiU8sAQoZGRiZ6BoY6hoYhRgYWxmYWBmY6pmZW1gaGEQBlZYWpBCrtCy1qDgzP0/JylBHqSSzJCcVqCPj8EqgTEFRZjKQZ6hnoKNUnpEKVJJXmpNTCwDdRq1/nQAAAA==";
        let item = read(&aws_smithy_types::base64::decode(golden).expect("base64"), INFLATED_BYTES).expect("golden");
        assert_eq!(item["title"].as_s().map(String::as_str), Ok("hé"));
        assert_eq!(item["price"].as_n().map(String::as_str), Ok("1.0"));
        assert!(item["when"].is_null());
    }

    #[test]
    fn reads_what_it_compresses_and_plain_json() {
        let json = br#"{"a":[1,2,3]}"#;
        assert_eq!(read(&compress(json), INFLATED_BYTES), read(json, INFLATED_BYTES));
        assert_eq!(compress(json), compress(json));
    }

    #[test]
    fn refuses_what_inflates_past_the_limit() {
        let bomb = compress(format!("{{\"a\":\"{}\"}}", "x".repeat(2_000_000)).as_bytes());
        assert!(bomb.len() < 4_000);
        assert_eq!(read(&bomb, 1_000_000), Err(DecodeProblem::TooLarge));
        assert!(read(&bomb, 2_000_008).is_ok());
        assert_eq!(read(&bomb, 2_000_007), Err(DecodeProblem::TooLarge));
    }

    #[test]
    fn refuses_rubbish() {
        for data in [&b""[..], b"\x1f\x8b", b"\x1f\x8brubbish", b"null", b"[]", b"{", b"\xff\xfe", &compress(b"[]")] {
            assert_eq!(read(data, INFLATED_BYTES), Err(DecodeProblem::Data));
        }
        let whole = compress(br#"{"a":1}"#);
        for length in 0..whole.len() {
            assert_eq!(read(&whole[..length], INFLATED_BYTES), Err(DecodeProblem::Data));
        }
    }
}
