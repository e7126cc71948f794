use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[table(prefix = "ORG#")]
struct Org {
    name: String,
}

fn main() {}
