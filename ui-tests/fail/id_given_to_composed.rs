use serde::{Deserialize, Serialize};
use simpletable::{SingleTable, Table};

#[derive(Serialize, Deserialize, SingleTable)]
#[table(pk = "ORG#<org>", sk = "ORG")]
struct Org {
    org: String,
}

async fn create(table: Table<Org>) -> simpletable::Result<()> {
    table.create(Org { org: "acme".into() }).id("acme").await?;
    Ok(())
}

fn main() {}
