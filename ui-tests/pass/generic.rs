//! Code over any entity of any table.

#![deny(warnings)]

use serde::{Deserialize, Serialize};
use simpletable::{Entity, Id, Identified, IntoKey, Member, Resource, Schema, SingleTable, Table, Versioned};

#[derive(Serialize, Deserialize, SingleTable)]
#[table(versioned)]
struct Document {
    title: String,
}

#[derive(SingleTable)]
enum App {
    Document(Document),
}

#[allow(dead_code, reason = "it only has to compile")]
async fn replace<S: Schema, T: Member<S> + Identified>(table: &Table<S>, id: &Id<T>, value: T) -> simpletable::Result<Resource<T>> {
    match table.get(id).await? {
        Some(found) => table.update(found, |old| *old = value).await,
        None => table.create(value).await,
    }
}

#[allow(dead_code, reason = "it only has to compile")]
async fn alone<T: Member<T> + Versioned>(table: &Table<T>, id: Id<T>) -> simpletable::Result<u64> {
    Ok(table.read(&id).await?.version())
}

#[allow(dead_code, reason = "it only has to compile")]
async fn remove<S: Schema, K: IntoKey>(table: &Table<S>, key: K) -> simpletable::Result<()>
where
    K::Entity: Member<S>,
{
    table.delete(key).await
}

fn name_of<T: Entity>(_: &T) -> &'static str {
    std::any::type_name::<T>()
}

fn main() {
    let document = Document { title: String::new() };
    assert!(name_of(&document).ends_with("Document"));
    drop(App::from(document));
}
