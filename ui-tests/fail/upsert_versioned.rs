use serde::{Deserialize, Serialize};
use simpletable::{SingleTable, Table};

#[derive(Serialize, Deserialize, SingleTable)]
#[table(versioned)]
struct Document {
    title: String,
}

async fn upsert(table: Table<Document>) -> simpletable::Result<()> {
    table.upsert(Document { title: "x".into() }).await?;
    Ok(())
}

fn main() {}
