use serde::{Deserialize, Serialize};
use simpletable::{Id, SingleTable, Table};

#[derive(Serialize, Deserialize, SingleTable)]
struct Task {
    title: String,
}

async fn one(table: Table<Task>, id: Id<Task>) -> simpletable::Result<()> {
    table.transact(table.delete(&id)).await?;
    Ok(())
}

fn main() {}
