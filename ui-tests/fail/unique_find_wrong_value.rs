use serde::{Deserialize, Serialize};
use simpletable::{SingleTable, Table};

#[derive(Serialize, Deserialize, SingleTable)]
#[table(unique(name = "badge", value = "<badge>"))]
struct User {
    badge: u32,
}

async fn find(table: &Table<User>) {
    let _ = table.find(User::find_by_badge("7")).await;
}

fn main() {}
