use serde::{Deserialize, Serialize};
use simpletable::Nested;

#[derive(Serialize, Deserialize, Nested)]
struct Address {
    #[table(set)]
    lines: Vec<String>,
}

fn main() {}
