use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[gsi(name = "status", pk = "status#<status>", sk = "<status>", sk_attr = "statuspk")]
struct Document {
    status: String,
}

fn main() {}
