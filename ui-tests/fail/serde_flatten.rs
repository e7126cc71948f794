use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
struct Document {
    title: String,
    #[serde(flatten)]
    extra: std::collections::BTreeMap<String, String>,
}

fn main() {}
