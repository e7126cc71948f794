use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[gsi(name = "owner", index = "gsi1", pk = "owner#<owner>")]
#[gsi(name = "owner", index = "gsi2", pk = "editor#<editor>")]
struct Document {
    owner: String,
    editor: String,
}

fn main() {}
