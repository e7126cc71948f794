use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[table(unique(name = "email"))]
struct User {
    email: String,
}

fn main() {}
