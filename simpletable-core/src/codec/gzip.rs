//! gzip, <https://www.rfc-editor.org/rfc/rfc1952>, with states that are kept from row to row: making one takes longer than a row does.

use std::cell::RefCell;

use flate2::{Compress, Compression, Crc, Decompress, FlushCompress, FlushDecompress, Status};

use crate::error::DecodeProblem;

/// How hard a row is compressed. A write unit is 1 KB, and costs as much as tens of milliseconds of a processor: what is smaller pays long before
/// it takes too long. `cargo bench -p simpletable --bench gzip` compares the levels.
const LEVEL: u32 = 7;

thread_local! {
    static DEFLATER: RefCell<Compress> = RefCell::new(Compress::new(Compression::new(LEVEL), false));
    static INFLATER: RefCell<Decompress> = RefCell::new(Decompress::new(false));
}

const MAGIC_1: u8 = 0x1f;
const MAGIC_2: u8 = 0x8b;

/// The only compression method.
const DEFLATE: u8 = 8;

/// What a member's header has, by its flags: a checksum of its own, extra fields, a file's name, a comment.
const CHECKED: u8 = 2;
const EXTRA: u8 = 4;
const NAME: u8 = 8;
const COMMENT: u8 = 16;
const RESERVED: u8 = 0xe0;

/// No flags, no time stamp, nothing about the level, and no system that wrote it.
const HEADER: [u8; 10] = [MAGIC_1, MAGIC_2, DEFLATE, 0, 0, 0, 0, 0, 0, 255];

/// Whether bytes begin as a member does.
pub(super) fn is_gzip(bytes: &[u8]) -> bool {
    bytes.starts_with(&[MAGIC_1, MAGIC_2])
}

/// One member; the same bytes give the same bytes.
pub(super) fn compress(bytes: &[u8]) -> Vec<u8> {
    let mut member = Vec::with_capacity(bytes.len() / 2 + 64);
    member.extend_from_slice(&HEADER);
    DEFLATER.with_borrow_mut(|deflater| {
        deflater.reset();
        loop {
            let rest = &bytes[place(deflater.total_in())..];
            match deflater.compress_vec(rest, &mut member, FlushCompress::Finish) {
                Ok(Status::StreamEnd) => break,
                Ok(_) => member.reserve(member.len()),
                Err(_) => unreachable!("the stream is new"),
            }
        }
    });
    let mut crc = Crc::new();
    crc.update(bytes);
    member.extend_from_slice(&trailer(&crc));
    member
}

/// What a member ends with: the checksum and the number of its bytes.
fn trailer(crc: &Crc) -> [u8; 8] {
    (u64::from(crc.amount()) << 32 | u64::from(crc.sum())).to_le_bytes()
}

/// What one member or several hold, behind what `bytes` has already: of at most `limit` bytes together with that.
///
/// # Errors
/// Anything but whole members whose checksums are right; more than `limit` bytes.
pub(super) fn inflate(mut members: &[u8], limit: usize, bytes: &mut Vec<u8>) -> Result<(), DecodeProblem> {
    // The last bytes of a member say how many it holds.
    let told = members.last_chunk().map_or(0, |length| u32::from_le_bytes(*length) as usize);
    bytes.reserve(told.min(members.len().saturating_mul(EXPANSION)).min(limit) + SPARE);
    INFLATER.with_borrow_mut(|inflater| {
        loop {
            members = member(inflater, members, limit, bytes)?;
            if members.is_empty() {
                return Ok(());
            }
        }
    })
}

/// How many bytes one byte can stand for, at most.
const EXPANSION: usize = 1032;

/// How much more room than needed makes an inflater fast to the end.
const SPARE: usize = 512;

/// Reads a member, and returns what follows it.
fn member<'a>(inflater: &mut Decompress, member: &'a [u8], limit: usize, bytes: &mut Vec<u8>) -> Result<&'a [u8], DecodeProblem> {
    let stream = stream(member).ok_or(DecodeProblem::Data)?;
    let begin = bytes.len();
    inflater.reset(false);
    loop {
        let (read, written) = (inflater.total_in(), bytes.len());
        let status = inflater.decompress_vec(&stream[place(read)..], bytes, FlushDecompress::None).map_err(|_| DecodeProblem::Data)?;
        if bytes.len() > limit {
            return Err(DecodeProblem::TooLarge);
        }
        match status {
            Status::StreamEnd => break,
            // There was no room for more.
            _ if bytes.len() == bytes.capacity() => bytes.reserve((limit - bytes.len()).min(bytes.len()) + SPARE),
            _ if (inflater.total_in(), bytes.len()) == (read, written) => return Err(DecodeProblem::Data),
            _ => {}
        }
    }
    let mut crc = Crc::new();
    crc.update(&bytes[begin..]);
    stream[place(inflater.total_in())..].strip_prefix(&trailer(&crc)).ok_or(DecodeProblem::Data)
}

/// What follows a member's header.
fn stream(member: &[u8]) -> Option<&[u8]> {
    let (start, mut rest) = member.split_first_chunk::<10>()?;
    let [MAGIC_1, MAGIC_2, DEFLATE, flags, ..] = *start else { return None };
    if flags & RESERVED != 0 {
        return None;
    }
    if flags & EXTRA != 0 {
        let (length, extra) = rest.split_first_chunk()?;
        rest = extra.get(usize::from(u16::from_le_bytes(*length))..)?;
    }
    for text in [NAME, COMMENT] {
        if flags & text != 0 {
            let end = rest.iter().position(|byte| *byte == 0)?;
            rest = &rest[end + 1..];
        }
    }
    if flags & CHECKED != 0 {
        let mut crc = Crc::new();
        crc.update(&member[..member.len() - rest.len()]);
        let [low, high, ..] = crc.sum().to_le_bytes();
        rest = rest.strip_prefix(&[low, high])?;
    }
    Some(rest)
}

/// A position in a slice that is in memory.
fn place(position: u64) -> usize {
    usize::try_from(position).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};

    use flate2::GzBuilder;
    use flate2::read::{GzDecoder, MultiGzDecoder};
    use proptest::prelude::*;

    use super::*;

    fn inflated(members: &[u8]) -> Result<Vec<u8>, DecodeProblem> {
        let mut bytes = Vec::new();
        inflate(members, 1_000_000, &mut bytes).map(|()| bytes)
    }

    /// By another reader.
    fn read(members: &[u8]) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        MultiGzDecoder::new(members).read_to_end(&mut bytes).ok().map(|_| bytes)
    }

    fn with_header(header: GzBuilder, bytes: &[u8]) -> Vec<u8> {
        let mut writer = header.write(Vec::new(), Compression::fast());
        writer.write_all(bytes).expect("memory");
        writer.finish().expect("memory")
    }

    /// A member whose header has a checksum of its own, which no writer here makes.
    fn with_checked_header(bytes: &[u8]) -> Vec<u8> {
        let mut member = compress(bytes);
        member[3] |= CHECKED;
        let mut crc = Crc::new();
        crc.update(&member[..10]);
        member.splice(10..10, crc.sum().to_le_bytes().into_iter().take(2));
        member
    }

    proptest! {
        #[test]
        fn another_reader_reads_what_it_writes(bytes in prop::collection::vec(any::<u8>(), 0..5_000), text in "[a-f ]{0,5000}") {
            for bytes in [&bytes, text.as_bytes()] {
                let member = compress(bytes);
                prop_assert_eq!(&compress(bytes), &member);
                prop_assert_eq!(read(&member), Some(bytes.to_vec()));
                prop_assert_eq!(inflated(&member), Ok(bytes.to_vec()));
            }
        }

        #[test]
        fn reads_and_refuses_what_another_reader_does(
            texts in prop::collection::vec("[a-f ]{0,300}", 1..4),
            (at, flip) in (any::<usize>(), any::<u8>()),
            cut in any::<usize>(),
            behind in prop::collection::vec(any::<u8>(), 0..3),
        ) {
            let extra = || GzBuilder::new().filename("a").comment("b").extra(b"cd".as_slice()).mtime(7);
            let mut members: Vec<u8> = texts.iter().flat_map(|text| with_header(extra(), text.as_bytes())).collect();
            members.extend(with_checked_header(b"the last"));
            prop_assert_eq!(inflated(&members).ok(), read(&members));
            prop_assert!(inflated(&members).is_ok());
            let mut changed = members.clone();
            changed[at % members.len()] ^= flip;
            prop_assert_eq!(inflated(&changed).ok(), read(&changed));
            let cut = &members[..cut % members.len()];
            prop_assert_eq!(inflated(cut).ok(), read(cut));
            members.extend(&behind);
            prop_assert_eq!(inflated(&members).ok(), read(&members));
        }

        #[test]
        fn never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = inflated(&bytes);
            let _ = inflated(&[&HEADER, bytes.as_slice()].concat());
        }
    }

    #[test]
    fn a_member_has_no_time_stamp_and_one_header() {
        let member = compress(br#"{"a":1}"#);
        assert_eq!(member[..10], HEADER);
        let mut reader = GzDecoder::new(member.as_slice());
        reader.read_to_end(&mut Vec::new()).expect("a member");
        assert_eq!(reader.header().map(flate2::GzHeader::mtime), Some(0));
    }

    #[test]
    fn what_it_inflates_to_is_bounded_whatever_the_trailer_tells() {
        let mut bomb = compress(&vec![b'x'; 900_000]);
        let length = bomb.len();
        assert_eq!(inflated(&bomb).map(|bytes| bytes.len()), Ok(900_000));
        for told in [0, 1, u32::MAX] {
            bomb[length - 4..].copy_from_slice(&told.to_le_bytes());
            let mut bytes = Vec::new();
            assert_eq!(inflate(&bomb, 1_000_000, &mut bytes), Err(DecodeProblem::Data));
            assert!(bytes.capacity() <= 2_000_000);
            let mut bytes = Vec::new();
            assert_eq!(inflate(&bomb, 1_000, &mut bytes), Err(DecodeProblem::TooLarge));
            assert!(bytes.capacity() <= 4_000);
        }
        let twice = [compress(&[b'x'; 600]), compress(&[b'x'; 600])].concat();
        assert_eq!(inflate(&twice, 1_199, &mut Vec::new()), Err(DecodeProblem::TooLarge));
        assert_eq!(inflate(&twice, 1_200, &mut Vec::new()), Ok(()));
        // Members of nothing end too.
        let nothing = compress(b"").repeat(10_000);
        assert_eq!(inflated(&nothing), Ok(Vec::new()));
    }

    #[test]
    fn a_refusal_leaves_nothing_behind() {
        let whole = compress(&[b'x'; 5_000]);
        assert!(inflated(&whole[..whole.len() / 2]).is_err());
        assert_eq!(inflated(&whole).map(|bytes| bytes.len()), Ok(5_000));
    }
}
