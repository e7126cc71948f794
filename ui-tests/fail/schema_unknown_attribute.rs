use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
struct User {
    name: String,
}

#[derive(SingleTable)]
#[table(tll = "expires")]
enum App {
    User(User),
}

fn main() {}
