use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[table(pk = "ORG#<org>", sk = "ORG")]
struct Org {
    org: Option<String>,
}

fn main() {}
