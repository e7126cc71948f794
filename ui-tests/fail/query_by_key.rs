use serde::{Deserialize, Serialize};
use simpletable::{SingleTable, Table};

#[derive(Serialize, Deserialize, SingleTable)]
#[table(pk = "ORG#<org>", sk = "ORG")]
#[gsi(name = "plan", pk = "plan#<plan>")]
struct Org {
    org: String,
    plan: String,
}

async fn org(table: Table<Org>) -> simpletable::Result<()> {
    table.query(Org::key("acme")).await?;
    Ok(())
}

fn main() {}
