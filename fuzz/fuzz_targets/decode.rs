//! Any bytes as the answer to a query: an error, or rows that can be written down and read again.

#![no_main]

mod canned;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use canned::Canned;
use libfuzzer_sys::fuzz_target;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;
use simpletable::{SingleTable, Table};
use tokio::runtime::{Builder, Runtime};

#[derive(Serialize, Deserialize, SingleTable)]
enum Shop {
    Order(Order),
    Archive(Archive),
    Policy(Policy),
}

/// Every type of value.
#[derive(Serialize, Deserialize, SingleTable)]
#[table(ttl = "expires")]
struct Order {
    owner: String,
    note: Option<String>,
    quantity: u32,
    balance: i64,
    total: f64,
    paid: bool,
    initial: char,
    lines: Vec<Line>,
    labels: BTreeMap<String, Value>,
    #[table(set)]
    tags: BTreeSet<String>,
    #[table(set)]
    ratings: BTreeSet<u32>,
    #[table(set)]
    digests: BTreeSet<ByteBuf>,
    checksum: ByteBuf,
    expires: Option<u64>,
}

#[derive(Serialize, Deserialize)]
struct Line {
    sku: String,
    price: f32,
    kind: Kind,
}

#[derive(Serialize, Deserialize)]
enum Kind {
    Plain,
    Sized(u8, i8),
    Named { name: String },
}

/// Whatever comes, by what it is.
type Value = serde_json::Value;

/// A row that is JSON in gzip.
#[derive(Serialize, Deserialize, SingleTable)]
#[table(compress)]
struct Archive {
    title: String,
    pages: Vec<u64>,
    rest: Value,
}

#[derive(Serialize, Deserialize, SingleTable)]
#[table(versioned)]
struct Policy {
    title: String,
}

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Builder::new_current_thread().enable_time().build().unwrap());

static TABLE: LazyLock<(Canned, Table<Shop>)> = LazyLock::new(|| {
    let canned = Canned::default();
    let table = Table::builder::<Shop>("fuzz").client(canned.client()).max_inflated_bytes(1024 * 1024);
    (canned, RUNTIME.block_on(table.build()).unwrap())
});

fuzz_target!(|body: &[u8]| {
    let (canned, table) = &*TABLE;
    canned.answer(body);
    RUNTIME.block_on(async {
        // Of one entity, and of whichever it says.
        let _ = table.scan::<Order>().include_expired().await;
        let _ = table.scan::<Archive>().await;
        let _ = table.list::<Policy>().await;
        if let Ok(page) = table.scan::<Shop>().await {
            for row in &page {
                serde_json::to_string(row).unwrap();
            }
        }
    });
});
