use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[gsi(name = "owner", pk = "owner#<owner>", projection = "titel, owner")]
struct Task {
    owner: String,
    title: String,
}

fn main() {}
