use serde::{Deserialize, Serialize};
use simpletable::{Resource, SingleTable, Table};

#[derive(Serialize, Deserialize, SingleTable)]
#[table(versioned, id = "<title>")]
struct Document {
    title: String,
}

async fn rekey(table: Table<Document>, document: Resource<Document>) -> simpletable::Result<()> {
    table.rekey(document, |d| d.title = "x".into()).await?;
    Ok(())
}

fn main() {}
