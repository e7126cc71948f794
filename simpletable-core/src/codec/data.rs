//! The bytes in `data`: one gzip member of JSON, or plain JSON.

use std::cell::RefCell;
use std::mem;
use std::ops::Deref;

use super::{gzip, json};
use crate::error::{DecodeProblem, Item};
use crate::json::{Entries, Entry, Refused, decode_base64};

pub(super) use gzip::compress;

/// How many bytes a row may inflate to, unless the table says otherwise.
pub(crate) const INFLATED_BYTES: usize = 16 * 1024 * 1024;

thread_local! {
    /// Memory for the bytes of a row, and for its JSON.
    static MEMORY: RefCell<(Vec<u8>, Vec<u8>)> = const { RefCell::new((Vec::new(), Vec::new())) };
}

/// How much memory for JSON is kept from row to row.
const KEPT_BYTES: usize = 256 * 1024;

/// The JSON in `data`, in memory that the next row takes over.
#[cfg_attr(test, derive(Debug))]
pub(crate) struct Text(String);

impl Text {
    /// The JSON in bytes, compressed or not: of at most `limit` bytes, if it is compressed.
    pub(crate) fn read(data: &[u8], limit: usize) -> Result<Self, DecodeProblem> {
        Self::with_memory(|_, json| fill(data, limit, json))
    }

    /// The same of bytes in base64.
    pub(crate) fn read_base64(base64: &str, limit: usize) -> Result<Self, DecodeProblem> {
        Self::with_memory(|data, json| {
            decode_base64(base64, data).map_err(problem)?;
            fill(data, limit, json)
        })
    }

    fn with_memory(read: impl FnOnce(&mut Vec<u8>, &mut Vec<u8>) -> Result<(), DecodeProblem>) -> Result<Self, DecodeProblem> {
        MEMORY.with_borrow_mut(|(data, kept)| {
            data.clear();
            // Taken, so that what a refused row grew to is not kept.
            let mut json = mem::take(kept);
            json.clear();
            let read = read(data, &mut json);
            data.shrink_to(KEPT_BYTES);
            read?;
            String::from_utf8(json).map(Self).map_err(|_| DecodeProblem::Data)
        })
    }

    /// The members of the JSON object that it is.
    pub(crate) fn members(&self) -> Result<Entries<'_>, DecodeProblem> {
        Entry::members(self).map_err(problem)
    }
}

impl Drop for Text {
    fn drop(&mut self) {
        let memory = mem::take(&mut self.0).into_bytes();
        if memory.capacity() <= KEPT_BYTES {
            // A thread that ends has no use for it.
            let _ = MEMORY.try_with(|kept| kept.try_borrow_mut().map(|mut kept| kept.1 = memory));
        }
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// The JSON object in `data`.
pub(crate) fn read(data: &[u8], limit: usize) -> Result<Item, DecodeProblem> {
    json::read_object(&Text::read(data, limit)?).map_err(problem)
}

/// Puts the JSON that is in bytes where it belongs.
fn fill(data: &[u8], limit: usize, json: &mut Vec<u8>) -> Result<(), DecodeProblem> {
    if gzip::is_gzip(data) {
        gzip::inflate(data, limit, json)
    } else {
        json.extend_from_slice(data);
        Ok(())
    }
}

fn problem(refused: Refused) -> DecodeProblem {
    match refused {
        Refused::Syntax => DecodeProblem::Data,
        Refused::TooDeep => DecodeProblem::TooLarge,
    }
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
    fn a_text_stays_while_others_are_read() {
        let texts = ["{\"a\":1}", "{\"b\":[2,2]}", "{}"];
        let read: Vec<Text> = texts.iter().map(|text| Text::read(&compress(text.as_bytes()), INFLATED_BYTES).expect("valid")).collect();
        assert!(read.iter().map(|text| &**text).eq(texts));
        drop(read);
        assert_eq!(Text::read_base64("e30=", INFLATED_BYTES).as_deref(), Ok("{}"));
        assert_eq!(Text::read_base64("e30", INFLATED_BYTES).as_deref(), Err(&DecodeProblem::Data));
        assert_eq!(Text::read(texts[0].as_bytes(), INFLATED_BYTES).as_deref(), Ok(texts[0]));
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
