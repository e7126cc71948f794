use serde::{Deserialize, Serialize};
use simpletable::KeyPart;

#[derive(Serialize, Deserialize, KeyPart)]
#[serde(untagged)]
enum Status {
    Open,
}

fn main() {}
