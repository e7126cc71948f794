use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[gsi(name = "by-status", pk = "status#<status>")]
struct Document {
    status: String,
}

fn main() {}
