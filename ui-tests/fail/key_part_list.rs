use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[gsi(name = "value", pk = "value#<value>")]
struct Reading {
    value: Vec<String>,
}

fn main() {}
