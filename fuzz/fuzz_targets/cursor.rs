//! Any text as a cursor, of a table with a key for cursors and of one without: an error, or the next page of its query.

#![no_main]

mod canned;

use std::sync::LazyLock;

use canned::Canned;
use libfuzzer_sys::fuzz_target;
use serde::{Deserialize, Serialize};
use simpletable::{Error, SingleTable, Table};
use tokio::runtime::{Builder, Runtime};

#[derive(Serialize, Deserialize, SingleTable)]
#[gsi(name = "owner", pk = "owner#<owner>", sk = "<priority:03>")]
struct Task {
    owner: String,
    priority: u8,
}

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Builder::new_current_thread().enable_time().build().unwrap());

static TABLES: LazyLock<[Table<Task>; 2]> = LazyLock::new(|| {
    let canned = Canned::default();
    canned.answer(br#"{"Items":[],"Count":0,"ScannedCount":0}"#);
    let builder = || Table::builder::<Task>("fuzz").client(canned.client());
    let build = |builder: simpletable::TableBuilder<Task>| RUNTIME.block_on(builder.build()).unwrap();
    [build(builder()), build(builder().cursor_key(1, [7; 32]))]
});

fuzz_target!(|text: &str| {
    for table in TABLES.iter() {
        for page in [
            RUNTIME.block_on(async { table.query(Task::by_owner("ann")).after(text).await }),
            RUNTIME.block_on(async { table.scan::<Task>().after(text).await }),
        ] {
            assert!(matches!(page, Ok(_) | Err(Error::InvalidCursor { .. })), "no other error is told of");
        }
    }
});
