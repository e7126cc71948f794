use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[gsi(name = "owner", pk = "owner#<owner>")]
struct Document {
    #[serde(skip)]
    owner: String,
}

fn main() {}
