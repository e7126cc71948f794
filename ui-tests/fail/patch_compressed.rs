use serde::{Deserialize, Serialize};
use simpletable::{Patch, Resource, SingleTable, Table};

#[derive(Serialize, Deserialize, SingleTable)]
#[table(compress)]
struct Letter {
    title: String,
}

fn rename(table: &Table<Letter>, letter: &Resource<Letter>) -> Patch<Letter> {
    table.patch(letter).set(|l| l.title, "x")
}

fn main() {}
