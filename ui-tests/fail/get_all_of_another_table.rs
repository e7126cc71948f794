use serde::{Deserialize, Serialize};
use simpletable::{Id, SingleTable, Table};

#[derive(Serialize, Deserialize, SingleTable)]
struct Task {
    title: String,
}

#[derive(Serialize, Deserialize, SingleTable)]
struct Project {
    name: String,
}

async fn both(table: Table<Task>, task: Id<Task>, project: Id<Project>) -> simpletable::Result<()> {
    table.get_all((&task, &project)).await?;
    Ok(())
}

fn main() {}
