use serde::{Deserialize, Serialize};
use simpletable::Nested;

#[derive(Serialize, Deserialize, Nested)]
struct Address<T> {
    city: T,
}

fn main() {}
