use serde::{Deserialize, Serialize};
use simpletable::{SingleTable, Table};

#[derive(Serialize, Deserialize, SingleTable)]
#[gsi(name = "owner", pk_with = Task::first)]
struct Task {
    owner: String,
}

impl Task {
    fn first(&self) -> Option<String> {
        Some(self.owner.clone())
    }
}

async fn upsert(table: Table<Task>) -> simpletable::Result<()> {
    table.upsert(Task { owner: "x".into() }).create_only(|t| t.owner).await?;
    Ok(())
}

fn main() {}
