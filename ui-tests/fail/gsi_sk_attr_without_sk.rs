use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[gsi(name = "owner", pk = "owner#<owner>", sk_attr = "rank")]
struct Document {
    owner: String,
}

fn main() {}
