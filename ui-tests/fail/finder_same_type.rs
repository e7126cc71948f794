use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[gsi(name = "due_date", pk = "due#<due>")]
#[gsi(name = "dueDate", index = "gsi2", pk = "date#<due>")]
struct Task {
    due: String,
}

fn main() {}
