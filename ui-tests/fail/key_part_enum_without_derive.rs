use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[gsi(name = "status", pk = "status#<status>")]
struct Document {
    status: Status,
}

#[derive(Serialize, Deserialize)]
enum Status {
    Active,
}

fn main() {}
