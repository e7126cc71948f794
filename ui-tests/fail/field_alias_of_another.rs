// Serde notices it too.
#![allow(unreachable_patterns)]

use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
struct Document {
    title: String,
    #[serde(alias = "title")]
    label: String,
}

fn main() {}
