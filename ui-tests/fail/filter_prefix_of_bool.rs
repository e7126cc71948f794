use serde::{Deserialize, Serialize};
use simpletable::{SingleTable, Table};

#[derive(Serialize, Deserialize, SingleTable)]
struct Task {
    title: String,
    done: bool,
}

async fn done(table: Table<Task>) -> simpletable::Result<()> {
    table.list::<Task>().filter(|t| t.done.begins_with("y")).await?;
    Ok(())
}

fn main() {}
