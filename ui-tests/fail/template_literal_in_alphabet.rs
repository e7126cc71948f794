use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[gsi(name = "due", pk = "<due>-<owner>")]
struct Task {
    due: NaiveDate,
    owner: String,
}

fn main() {}
