use serde::{Deserialize, Serialize};
use simpletable::KeyPart;

#[derive(Serialize, Deserialize, KeyPart)]
enum Status {
    Open,
    #[serde(skip)]
    Unknown,
}

fn main() {}
