use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[table(versioned)]
struct User {
    name: String,
}

#[derive(Serialize, Deserialize, SingleTable)]
#[table(pk = "User#<user>", sk = "ADMIN")]
struct Admin {
    user: String,
}

#[derive(SingleTable)]
enum App {
    User(User),
    Admin(Admin),
}

fn main() {}
