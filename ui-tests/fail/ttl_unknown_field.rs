use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[table(ttl = "expries")]
struct Session {
    expires: u32,
}

fn main() {}
