use serde::{Deserialize, Serialize};
use simpletable::{Id, SingleTable, Table};

#[derive(Serialize, Deserialize, SingleTable)]
#[table(versioned)]
struct Document {
    title: String,
}

async fn prune(table: Table<Document>) -> simpletable::Result<u64> {
    table.prune_versions(Id::<Document>::from("one")).await
}

fn main() {}
