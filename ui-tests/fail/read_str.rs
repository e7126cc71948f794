use serde::{Deserialize, Serialize};
use simpletable::{SingleTable, Table};

#[derive(Serialize, Deserialize, SingleTable)]
struct Task {
    title: String,
}

async fn read(table: Table<Task>) -> simpletable::Result<()> {
    table.read("abc").await?;
    Ok(())
}

fn main() {}
