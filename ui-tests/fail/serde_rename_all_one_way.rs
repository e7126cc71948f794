use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[serde(rename_all(serialize = "camelCase"))]
struct Document {
    sort_title: String,
}

fn main() {}
