use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
struct Document {
    title: String,
    #[table(set)]
    #[serde(skip)]
    tags: BTreeSet<String>,
}

fn main() {}
