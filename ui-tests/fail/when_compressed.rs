use serde::{Deserialize, Serialize};
use simpletable::{Id, SingleTable, Table};

#[derive(Serialize, Deserialize, SingleTable)]
#[table(compress)]
struct Letter {
    title: String,
}

async fn delete(table: Table<Letter>, id: Id<Letter>) -> simpletable::Result<()> {
    table.delete(id).when(|l| l.title.eq("x")).await
}

fn main() {}
