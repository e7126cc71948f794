use serde::{Deserialize, Serialize};
use simpletable::{SingleTable, Table};

#[derive(Serialize, Deserialize, SingleTable)]
#[table(singleton)]
struct Config {
    greeting: String,
}

async fn read(table: Table<Config>) -> simpletable::Result<()> {
    table.singleton::<Config>().await?;
    Ok(())
}

fn main() {}
