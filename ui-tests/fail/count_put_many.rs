use serde::{Deserialize, Serialize};
use simpletable::{SingleTable, Table};

#[derive(Serialize, Deserialize, SingleTable)]
#[table(count)]
struct User {
    name: String,
}

async fn load(table: Table<User>, users: Vec<User>) -> simpletable::Result<()> {
    table.put_many(users).await?;
    Ok(())
}

fn main() {}
