use serde::{Deserialize, Serialize};
use simpletable::{Patch, Resource, SingleTable, Table};

#[derive(Serialize, Deserialize, SingleTable)]
#[gsi(name = "status", pk = "status", sk = "<status>#<updated_at>")]
struct Task {
    title: String,
    status: String,
}

fn rename(table: &Table<Task>, task: &Resource<Task>) -> Patch<Task> {
    table.patch(task).set(|t| t.title, "x")
}

fn main() {}
