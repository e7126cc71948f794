use serde::{Deserialize, Serialize};
use simpletable::{Patch, Resource, SingleTable, Table};

#[derive(Serialize, Deserialize, SingleTable)]
#[table(unique(name = "email", value = "<email>"))]
struct User {
    email: String,
}

fn rename(table: &Table<User>, user: &Resource<User>) -> Patch<User> {
    table.patch(user).set(|u| u.email, "ann@acme.io")
}

fn main() {}
