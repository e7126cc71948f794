use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[table(pk = "ORG#<org>", sk = "USER#<email>")]
struct User {
    org: String,
    email: String,
}

#[derive(Serialize, Deserialize, SingleTable)]
#[table(pk = "ORG#<org>", sk = "USER#<email>")]
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
