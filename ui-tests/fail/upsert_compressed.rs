use serde::{Deserialize, Serialize};
use simpletable::{SingleTable, Table};

#[derive(Serialize, Deserialize, SingleTable)]
#[table(compress)]
struct Letter {
    title: String,
}

async fn upsert(table: Table<Letter>) -> simpletable::Result<()> {
    table.upsert(Letter { title: "x".into() }).await?;
    Ok(())
}

fn main() {}
