//! Allocations of one piece of work, by simpletable and with the SDK and `serde_dynamo` by hand.
//!
//! Where rows are read, what remains for each row once the request's own allocations and those of the entity's own strings, vectors and maps are
//! taken off: the allocations of the query, less those of the same query with no rows in its answer, less those of cloning each entity. A buffer that
//! grows counts again.

mod cases;

use std::alloc::System;
use std::hint::black_box;

use cases::{Case, Read, Work};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use tokio::runtime::Runtime;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn main() {
    let runtime = cases::runtime();
    let wanted = std::env::args().skip(1).find(|argument| !argument.starts_with("--")).unwrap_or_default();
    println!("| case | simpletable | SDK + serde_dynamo | per row, beyond the entity's own | the same of SDK + serde_dynamo |");
    println!("|---|---|---|---|---|");
    for case in runtime.block_on(cases::all()).iter().filter(|case| case.name.contains(&wanted)) {
        let Case { name, ours, raw, read, .. } = case;
        let [ours, raw] = [ours, raw].map(|work| of(&runtime, work));
        let [ours_beyond, raw_beyond] = read.as_ref().map(|read| beyond(&runtime, read, ours, raw)).unwrap_or_default();
        println!("| {name} | {ours} | {raw} | {ours_beyond} | {raw_beyond} |");
    }
}

/// The allocations of a piece of work that has been done before.
fn of(runtime: &Runtime, work: &Work) -> usize {
    runtime.block_on(work());
    runtime.block_on(work());
    counted(|| runtime.block_on(work()))
}

fn beyond(runtime: &Runtime, read: &Read, ours: usize, raw: usize) -> [String; 2] {
    let own = counted(&read.cloned);
    [(ours, &read.ours_empty), (raw, &read.raw_empty)].map(|(all, empty)| {
        let rest = black_box(all) as f64 - of(runtime, empty) as f64 - own as f64;
        format!("{:.2}", rest / f64::from(read.rows))
    })
}

fn counted(work: impl FnOnce()) -> usize {
    let region = Region::new(ALLOCATOR);
    work();
    let change = region.change();
    change.allocations + change.reallocations
}
