use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[table(max_versions = 10, prefx = "Doc")]
#[gsi(name = "status", pk = "status#<statsu>")]
#[gsi(name = "owner", pk = "owner#<owner")]
#[gsi(index = "gsi3", pk = "<title>")]
struct Document {
    title: String,
    status: String,
    owner: String,
    #[table(set)]
    tags: Option<BTreeSet<String>>,
    #[serde(rename = "pk")]
    key: u32,
}

fn main() {}
