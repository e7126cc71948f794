use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[table(unique(name = "weight", value = "<weight>"))]
struct User {
    weight: f64,
}

fn main() {}
