use serde::{Deserialize, Serialize};
use simpletable::{SingleTable, Table};

#[derive(Serialize, Deserialize, SingleTable)]
#[table(unique(name = "email", value = "<email>"))]
struct User {
    email: String,
}

async fn put(table: &Table<User>, user: User) {
    let _ = table.put_many([user]).await;
}

fn main() {}
