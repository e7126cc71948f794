use serde::{Deserialize, Serialize};
use simpletable::{SingleTable, Table};

#[derive(Serialize, Deserialize, SingleTable)]
#[table(id = "<email>")]
struct User {
    email: String,
}

async fn create(table: Table<User>) -> simpletable::Result<()> {
    table.create(User { email: "ann@acme.io".into() }).id("ann").await?;
    Ok(())
}

fn main() {}
