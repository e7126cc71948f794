//! What compressing rows takes and saves, by level, with the backend that the workspace gives `flate2`. To compare backends, change its features in
//! `Cargo.toml`: the library chooses the backend and the level by these figures.
//!
//! States are kept from row to row, as the library keeps them. A write unit is 1 KB; a row has some 300 bytes beside its `data`.

use std::hint::black_box;
use std::time::{Duration, Instant};

use flate2::{Compress, Compression, Crc, Decompress, FlushCompress, FlushDecompress, Status};
use serde_json::{Value, json};

/// How long one figure is measured.
const MEASURED: Duration = Duration::from_millis(150);

fn main() {
    println!("| JSON | level | to compress | to inflate | bytes | write units |");
    println!("|---|---|---|---|---|---|");
    let text = text();
    for size in [1_000, 10_000, 100_000] {
        let rows: Vec<String> = (0..8).map(|n| row(n, size, &text).to_string()).collect();
        for level in 1..=9 {
            measure(&rows, size, level);
        }
    }
}

fn measure(rows: &[String], size: usize, level: u32) {
    let mut deflater = Compress::new(Compression::new(level), false);
    let mut members: Vec<Vec<u8>> = rows.iter().map(|row| Vec::with_capacity(row.len() + 100)).collect();
    let compress = fastest(|| {
        for (row, member) in rows.iter().zip(&mut members) {
            member.clear();
            deflater.reset();
            let status = deflater.compress_vec(row.as_bytes(), member, FlushCompress::Finish).expect("a new stream");
            assert_eq!(status, Status::StreamEnd);
            black_box(checksum(row.as_bytes()));
        }
    });
    let mut inflater = Decompress::new(false);
    let mut json = Vec::with_capacity(size + 1_000);
    let inflate = fastest(|| {
        for member in &members {
            json.clear();
            inflater.reset(false);
            let status = inflater.decompress_vec(member, &mut json, FlushDecompress::None).expect("a whole stream");
            assert_eq!(status, Status::StreamEnd);
            black_box(checksum(&json));
        }
    });
    let mean = |total: f64| total / rows.len() as f64;
    let micros = |time: Duration| mean(time.as_secs_f64() * 1e6);
    // With the header and the trailer of a member.
    let bytes = members.iter().map(|member| member.len() + 18);
    let units: usize = bytes.clone().map(|bytes| (bytes + 300).div_ceil(1024)).sum();
    let bytes = mean(bytes.sum::<usize>() as f64);
    println!("| {size} | {level} | {:.1} µs | {:.1} µs | {bytes:.0} | {:.2} |", micros(compress), micros(inflate), mean(units as f64));
}

fn checksum(bytes: &[u8]) -> u32 {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc.sum()
}

/// The fastest of as many runs as there is time for.
fn fastest(mut run: impl FnMut()) -> Duration {
    let begin = Instant::now();
    let mut fastest = Duration::MAX;
    while begin.elapsed() < MEASURED {
        let start = Instant::now();
        run();
        fastest = fastest.min(start.elapsed());
    }
    fastest
}

/// Text that people wrote.
fn text() -> Vec<char> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let read = |file| std::fs::read_to_string(format!("{root}/{file}")).expect("a file of the repository");
    ["README.md", "CONTRIBUTING.md"].map(read).concat().chars().collect()
}

/// A row of about so many bytes of JSON: times, ids, numbers, names, and parts of the text.
fn row(n: u64, size: usize, text: &[char]) -> Value {
    let mut state = (n + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut next = |bound: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % bound
    };
    let mut items = Vec::new();
    let mut bytes = 150;
    while bytes + 80 < size {
        let (from, length) = (next(text.len() as u64 - 200) as usize, 40 + next(160) as usize);
        let item = json!({
            "id": format!("{:016x}", next(u64::MAX)),
            "title": text[from..from + length].iter().collect::<String>(),
            "score": next(100_000) as f64 / 7.0,
            "count": next(1_000),
            "active": next(2) == 0,
            "owner": format!("user-{}", next(5_000)),
            "tags": [format!("a{}", next(9)), format!("b{}", next(20))],
        });
        bytes += item.to_string().len() + 1;
        items.push(item);
    }
    let mut time = |month: u64| format!("2026-{month:02}-{:02}T10:{:02}:{:02}.{:06}Z", next(28) + 1, next(60), next(60), next(1_000_000));
    json!({ "resource_id": format!("01J{:023}", n), "created_at": time(3), "updated_at": time(4), "items": items })
}
