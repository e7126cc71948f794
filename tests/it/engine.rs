//! The table that a test runs on.

use std::sync::atomic::{AtomicU32, Ordering};

use simpletable::{Schema, Table, TableBuilder};

/// Whether the tests run on DynamoDB Local.
pub(crate) fn is_remote() -> bool {
    std::env::var_os("AWS_ENDPOINT_URL_DYNAMODB").is_some()
}

/// A builder for a new table on the engine under test.
pub(crate) fn builder<S: Schema>() -> TableBuilder<S> {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    if is_remote() {
        let name = format!("it-{}-{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        Table::builder(name).create_if_missing()
    } else {
        Table::builder("tests").in_memory()
    }
}

/// A new table on the engine under test.
pub(crate) async fn table<S: Schema>() -> Table<S> {
    builder().build().await.expect("the engine under test is there")
}
