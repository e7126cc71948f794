use serde::{Deserialize, Serialize};
use simpletable::{Patch, Resource, SingleTable, Table};

#[derive(Serialize, Deserialize, SingleTable)]
#[gsi(name = "board", pk = "board", sk = "<status>#<rank:03>")]
struct Task {
    status: String,
    rank: u8,
}

fn demote(table: &Table<Task>, task: &Resource<Task>) -> Patch<Task> {
    table.patch(task).set(|t| t.rank, 5)
}

fn main() {}
