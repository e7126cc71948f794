use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[table(versioned)]
#[gsi(name = "owner", pk = "owner#<owner>", projection = "owner")]
struct Document {
    owner: String,
}

fn main() {}
