use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[gsi(pk = "status#<status>")]
struct Document {
    status: String,
}

fn main() {}
