use serde::{Deserialize, Serialize};
use simpletable::Nested;

#[derive(Serialize, Deserialize, Nested)]
struct Address {
    #[serde(skip)]
    city: String,
}

fn main() {}
