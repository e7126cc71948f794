use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
struct Document {
    #[table(set)]
    tags: Option<BTreeSet<String>>,
}

fn main() {}
