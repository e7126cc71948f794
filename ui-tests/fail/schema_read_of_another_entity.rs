use serde::{Deserialize, Serialize};
use simpletable::{Id, SingleTable, Table};

#[derive(Serialize, Deserialize, SingleTable)]
struct Project {
    name: String,
}

#[derive(Serialize, Deserialize, SingleTable)]
struct Task {
    title: String,
}

async fn read(table: Table<Task>, id: Id<Project>) -> simpletable::Result<()> {
    table.read(id).await?;
    Ok(())
}

fn main() {}
