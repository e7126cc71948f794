use serde::{Deserialize, Serialize};
use simpletable::{Id, SingleTable, Table};

#[derive(Serialize, Deserialize, SingleTable)]
#[table(versioned)]
struct Document {
    title: String,
}

async fn delete(table: Table<Document>, id: Id<Document>) -> simpletable::Result<()> {
    table.delete(id).return_old().await?;
    Ok(())
}

fn main() {}
