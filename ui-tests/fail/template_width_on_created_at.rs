use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[gsi(name = "title", pk = "title#<title>", sk = "<created_at:03>")]
struct Document {
    title: String,
}

fn main() {}
