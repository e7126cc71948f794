use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Default, Serialize, Deserialize, SingleTable)]
#[table(singleton, sk = "CONFIG")]
struct Config {
    greeting: String,
}

fn main() {}
