use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[table(pk = "ORG#<org>")]
struct Org {
    org: String,
}

fn main() {}
