use serde::{Deserialize, Serialize};
use simpletable::{Patch, Resource, SingleTable, Table};

#[derive(Serialize, Deserialize, SingleTable)]
#[table(versioned)]
struct Document {
    title: String,
}

fn rename(table: &Table<Document>, document: &Resource<Document>) -> Patch<Document> {
    table.patch(document).set(|d| d.title, "x")
}

fn main() {}
