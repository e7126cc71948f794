use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[serde(from = "Stored")]
struct Document {
    title: String,
}

#[derive(Deserialize)]
struct Stored {
    title: String,
}

impl From<Stored> for Document {
    fn from(stored: Stored) -> Self {
        Self { title: stored.title }
    }
}

fn main() {}
