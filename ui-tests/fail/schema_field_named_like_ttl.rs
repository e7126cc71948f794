use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[table(ttl = "until")]
struct User {
    until: u32,
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
