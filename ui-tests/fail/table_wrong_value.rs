use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[table(max_versions = "ten", versioned)]
struct Document {
    title: String,
}

fn main() {}
