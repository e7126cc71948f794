use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
struct User {
    name: String,
}

#[derive(SingleTable)]
enum App {
    #[table(versioned)]
    User(User),
}

fn main() {}
