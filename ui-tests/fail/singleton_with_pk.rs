use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Default, Serialize, Deserialize, SingleTable)]
#[table(singleton, pk = "CONFIG#<greeting>")]
struct Config {
    greeting: String,
}

fn main() {}
