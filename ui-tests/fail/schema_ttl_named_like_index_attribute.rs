use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[gsi(name = "name", index = "gsi1", pk = "user#<name>")]
struct User {
    name: String,
}

#[derive(SingleTable)]
#[table(ttl = "gsi1pk")]
enum App {
    User(User),
}

fn main() {}
