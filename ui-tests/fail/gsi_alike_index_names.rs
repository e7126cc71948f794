use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[gsi(name = "owner", index = "gsi-1", pk = "owner#<owner>")]
#[gsi(name = "editor", index = "GSI1", pk = "editor#<editor>", pk_attr = "editorkey")]
struct Document {
    owner: String,
    editor: String,
}

fn main() {}
