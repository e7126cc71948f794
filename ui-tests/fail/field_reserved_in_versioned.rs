use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[table(versioned, compress = false)]
struct Document {
    version: u32,
}

fn main() {}
