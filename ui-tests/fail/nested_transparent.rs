use serde::{Deserialize, Serialize};
use simpletable::Nested;

#[derive(Serialize, Deserialize, Nested)]
#[serde(transparent)]
struct Address {
    city: String,
}

fn main() {}
