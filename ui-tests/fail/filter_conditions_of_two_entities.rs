use serde::{Deserialize, Serialize};
use simpletable::{Condition, Fields, SingleTable};

#[derive(Serialize, Deserialize, SingleTable)]
struct Task {
    title: String,
    done: bool,
}

#[derive(Serialize, Deserialize, SingleTable)]
struct Project {
    name: String,
}

fn both(task: &Fields<Task>, project: &Fields<Project>) -> Condition<Task> {
    task.title.eq("x").and(project.name.eq("y"))
}

fn main() {}
