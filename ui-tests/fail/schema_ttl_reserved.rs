use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
struct User {
    name: String,
}

#[derive(SingleTable)]
#[table(ttl = "updated_at")]
enum App {
    User(User),
}

fn main() {}
