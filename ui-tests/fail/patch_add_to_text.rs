use serde::{Deserialize, Serialize};
use simpletable::{Patch, Resource, SingleTable, Table};

#[derive(Serialize, Deserialize, SingleTable)]
struct Task {
    title: String,
}

fn lengthen(table: &Table<Task>, task: &Resource<Task>) -> Patch<Task> {
    table.patch(task).add(|t| t.title, "x")
}

fn main() {}
