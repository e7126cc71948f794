use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[gsi(name = "title", pk = "title#<title:03>")]
struct Document {
    title: String,
}

fn main() {}
