use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[gsi(name = "owner", pk = "<owner><status>")]
struct Document {
    owner: String,
    status: String,
}

fn main() {}
