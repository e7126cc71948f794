use serde::{Deserialize, Serialize};
use simpletable::KeyPart;

#[derive(Serialize, Deserialize, KeyPart)]
struct Price(f64);

fn main() {}
