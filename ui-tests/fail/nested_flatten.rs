use serde::{Deserialize, Serialize};
use simpletable::Nested;

#[derive(Serialize, Deserialize, Nested)]
struct Address {
    city: String,
    #[serde(flatten)]
    rest: Rest,
}

#[derive(Serialize, Deserialize)]
struct Rest {
    street: String,
}

fn main() {}
