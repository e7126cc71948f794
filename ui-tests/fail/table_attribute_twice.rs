use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[table(name = "Doc", name = "Document")]
struct Document {
    title: String,
}

fn main() {}
