use serde::{Deserialize, Serialize};
use simpletable::{KeyPart, Finder, SingleTable};

#[derive(Serialize, Deserialize, KeyPart)]
enum Status {
    Open,
    Done,
}

#[derive(Serialize, Deserialize, SingleTable)]
#[gsi(name = "owner", pk = "owner#<owner>", sk = "<status>")]
struct Task {
    owner: String,
    status: Status,
}

fn find() -> impl Finder {
    Task::by_owner("ann").range(Status::Open..)
}

fn main() {}
