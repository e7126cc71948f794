use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
struct Document {
    #[serde(rename = "gsitype")]
    kind: String,
}

fn main() {}
