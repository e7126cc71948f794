use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[gsi(name = "owner", index = "o1", pk = "owner#<owner>")]
struct Document {
    owner: String,
}

fn main() {}
