use serde::{Deserialize, Serialize};
use simpletable::KeyPart;

#[derive(Serialize, Deserialize, KeyPart)]
enum Status {}

fn main() {}
