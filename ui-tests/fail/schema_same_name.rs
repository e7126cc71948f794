use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
struct User {
    name: String,
}

#[derive(Serialize, Deserialize, SingleTable)]
#[table(name = "User", prefix = "Admin")]
struct Admin {
    name: String,
}

#[derive(SingleTable)]
enum App {
    User(User),
    Admin(Admin),
}

fn main() {}
