use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[gsi(name = "name", index = "gsi1", pk = "user#<name>")]
struct User {
    name: String,
}

#[derive(Serialize, Deserialize, SingleTable)]
#[gsi(name = "name", index = "gsi2", pk = "admin#<name>", pk_attr = "gsi1pk")]
struct Admin {
    name: String,
}

#[derive(SingleTable)]
enum App {
    User(User),
    Admin(Admin),
}

fn main() {}
