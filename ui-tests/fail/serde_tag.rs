use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[serde(tag = "kind")]
struct Document {
    title: String,
}

fn main() {}
