use serde::{Deserialize, Serialize};
use simpletable::{SingleTable, Table};

#[derive(Serialize, Deserialize, SingleTable)]
#[gsi(name = "owner", pk = "owner#<owner>")]
struct Task {
    owner: String,
}

async fn owned(table: Table<Task>) -> simpletable::Result<()> {
    table.query(Task::by_owner("ann")).consistent().await?;
    Ok(())
}

fn main() {}
