use serde::{Deserialize, Serialize};
use simpletable::{Finder, SingleTable};

#[derive(Serialize, Deserialize, SingleTable)]
#[gsi(name = "owner", pk = "owner#<owner>", sk_with = rank)]
struct Task {
    owner: String,
    priority: u8,
}

fn rank(task: &Task) -> String {
    format!("{:03}", task.priority)
}

fn find() -> impl Finder {
    Task::by_owner("ann").range(3..)
}

fn main() {}
