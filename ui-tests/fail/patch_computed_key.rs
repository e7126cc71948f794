use serde::{Deserialize, Serialize};
use simpletable::{Patch, Resource, SingleTable, Table};

#[derive(Serialize, Deserialize, SingleTable)]
#[gsi(name = "status", pk_with = Task::state)]
struct Task {
    title: String,
}

impl Task {
    fn state(&self) -> Option<String> {
        (self.title != "draft").then(|| "ready".to_owned())
    }
}

fn rename(table: &Table<Task>, task: &Resource<Task>) -> Patch<Task> {
    table.patch(task).set(|t| t.title, "x")
}

fn main() {}
