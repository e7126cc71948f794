use serde::{Deserialize, Serialize};
use simpletable::{SingleTable, Table};

#[derive(Serialize, Deserialize, SingleTable)]
#[table(type_index = false)]
struct Task {
    title: String,
}

async fn all(table: Table<Task>) -> simpletable::Result<()> {
    table.list::<Task>().await?;
    Ok(())
}

fn main() {}
