use serde::{Deserialize, Serialize};
use simpletable::{SingleTable, Table};

#[derive(Serialize, Deserialize, SingleTable)]
#[table(versioned)]
struct Document {
    name: String,
}

async fn named(table: Table<Document>) -> simpletable::Result<()> {
    table.list::<Document>().filter(|d| d.name.eq("x")).await?;
    Ok(())
}

fn main() {}
