use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[table(name = "_Internal")]
struct Internal {
    org: String,
}

fn main() {}
