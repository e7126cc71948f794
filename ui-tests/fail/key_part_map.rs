use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[gsi(name = "value", pk = "value#<value>")]
struct Reading {
    value: BTreeMap<String, String>,
}

fn main() {}
