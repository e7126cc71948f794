use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
struct User {
    name: String,
}

#[derive(Serialize, Deserialize, SingleTable)]
struct Admin {
    name: String,
}

#[derive(SingleTable)]
enum App {
    User(User),
    Both(User, Admin),
}

fn main() {}
