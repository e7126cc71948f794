use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[table(pk = "SINGLETON#<org>", sk = "ORG")]
struct Org {
    org: String,
}

fn main() {}
