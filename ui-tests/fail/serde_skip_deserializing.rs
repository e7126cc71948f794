use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
struct Document {
    #[serde(skip_deserializing)]
    title: String,
}

fn main() {}
