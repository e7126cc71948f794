use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[serde(into = "Stored")]
struct Document {
    title: String,
}

#[derive(Serialize)]
struct Stored {
    title: String,
}

impl From<Document> for Stored {
    fn from(document: Document) -> Self {
        Self { title: document.title }
    }
}

impl Clone for Document {
    fn clone(&self) -> Self {
        Self { title: self.title.clone() }
    }
}

fn main() {}
