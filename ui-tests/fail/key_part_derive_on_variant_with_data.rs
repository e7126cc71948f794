use serde::{Deserialize, Serialize};
use simpletable::KeyPart;

#[derive(Serialize, Deserialize, KeyPart)]
enum Status {
    Active,
    Closed(u32),
}

fn main() {}
