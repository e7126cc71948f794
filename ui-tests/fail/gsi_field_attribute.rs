use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[gsi(name = "owner", pk = "owner#<owner>", pk_attr = "owner")]
struct Document {
    owner: String,
}

fn main() {}
