use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[table(name = "MemoryStats")]
struct Memory {
    bytes: u64,
}

fn main() {}
