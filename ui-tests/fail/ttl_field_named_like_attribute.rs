use std::future::Future;

use serde::{Deserialize, Serialize};
use simpletable::{SingleTable, Table};

#[derive(Serialize, Deserialize, SingleTable)]
#[table(ttl = "ttl")]
struct Session {
    ttl: u32,
}

// An entity learns that it is a table of its own where a table is made of it.
fn main() {
    let table = Table::builder::<Session>("sessions").build();
    let _: Box<dyn Future<Output = simpletable::Result<Table<Session>>>> = Box::new(table);
}
