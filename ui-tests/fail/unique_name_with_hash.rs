use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[table(pk = "U#<email>", sk = "U", name = "user#1", unique(name = "email", value = "<email>"))]
struct User {
    email: String,
}

fn main() {}
