use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Default, Serialize, Deserialize, SingleTable)]
#[table(singleton, prefix = "Config")]
struct Config {
    greeting: String,
}

fn main() {}
