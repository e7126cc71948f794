use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
struct Document {
    #[serde(rename(serialize = "label"))]
    title: String,
}

fn main() {}
