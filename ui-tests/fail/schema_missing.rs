use serde::{Deserialize, Serialize};
use simpletable::{SingleTable, Table};

#[derive(Serialize, Deserialize, SingleTable)]
struct Task {
    title: String,
}

async fn connect() -> simpletable::Result<()> {
    let table = Table::connect::<Status>("tasks").await?;
    drop(table);
    Ok(())
}

struct Status;

fn main() {}
