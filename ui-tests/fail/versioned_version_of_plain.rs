use serde::{Deserialize, Serialize};
use simpletable::{Resource, SingleTable};

#[derive(Serialize, Deserialize, SingleTable)]
struct Task {
    title: String,
}

fn version(task: &Resource<Task>) -> u64 {
    task.version()
}

fn main() {}
