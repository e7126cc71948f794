use serde::{Deserialize, Serialize};
use simpletable::{SingleTable, Table};

#[derive(Serialize, Deserialize, SingleTable)]
struct Project {
    name: String,
}

#[derive(Serialize, Deserialize, SingleTable)]
#[gsi(name = "owner", pk = "owner#<owner>")]
struct Task {
    owner: String,
}

async fn owned(table: Table<Project>) -> simpletable::Result<()> {
    table.query(Task::by_owner("ann")).await?;
    Ok(())
}

fn main() {}
