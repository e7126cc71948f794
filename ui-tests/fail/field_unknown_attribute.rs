use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
struct Document {
    #[table(sett)]
    tags: std::collections::BTreeSet<String>,
}

fn main() {}
