use serde::{Deserialize, Serialize};
use simpletable::{Patch, Resource, SingleTable, Table};

#[derive(Serialize, Deserialize, SingleTable)]
#[gsi(name = "rank", pk = "rank", sk = "<rank:03>")]
struct Task {
    rank: u8,
}

fn demote(table: &Table<Task>, task: &Resource<Task>) -> Patch<Task> {
    table.patch(task).add(|t| t.rank, 1)
}

fn main() {}
