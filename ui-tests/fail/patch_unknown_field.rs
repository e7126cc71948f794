use serde::{Deserialize, Serialize};
use simpletable::{Patch, Resource, SingleTable, Table};

#[derive(Serialize, Deserialize, SingleTable)]
struct Task {
    title: String,
}

fn rename(table: &Table<Task>, task: &Resource<Task>) -> Patch<Task> {
    table.patch(task).set(|t| t.titel, "x")
}

fn main() {}
