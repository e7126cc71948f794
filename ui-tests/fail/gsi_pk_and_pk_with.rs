use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[gsi(name = "owner", pk = "owner#<owner>", pk_with = owner_key)]
struct Document {
    owner: String,
}

fn owner_key(document: &Document) -> Option<String> {
    Some(document.owner.clone())
}

fn main() {}
