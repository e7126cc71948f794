use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Serialize, Deserialize, SingleTable)]
struct Document<'a> {
    title: &'a str,
}

fn main() {}
