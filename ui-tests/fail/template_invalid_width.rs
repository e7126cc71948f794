use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[gsi(name = "priority", pk = "priority#<priority:3>")]
struct Task {
    priority: u8,
}

fn main() {}
