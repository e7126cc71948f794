use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[table(id = "<email>#<updated_at>")]
struct User {
    email: String,
}

fn main() {}
