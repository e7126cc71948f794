use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[gsi(name = "status", index = "gsitype", pk = "status#<status>")]
struct Document {
    status: String,
}

fn main() {}
