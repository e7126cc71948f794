use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[table(prefix = "SINGLETON")]
struct Org {
    name: String,
}

fn main() {}
