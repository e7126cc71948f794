use serde::{Deserialize, Serialize};
use simpletable::SingleTable;

#[derive(Default, Serialize, Deserialize, SingleTable)]
#[table(singleton)]
struct Config {
    greeting: String,
}

#[derive(Default, Serialize, Deserialize, SingleTable)]
#[table(versioned, singleton, name = "Config")]
struct Settings {
    greeting: String,
}

#[derive(SingleTable)]
enum App {
    Config(Config),
    Settings(Settings),
}

fn main() {}
