use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[gsi(name = "owner", pk = "owner#<owner>", projection = "cached")]
struct Task {
    owner: String,
    #[serde(skip)]
    cached: u8,
}

fn main() {}
