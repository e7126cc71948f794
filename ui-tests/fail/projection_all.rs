use serde::{Deserialize, Serialize};
use simpletable::{SingleTable, Table};

#[derive(Serialize, Deserialize, SingleTable)]
#[gsi(name = "owner", pk = "owner#<owner>", projection = "keys_only")]
struct Task {
    owner: String,
}

async fn of_ann(table: Table<Task>) {
    let _ = table.query(Task::by_owner("ann")).all().await;
}

fn main() {}
