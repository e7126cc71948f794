use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[table(pk = "ORG#<org>", sk = "<updated_at>")]
struct Org {
    org: String,
}

fn main() {}
