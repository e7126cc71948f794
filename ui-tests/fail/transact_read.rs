use serde::{Deserialize, Serialize};
use simpletable::{Id, SingleTable, Table};

#[derive(Serialize, Deserialize, SingleTable)]
struct Task {
    title: String,
}

async fn both(table: Table<Task>, id: Id<Task>) -> simpletable::Result<()> {
    table.transact((table.delete(&id), table.get(&id))).await?;
    Ok(())
}

fn main() {}
