use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[serde(deny_unknown_fields)]
struct Document {
    title: String,
}

fn main() {}
