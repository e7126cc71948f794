use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
#[table(ttl = "expires")]
struct Session {
    user: String,
    #[serde(skip)]
    expires: u32,
}

fn main() {}
