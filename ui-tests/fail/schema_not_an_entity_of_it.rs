use serde::{Deserialize, Serialize};
use simpletable::{SingleTable, Table};

#[derive(Serialize, Deserialize, SingleTable)]
struct Project {
    name: String,
}

#[derive(Serialize, Deserialize, SingleTable)]
struct Task {
    title: String,
}

#[derive(SingleTable)]
enum App {
    Task(Task),
}

async fn create(table: Table<App>) -> simpletable::Result<()> {
    table.create(Project { name: "launch".into() }).await?;
    Ok(())
}

fn main() {}
