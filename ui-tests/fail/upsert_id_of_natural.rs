use serde::{Deserialize, Serialize};
use simpletable::{SingleTable, Table};

#[derive(Serialize, Deserialize, SingleTable)]
#[table(id = "<email>")]
struct User {
    email: String,
}

async fn upsert(table: Table<User>) -> simpletable::Result<()> {
    table.upsert(User { email: "x".into() }).id("y").await?;
    Ok(())
}

fn main() {}
