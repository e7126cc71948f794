use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[table(unique(name = "both", value = "<number>1<email>"))]
struct User {
    number: u32,
    email: String,
}

fn main() {}
