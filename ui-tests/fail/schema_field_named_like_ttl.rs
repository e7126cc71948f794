use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
struct User {
    name: String,
}

#[derive(Serialize, Deserialize, SingleTable)]
struct Admin {
    expires: String,
}

#[derive(SingleTable)]
#[table(ttl = "expires")]
enum App {
    User(User),
    Admin(Admin),
}

fn main() {}
