use serde::{Deserialize, Serialize};
use simpletable::{SingleTable, Table};

#[derive(Serialize, Deserialize, SingleTable)]
struct Task {
    title: String,
    done: bool,
}

async fn titled(table: Table<Task>) -> simpletable::Result<()> {
    table.list::<Task>().filter(|t| t.titel.eq("x")).await?;
    Ok(())
}

fn main() {}
