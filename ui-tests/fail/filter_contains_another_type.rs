use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use simpletable::{SingleTable, Table};

#[derive(Serialize, Deserialize, SingleTable)]
struct Task {
    #[table(set)]
    tags: BTreeSet<String>,
}

async fn tagged(table: Table<Task>) -> simpletable::Result<()> {
    table.list::<Task>().filter(|t| t.tags.contains(3)).await?;
    Ok(())
}

fn main() {}
