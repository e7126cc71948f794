use serde::{Deserialize, Serialize};
use simpletable::{SingleTable, Table};

#[derive(Serialize, Deserialize, SingleTable)]
#[table(ttl = "seconds")]
struct Lock {
    seconds: u32,
}

async fn upsert(table: Table<Lock>) -> simpletable::Result<()> {
    table.upsert(Lock { seconds: 60 }).await?;
    Ok(())
}

fn main() {}
