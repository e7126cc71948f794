use serde::{Deserialize, Serialize};
use simpletable::{Patch, Resource, SingleTable, Table};

#[derive(Serialize, Deserialize, SingleTable)]
#[table(ttl = "valid_seconds")]
struct Session {
    valid_seconds: u32,
}

fn extend(table: &Table<Session>, session: &Resource<Session>) -> Patch<Session> {
    table.patch(session).set(|s| s.valid_seconds, 60_u32)
}

fn main() {}
