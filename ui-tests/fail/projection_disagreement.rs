use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[gsi(name = "name", index = "gsi1", pk = "user#<name>", projection = "name")]
struct User {
    name: String,
}

#[derive(Serialize, Deserialize, SingleTable)]
#[gsi(name = "name", index = "gsi1", pk = "admin#<name>", projection = "keys_only")]
struct Admin {
    name: String,
}

#[derive(SingleTable)]
enum App {
    User(User),
    Admin(Admin),
}

fn main() {}
