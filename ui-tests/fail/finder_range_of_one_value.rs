use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use simpletable::{Finder, SingleTable};

#[derive(Serialize, Deserialize, SingleTable)]
#[gsi(name = "owner", pk = "owner#<owner>", sk = "<priority:03>#<due>")]
struct Task {
    owner: String,
    priority: u8,
    due: NaiveDate,
}

fn find() -> impl Finder {
    Task::by_owner("ann").range(3)
}

fn main() {}
