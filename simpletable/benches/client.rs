//! The client's work for one operation, through a connector that answers from memory, against the SDK with `serde_dynamo` by hand.
//!
//! `cargo bench -p simpletable --bench client -- "mixed"` runs the cases of that name. For ratios, `scripts/figures` measures both sides in turns.

mod cases;

use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};

fn client(criterion: &mut Criterion) {
    let runtime = cases::runtime();
    for case in runtime.block_on(cases::all()) {
        let mut group = criterion.benchmark_group(&case.name);
        let sides = [("simpletable", Some(&case.ours)), ("raw", Some(&case.raw)), ("modyne", case.modyne.as_ref())];
        for (side, work) in sides.into_iter().filter_map(|(side, work)| Some((side, work?))) {
            group.bench_function(side, |bencher| bencher.to_async(&runtime).iter(work));
        }
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(3));
    targets = client
}
criterion_main!(benches);
