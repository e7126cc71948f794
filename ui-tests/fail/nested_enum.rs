use serde::{Deserialize, Serialize};
use simpletable::Nested;

#[derive(Serialize, Deserialize, Nested)]
enum Address {
    Street(String),
}

fn main() {}
