use serde::{Deserialize, Serialize};
use simpletable::{Patch, Resource, SingleTable, Table};

#[derive(Serialize, Deserialize, SingleTable)]
struct Task {
    title: String,
}

fn clear(table: &Table<Task>, task: &Resource<Task>) -> Patch<Task> {
    table.patch(task).remove(|t| t.title)
}

fn main() {}
