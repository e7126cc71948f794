//! Cases that read: one row, pages of rows, compressed rows.

use std::fmt::Debug;
use std::hint::black_box;
use std::iter::zip;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Map, Value};

use super::canned::{Canned, Capacity, Rows};
use super::entities::{self, Shop};
use super::{Case, Read, client, peer, raw, rows, stored, table, work};

/// The attributes of the key where a page ends.
const POSITION: [&str; 3] = ["pk", "sk", "ownerpk"];

/// A query for the rows of `$entity`, which takes `$pages` requests.
macro_rules! query {
    ($name:expr, $stored:expr, $pages:expr, $entity:ident $(.$all:ident())?, $raw:ident) => {{
        let (stored, pages): (&Rows, usize) = ($stored, $pages);
        let answers = |rows: &Rows, capacity: Capacity| Canned::new(capacity.query(rows, pages, &POSITION));
        let ours = |rows: &Rows| {
            let table = table(&answers(rows, Capacity::Told));
            move || async move { table.query(entities::$entity::by_owner("ann"))$(.$all())?.await.expect("rows decode") }
        };
        let raw = |rows: &Rows| {
            let client = client(&answers(rows, Capacity::Untold));
            move || async move { raw::$raw::<rows::$entity>(client, "ann").await.expect("rows decode") }
        };
        let decoded = ours(stored)().await;
        assert_eq!(decoded.len(), stored.len());
        assert_equal(&decoded, &raw(stored)().await);
        let read = Read {
            rows: stored.len().try_into().expect("few rows"),
            ours_empty: work(ours(&Rows::new())),
            raw_empty: work(raw(&Rows::new())),
            cloned: Box::new(move || decoded.iter().for_each(|row| drop(black_box((**row).clone())))),
        };
        Case { read: Some(read), ..Case::new($name, work(ours(stored)), work(raw(stored))) }
    }};
}

pub(super) async fn cases() -> Vec<Case> {
    let small = stored((0..1000).map(|n| Shop::Event(entities::Event::sample(n)))).await;
    let mixed = stored((0..1000).map(|n| Shop::Order(entities::Order::sample(n)))).await;
    let large = stored((0..1000).map(|n| Shop::Report(entities::Report::sample(n)))).await;
    let compressed = stored((0..100).map(|n| Shop::Archive(entities::Archive::sample(n)))).await;
    let first = |rows: &Rows, count: usize| rows[..count].to_vec();

    let mut cases = vec![get(&mixed[0]).await.at_most(0.95)];
    for count in [10, 100, 1000] {
        cases.push(query!(format!("query, {count} small rows"), &first(&small, count), 1, Event, query));
    }
    for (count, limit) in [(10, None), (100, Some(0.35)), (1000, Some(0.30))] {
        let rows = first(&mixed, count);
        let case = query!(format!("query, {count} mixed rows"), &rows, 1, Order, query);
        cases.push(Case { limit, modyne: Some(modyne(&rows).await), ..case });
    }
    for count in [10, 100] {
        cases.push(query!(format!("query, {count} large rows"), &first(&large, count), 1, Report, query));
    }
    cases.push(query!("query, 1000 large rows in 10 pages", &large, 10, Report.all(), query_all));
    cases.push(query!("query, 100 compressed rows", &compressed, 1, Archive, query_compressed));
    cases
}

async fn get(row: &Map<String, Value>) -> Case {
    let id = row["resource_id"]["S"].as_str().expect("an id").to_owned();
    let ours = {
        let table = table(&Canned::new([Capacity::Told.get(row)]));
        let id = simpletable::Id::<entities::Order>::from(id.as_str());
        move || {
            let id = id.clone();
            async move { table.get(id).await.expect("the row decodes").expect("a row") }
        }
    };
    let raw = {
        let client = client(&Canned::new([Capacity::Untold.get(row)]));
        move || {
            let id = id.clone();
            async move { raw::get::<rows::Order>(client, &id).await.expect("the row decodes").expect("a row") }
        }
    };
    assert_equal(&[ours().await], &[raw().await]);
    Case::new("get, one mixed row of 1 KB", work(ours), work(raw))
}

/// The query by modyne. It asks for the attributes of the struct only, so that is what it is answered.
async fn modyne(rows: &Rows) -> super::Work {
    let mut projected = rows.clone();
    projected.iter_mut().for_each(|row| row.retain(|attribute, _| peer::is_projected(attribute)));
    let shop = |rows| &*Box::leak(Box::new(peer::Shop { client: Canned::new(Capacity::Untold.query(rows, 1, &POSITION)).client() }));
    let table = shop(&projected);
    let query = move || async move { peer::query(table, "ann").await.expect("rows decode") };
    let by_hand = client(&Canned::new(Capacity::Untold.query(rows, 1, &POSITION)));
    assert_eq!(query().await, raw::query::<rows::Order>(by_hand, "ann").await.expect("rows decode"));
    work(query)
}

/// Checks that both sides read the same: ids, times and fields.
fn assert_equal<T: Serialize, R: Serialize + Debug>(ours: &[T], raw: &[R]) {
    assert_eq!(ours.len(), raw.len());
    for (ours, raw) in zip(ours, raw) {
        assert_eq!(comparable(ours), comparable(raw));
    }
}

/// The members that are there, with times in one form: `None` is absent in ours, `null` in the other.
fn comparable(value: &impl Serialize) -> Map<String, Value> {
    let Value::Object(mut members) = serde_json::to_value(value).expect("JSON") else { unreachable!("a struct is an object") };
    members.retain(|_, value| !value.is_null());
    for name in ["created_at", "updated_at"] {
        let time: DateTime<Utc> = serde_json::from_value(members[name].take()).expect("a time");
        members[name] = time.timestamp_micros().into();
    }
    members
}
