use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[table(name = "", prefix = "Doc")]
struct Document {
    title: String,
}

fn main() {}
