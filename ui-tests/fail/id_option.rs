use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[table(id = "<email>")]
struct User {
    email: Option<String>,
}

fn main() {}
