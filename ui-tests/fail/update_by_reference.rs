use serde::{Deserialize, Serialize};
use simpletable::{Resource, SingleTable, Table};

#[derive(Serialize, Deserialize, SingleTable)]
struct Task {
    title: String,
}

async fn update(table: Table<Task>, task: Resource<Task>) -> simpletable::Result<()> {
    table.update(&task, |t| t.title = "x".into()).await?;
    Ok(())
}

fn main() {}
