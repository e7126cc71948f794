use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[table(ttl = "expires")]
struct Session {
    expires: String,
}

fn main() {}
