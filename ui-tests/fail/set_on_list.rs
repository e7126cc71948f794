use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
struct Document {
    #[table(set)]
    tags: Vec<String>,
}

fn main() {}
