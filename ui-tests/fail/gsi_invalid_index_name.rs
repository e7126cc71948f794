use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[gsi(name = "owner", index = "by owner", pk = "owner#<owner>")]
struct Document {
    owner: String,
}

fn main() {}
