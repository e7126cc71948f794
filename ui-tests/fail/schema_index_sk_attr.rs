use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[gsi(name = "name", index = "gsi1", pk = "USER", sk = "<name>")]
struct User {
    name: String,
}

#[derive(Serialize, Deserialize, SingleTable)]
#[gsi(name = "name", index = "gsi1", pk = "ADMIN", sk = "<name>", sk_attr = "admin")]
struct Admin {
    name: String,
}

#[derive(SingleTable)]
enum App {
    User(User),
    Admin(Admin),
}

fn main() {}
