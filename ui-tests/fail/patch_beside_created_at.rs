use serde::{Deserialize, Serialize};
use simpletable::{Patch, Resource, SingleTable, Table};

#[derive(Serialize, Deserialize, SingleTable)]
#[gsi(name = "status", pk = "<status>#<created_at>")]
struct Task {
    status: String,
}

fn done(table: &Table<Task>, task: &Resource<Task>) -> Patch<Task> {
    table.patch(task).set(|t| t.status, "done")
}

fn main() {}
