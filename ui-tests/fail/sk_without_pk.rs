use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[table(sk = "ORG#<org>")]
struct Org {
    org: String,
}

fn main() {}
