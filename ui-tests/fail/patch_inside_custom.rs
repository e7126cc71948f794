use serde::{Deserialize, Serialize};
use simpletable::{Patch, Resource, SingleTable, Table};

#[derive(Serialize, Deserialize, SingleTable)]
struct Task {
    #[serde(serialize_with = "all_but_first")]
    steps: Vec<String>,
}

fn all_but_first<S: serde::Serializer>(steps: &[String], serializer: S) -> Result<S::Ok, S::Error> {
    steps.get(1..).serialize(serializer)
}

fn extend(table: &Table<Task>, task: &Resource<Task>) -> Patch<Task> {
    table.patch(task).append(|t| t.steps, ["x"])
}

fn main() {}
