use serde::{Deserialize, Serialize};
use simpletable::KeyPart;

#[derive(Serialize, Deserialize, KeyPart)]
struct Range {
    from: u32,
    to: u32,
}

fn main() {}
