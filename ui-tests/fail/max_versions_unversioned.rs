use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[table(max_versions = 10)]
struct Document {
    title: String,
}

fn main() {}
