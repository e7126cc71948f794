// Serde notices it too.
#![allow(unreachable_patterns)]

use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
struct Document {
    #[serde(rename = "label")]
    title: String,
    label: String,
}

fn main() {}
