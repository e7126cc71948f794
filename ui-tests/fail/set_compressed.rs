use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[table(compress)]
struct Document {
    #[table(set)]
    tags: BTreeSet<String>,
}

fn main() {}
