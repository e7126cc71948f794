use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[table(versioned, pk = "ORG#<org>", sk = "ORG")]
struct Org {
    org: String,
}

fn main() {}
