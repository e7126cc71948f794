use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[gsi(name = "owner", pk = "owner#<owner>", pk_attr = "key")]
#[gsi(name = "editor", pk = "editor#<editor>", pk_attr = "key")]
struct Document {
    owner: String,
    editor: String,
}

fn main() {}
