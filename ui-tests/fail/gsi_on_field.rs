use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
struct Document {
    #[gsi(name = "status", pk = "status#<status>")]
    status: String,
}

fn main() {}
