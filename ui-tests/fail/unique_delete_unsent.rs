use serde::{Deserialize, Serialize};
use simpletable::{Id, SingleTable, Table};

#[derive(Serialize, Deserialize, SingleTable)]
#[table(unique(name = "email", value = "<email>"))]
struct User {
    email: String,
}

fn delete(table: &Table<User>, id: &Id<User>) {
    let _ = table.delete(id).into_input();
}

fn main() {}
