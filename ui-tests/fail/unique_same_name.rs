use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[table(unique(name = "email", value = "<email>"), unique(name = "email", value = "<email>#<team>"))]
struct User {
    email: String,
    team: String,
}

fn main() {}
