//! Cases that write: one row, a row and its history, a batch.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use simpletable::Id;

use super::canned::{Canned, Capacity};
use super::entities::{Contract, Order, Policy, Shop};
use super::rows::{self, Row};
use super::{Case, client, raw, stored, table, work};

/// Attributes that hold an id or a time, and what is compressed with them: never the same in two writes.
const OF_THE_MOMENT: [&str; 7] = ["pk", "sk", "resource_id", "created_at", "updated_at", "gsitypesk", "data"];

pub(super) async fn cases() -> Vec<Case> {
    vec![create().await, update().await.at_most(0.90), update_compressed().await, put_many().await.at_most(0.60)]
}

async fn create() -> Case {
    let order = Order::sample(7);
    let row = rows::Order::from(order.clone());
    let told = Canned::new([Capacity::Told.put()]);
    let untold = Canned::new([Capacity::Untold.put()]);
    let (table, client) = (table(&told), client(&untold));
    let ours = move || {
        let order = order.clone();
        async move { table.create(order).await.expect("created") }
    };
    let raw = move || {
        let row = row.clone();
        async move { raw::create(client, row).await.expect("created") }
    };
    ours().await;
    raw().await;
    assert_equal(&told, &untold, 1);
    Case::new("create, one mixed row of 1 KB", work(ours), work(raw))
}

async fn put_many() -> Case {
    let orders: Vec<Order> = (0..25).map(Order::sample).collect();
    let rows: Vec<rows::Order> = orders.iter().cloned().map(Into::into).collect();
    let told = Canned::new([Capacity::Told.batch_write()]);
    let untold = Canned::new([Capacity::Untold.batch_write()]);
    let (table, client) = (table(&told), client(&untold));
    let ours = move || {
        let orders = orders.clone();
        async move { table.put_many(orders).await.and_then(simpletable::Batch::into_complete).expect("put") }
    };
    let raw = move || {
        let rows = rows.clone();
        async move { raw::put_many(client, rows).await.expect("put") }
    };
    ours().await;
    raw().await;
    assert_equal(&told, &untold, 25);
    Case::new("put_many, 25 mixed rows of 1 KB", work(ours), work(raw))
}

/// An update of a versioned resource that was read before: its row and its history row in one transaction.
macro_rules! update {
    ($name:expr, $entity:ident, $field:ident, $raw:ident) => {{
        let stored = stored([Shop::$entity($entity::sample(7))]).await.remove(0);
        // A compressed row has its id in its key only.
        let id = stored["pk"]["S"].as_str().and_then(|pk| pk.split_once('#')).expect("a key").1;
        let held = table(&Canned::new([Capacity::Told.get(&stored)])).read(Id::<$entity>::from(id)).await.expect("the row decodes");
        let mut row = rows::$entity::from($entity::sample(7));
        row.stamp(Some(id.to_owned()), held.created_at());
        let told = Canned::new([Capacity::Told.transact()]);
        let untold = Canned::new([Capacity::Untold.transact()]);
        let (table, client) = (table(&told), client(&untold));
        let ours = move || {
            let held = held.clone();
            async move { table.update(held, |held| held.$field.push('!')).await.expect("updated") }
        };
        let raw = move || {
            let mut row = row.clone();
            async move {
                row.version += 1;
                row.$field.push('!');
                let version = row.version;
                raw::$raw(client, row, version).await.expect("updated")
            }
        };
        ours().await;
        raw().await;
        assert_equal(&told, &untold, 2);
        Case::new($name, work(ours), work(raw))
    }};
}

async fn update() -> Case {
    update!("update, versioned: 2 mixed rows of 1 KB", Contract, reference, update_plain)
}

async fn update_compressed() -> Case {
    update!("update, versioned: 2 large rows, compressed", Policy, title, update_compressed)
}

/// Checks that both sides sent the same rows, but for ids and times.
fn assert_equal(ours: &Canned, raw: &Canned, count: usize) {
    let [ours, raw] = [ours, raw].map(|canned| {
        let mut rows = Vec::new();
        collect_items(&canned.sent(), &mut rows);
        rows
    });
    assert_eq!(ours.len(), count);
    assert_eq!(ours, raw);
}

/// Every `Item` of a request, in its order: times and ids by their types alone.
fn collect_items(request: &Value, items: &mut Vec<BTreeMap<String, Value>>) {
    match request {
        Value::Array(members) => members.iter().for_each(|member| collect_items(member, items)),
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::Object(item) if name == "Item" => items.push(comparable(item)),
                    _ => collect_items(member, items),
                }
            }
        }
        _ => {}
    }
}

fn comparable(item: &Map<String, Value>) -> BTreeMap<String, Value> {
    let value = |name: &str, value: &Value| match value {
        Value::Object(typed) if OF_THE_MOMENT.contains(&name) => typed.keys().cloned().collect(),
        _ => value.clone(),
    };
    item.iter().map(|(name, typed)| (name.clone(), value(name, typed))).collect()
}
