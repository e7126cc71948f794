use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[table(pk = "ORG#<org>", sk = "USER#<email>")]
struct User {
    org: String,
    email: String,
}

fn key() -> simpletable::Key<User> {
    User::key("acme", 7)
}

fn main() {}
