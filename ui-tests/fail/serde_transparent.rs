use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[serde(transparent)]
struct Document {
    title: String,
}

fn main() {}
