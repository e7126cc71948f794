use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[gsi(name = "owner", pk = "owner#<owner>", sk = "<priority>")]
struct Task {
    owner: String,
    priority: u8,
}

fn main() {}
