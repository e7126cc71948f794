use serde::{Deserialize, Serialize};
use simpletable::{SingleTable, Table};

#[derive(Serialize, Deserialize, SingleTable)]
#[gsi(name = "owner", pk = "owner#<owner>", sk = "<created_at>")]
struct Task {
    owner: String,
}

async fn upsert(table: Table<Task>) -> simpletable::Result<()> {
    table.upsert(Task { owner: "x".into() }).await?;
    Ok(())
}

fn main() {}
