use serde::{Deserialize, Serialize};
use simpletable::{SingleTable, Table};

#[derive(Default, Serialize, Deserialize, SingleTable)]
struct Config {
    greeting: String,
}

async fn read(table: Table<Config>) -> simpletable::Result<()> {
    table.singleton::<Config>().await?;
    Ok(())
}

fn main() {}
