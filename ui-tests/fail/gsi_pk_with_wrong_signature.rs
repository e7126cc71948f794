use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[gsi(name = "owner", pk_with = owner_key)]
struct Document {
    owner: String,
}

fn owner_key(owner: &str) -> Option<String> {
    Some(owner.to_owned())
}

fn main() {}
