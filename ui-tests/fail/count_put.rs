use serde::{Deserialize, Serialize};
use simpletable::{SingleTable, Table};

#[derive(Serialize, Deserialize, SingleTable)]
#[table(count)]
struct User {
    name: String,
}

async fn write(table: Table<User>, user: User) -> simpletable::Result<()> {
    table.put(user).await?;
    Ok(())
}

fn main() {}
