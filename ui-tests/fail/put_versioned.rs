use serde::{Deserialize, Serialize};
use simpletable::{SingleTable, Table};

#[derive(Serialize, Deserialize, SingleTable)]
#[table(versioned)]
struct Document {
    title: String,
}

async fn put(table: Table<Document>) -> simpletable::Result<()> {
    table.put(Document { title: "x".into() }).await?;
    Ok(())
}

fn main() {}
