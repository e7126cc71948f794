use serde::{Deserialize, Serialize};
use simpletable::{Patch, Resource, SingleTable, Table};

#[derive(Serialize, Deserialize, SingleTable)]
struct Task {
    tags: std::collections::BTreeSet<String>,
}

fn tag(table: &Table<Task>, task: &Resource<Task>) -> Patch<Task> {
    table.patch(task).insert(|t| t.tags, ["red"])
}

fn main() {}
