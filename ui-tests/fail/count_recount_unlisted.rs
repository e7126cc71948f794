use serde::{Deserialize, Serialize};
use simpletable::{SingleTable, Table};

#[derive(Serialize, Deserialize, SingleTable)]
#[table(count, type_index = false)]
struct User {
    name: String,
}

async fn count(table: Table<User>) -> simpletable::Result<()> {
    table.recount::<User>().await?;
    Ok(())
}

fn main() {}
