use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
struct User {
    name: String,
}

#[derive(Serialize, Deserialize, SingleTable)]
#[table(pk = "User#<org>", sk = "User#<email>")]
struct Admin {
    org: String,
    email: String,
}

#[derive(SingleTable)]
enum App {
    User(User),
    Admin(Admin),
}

fn main() {}
