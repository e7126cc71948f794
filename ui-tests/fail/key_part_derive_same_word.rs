// Serde notices it too.
#![allow(unreachable_patterns)]

use serde::{Deserialize, Serialize};
use simpletable::KeyPart;

#[derive(Serialize, Deserialize, KeyPart)]
enum Status {
    Open,
    #[serde(rename = "Open")]
    Reopened,
}

fn main() {}
