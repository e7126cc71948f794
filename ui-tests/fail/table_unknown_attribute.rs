use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[table(versoned)]
struct Document {
    title: String,
}

fn main() {}
