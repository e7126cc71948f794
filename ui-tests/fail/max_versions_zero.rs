use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[table(versioned, max_versions = 0)]
struct Document {
    title: String,
}

fn main() {}
