use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[table(unique(name = "email", value = "<email>", fold = "upper"))]
struct User {
    email: String,
}

fn main() {}
