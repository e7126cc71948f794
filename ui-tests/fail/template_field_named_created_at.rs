use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[gsi(name = "created", pk = "created", sk = "<created_at>")]
struct Document {
    #[serde(rename = "made")]
    created_at: String,
}

fn main() {}
