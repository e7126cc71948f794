use serde::{Deserialize, Serialize};
use simpletable::{Id, SingleTable, Table};

#[derive(Serialize, Deserialize, SingleTable)]
#[table(pk = "ORG#<org>", sk = "ORG")]
struct Org {
    org: String,
}

async fn read(table: Table<Org>) -> simpletable::Result<()> {
    table.read(Id::<Org>::from("acme")).await?;
    Ok(())
}

fn main() {}
