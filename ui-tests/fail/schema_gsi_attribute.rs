use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
struct User {
    name: String,
}

#[derive(SingleTable)]
#[gsi(name = "name", pk = "name#<name>")]
enum App {
    User(User),
}

fn main() {}
