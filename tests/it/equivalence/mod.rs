//! The rows and requests of the library beside those of `serde_dynamo` and the SDK: the library writes requests and reads answers itself, and nobody
//! may see that by anything but the time it takes.
//!
//! Where `serde_dynamo` differs for good, the twin of an entity or its row says so: a field that is `None` is NULL there and absent here
//! (`raw::fields`), numbers of 128 bits are not written there (`entities::Wide`), floats are written without an exponent there (`wire::meaning`
//! compares numbers of any notation), and sets are declared otherwise.

mod decode;
mod encode;
mod entities;
mod raw;
mod wire;

use std::fmt::Debug;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

/// Checks 256 values.
fn cases<T: Debug>(values: impl Strategy<Value = T>, check: impl AsyncFn(T) -> simpletable::Result<()>) {
    run(256, values, check);
}

fn run<T: Debug>(cases: u32, values: impl Strategy<Value = T>, check: impl AsyncFn(T) -> simpletable::Result<()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 64, ..Config::default() };
    let result = TestRunner::new(config)
        .run(&values, |value| runtime.block_on(check(value)).map_err(|error| TestCaseError::fail(format!("{error:?}"))));
    result.unwrap_or_else(|failure| panic!("{failure}"));
}
