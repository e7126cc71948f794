use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[table(pk = "ORG#<org>", sk = "ORG")]
#[gsi(name = "org", pk = "<id>")]
struct Org {
    org: String,
}

fn main() {}
