use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[table(prefix = "_INTERNAL")]
struct Org {
    name: String,
}

fn main() {}
