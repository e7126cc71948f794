//! Rows of the Python library (`simplesingletable`) read as equal resources, and rows written here are the same rows.
//!
//! `data/python-*.json` is what its releases wrote: five updates of a document of which three versions are kept, a second document, a
//! profile, and one that was updated.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use simpletable::{Id, Resource, SettableClock, SingleTable, Table};

use crate::stored::{self, Row};
use crate::{dynamodb_json, engine};

const RELEASES: [&str; 2] = [include_str!("data/python-10.0.0.json"), include_str!("data/python-22.0.0.json")];

const PLAN: &str = "01HK4000000000000000000001";
const SECOND: &str = "01HK4000000000000000000002";

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(versioned, compress, max_versions = 3)]
#[gsi(name = "status", index = "gsi1", pk = "status#<status>")]
struct Document {
    name: String,
    status: String,
    metadata: Option<Value>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[gsi(name = "email", index = "gsi1", pk = "email#<email>")]
#[gsi(name = "name", index = "gsi3", pk = "profiles", sk = "<name>")]
struct Profile {
    name: String,
    email: String,
    price: i64,
    #[table(set)]
    tags: BTreeSet<String>,
    active: bool,
    nickname: Option<String>,
    address: Option<Address>,
    scores: Vec<i64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Address {
    street: String,
    city: Option<String>,
}

#[derive(SingleTable)]
enum App {
    Document(Document),
    Profile(Profile),
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("a time")
}

fn metadata() -> Value {
    json!({ "a": 1, "b": [true, null, "x"], "c": { "d": 1.5 } })
}

/// The plan as it is after `updates`.
fn plan(updates: u32) -> Document {
    let status = if updates.is_multiple_of(2) { "active" } else { "inactive" };
    let name = updates.checked_sub(1).map_or_else(|| "Zoë's plan".to_owned(), |last| format!("plan {last}"));
    Document { name, status: status.to_owned(), metadata: Some(metadata()) }
}

fn second() -> Document {
    Document { name: "second".into(), status: "active".into(), metadata: None }
}

fn ann() -> Profile {
    Profile {
        name: "Ann".into(),
        email: "ann@example.com".into(),
        price: 42,
        tags: ["a", "b"].map(String::from).into(),
        active: true,
        nickname: None,
        address: Some(Address { street: "1 Main".into(), city: None }),
        scores: vec![3, 1, 2],
    }
}

fn bob() -> Profile {
    Profile {
        name: "Bob".into(),
        email: "bob#1@example.com".into(),
        price: -8,
        tags: BTreeSet::new(),
        active: false,
        nickname: Some("bobby".into()),
        address: None,
        scores: vec![],
    }
}

/// The rows of one release, without Python's statistics.
fn fixture(release: &str) -> Vec<Row> {
    let items: Vec<Value> = serde_json::from_str(release).expect("JSON");
    let rows: Vec<_> = items.iter().map(dynamodb_json::read).filter(|row| stored::text(row, "pk") != "_INTERNAL#MemoryStats").collect();
    assert_eq!(rows.len(), 8);
    rows
}

/// A table with the rows of one release.
async fn python(release: &str) -> Table<App> {
    let table = engine::table::<App>().await;
    for row in fixture(release) {
        stored::put(&table, row).await;
    }
    table
}

async fn document(table: &Table<App>, id: &str) -> Resource<Document> {
    table.read(Id::<Document>::from(id)).consistent().await.expect("the document reads")
}

async fn profile(table: &Table<App>, id: &str) -> Resource<Profile> {
    table.read(Id::<Profile>::from(id)).consistent().await.expect("the profile reads")
}

#[tokio::test]
async fn rows_of_python_are_read() {
    for release in RELEASES {
        let table = python(release).await;

        let found = document(&table, PLAN).await;
        assert_eq!(*found, plan(5));
        assert_eq!((found.id().as_str(), found.version()), (PLAN, 6));
        assert_eq!((found.created_at(), found.updated_at()), (at("2024-01-02T03:04:05.678900Z"), at("2024-01-02T03:09:10.678900Z")));

        let found = document(&table, SECOND).await;
        assert_eq!(*found, second());
        assert_eq!((found.id().as_str(), found.version()), (SECOND, 1));
        assert_eq!((found.created_at(), found.updated_at()), (at("2024-01-02T03:09:11Z"), at("2024-01-02T03:09:11Z")));

        let found = profile(&table, "ann").await;
        assert_eq!(*found, ann());
        assert_eq!((found.created_at(), found.updated_at()), (at("2024-01-02T03:09:12Z"), at("2024-01-02T03:09:12Z")));

        let found = profile(&table, "bob#1").await;
        assert_eq!(*found, bob());
        assert_eq!(found.id().as_str(), "bob#1");
        assert_eq!((found.created_at(), found.updated_at()), (at("2024-01-02T03:09:13Z"), at("2024-01-02T03:09:14Z")));
    }
}

#[tokio::test]
async fn both_releases_read_alike() {
    let (old, new) = (python(RELEASES[0]).await, python(RELEASES[1]).await);
    for id in [PLAN, SECOND] {
        assert_eq!(document(&old, id).await, document(&new, id).await);
    }
    for id in ["ann", "bob#1"] {
        assert_eq!(profile(&old, id).await, profile(&new, id).await);
    }
}

/// The JSON of a resource is the JSON that Python stores, and each row of the history holds that of its version.
#[tokio::test]
async fn resources_serialize_as_python_stores_them() {
    for release in RELEASES {
        let table = python(release).await;
        let stored = |sk: &'static str| {
            let table = &table;
            async move {
                let row = stored::one(table, &format!("Document#{PLAN}"), sk).await.expect("the row is there");
                stored::data(&row)
            }
        };
        let head = serde_json::to_value(document(&table, PLAN).await).expect("JSON");
        assert_eq!(stored("v0").await, head);
        assert_eq!(stored("v6").await, head);
        for (sk, version) in [("v4", 4), ("v5", 5)] {
            let row = stored(sk).await;
            let Document { name, status, metadata } = plan(version - 1);
            let updated_at = format!("2024-01-02T03:{:02}:{:02}.678900Z", 4 + version - 1, 5 + version - 1);
            let expected = json!({
                "resource_id": PLAN, "created_at": "2024-01-02T03:04:05.678900Z", "updated_at": updated_at, "version": version,
                "name": name, "status": status, "metadata": metadata,
            });
            assert_eq!(row, expected);
        }
    }
}

/// What `generate.py` does, done here.
async fn rust() -> Table<App> {
    let clock = SettableClock::new(at("2024-01-02T03:04:05.678900Z"));
    let table = engine::builder::<App>().clock(clock.clone()).build().await.expect("the engine under test is there");
    let mut document = table.create(plan(0)).id(PLAN).await.expect("created");
    for update in 1..=5 {
        clock.advance(TimeDelta::seconds(61));
        let next = plan(update);
        document = table.update(document, |d| (d.name, d.status) = (next.name, next.status)).await.expect("updated");
    }
    clock.set(at("2024-01-02T03:09:11Z"));
    table.create(second()).id(SECOND).await.expect("created");
    clock.advance(TimeDelta::seconds(1));
    table.create(ann()).id("ann").await.expect("created");
    clock.advance(TimeDelta::seconds(1));
    let profile = table.create(Profile { price: -7, ..bob() }).id("bob#1").await.expect("created");
    clock.advance(TimeDelta::seconds(1));
    table.update(profile, |p| p.price = -8).await.expect("updated");
    table
}

#[tokio::test]
async fn rows_written_here_are_those_of_python() {
    let ours: Vec<Value> = stored::all(&rust().await).await.iter().map(dynamodb_json::meaning).collect();
    for release in RELEASES {
        let theirs: Vec<Value> = fixture(release).iter().map(dynamodb_json::meaning).collect();
        assert_eq!(ours.len(), theirs.len());
        for (ours, theirs) in ours.iter().zip(&theirs) {
            assert_eq!(ours, theirs);
        }
    }
}

#[tokio::test]
async fn resources_written_here_equal_those_of_python() {
    let (ours, theirs) = (rust().await, python(RELEASES[1]).await);
    assert_eq!(document(&ours, PLAN).await, document(&theirs, PLAN).await);
    assert_eq!(profile(&ours, "bob#1").await, profile(&theirs, "bob#1").await);
}

#[tokio::test]
async fn documents_of_python_are_updated_and_held_copies_refused() {
    for release in RELEASES {
        let table = python(release).await;
        let held = document(&table, PLAN).await;
        let updated = table.update(held.clone(), |d| d.status = "active".into()).await.expect("updated");
        assert_eq!(updated.version(), 7);
        assert_eq!(document(&table, PLAN).await, updated);

        let error = table.update(held, |d| d.status = "lost".into()).await.expect_err("the copy is old");
        assert!(error.is_conflict());
        assert_eq!(error.current::<Document>(), Some(updated));

        let keys: Vec<_> =
            stored::all(&table).await.iter().map(stored::key).filter(|(pk, _)| pk.ends_with(PLAN)).map(|(_, sk)| sk).collect();
        assert_eq!(keys, ["v0", "v5", "v6", "v7"]);
        table.delete(Id::<Document>::from(PLAN)).await.expect("deleted");
        assert_eq!(stored::all(&table).await.len(), 4);
    }
}

#[tokio::test]
async fn profiles_of_python_are_updated_and_held_copies_refused() {
    for release in RELEASES {
        let table = python(release).await;
        let held = profile(&table, "ann").await;
        let updated = table.update(held.clone(), |p| p.email = "ann@example.org".into()).await.expect("updated");
        assert_eq!(profile(&table, "ann").await, updated);
        let row = stored::one(&table, "Profile#ann", "Profile#ann").await.expect("the row is there");
        assert_eq!(row["gsi1pk"], stored::s("email#ann@example.org"));

        let error = table.update(held, |p| p.price = 0).await.expect_err("the copy is old");
        assert!(error.is_conflict());
        assert_eq!(error.current::<Profile>(), Some(updated));
    }
}

/// Python's operations on sets do not move `updated_at`.
#[tokio::test]
async fn a_set_that_python_changed_is_a_conflict() {
    let table = python(RELEASES[1]).await;
    let held = profile(&table, "ann").await;
    let added = AttributeValue::Ss(vec!["c".into()]);
    stored::change(&table, ("Profile#ann", "Profile#ann"), "ADD tags :v", added).await;
    let error = table.update(held, |p| p.price = 0).await.expect_err("the copy is old");
    assert!(error.is_conflict());
    assert_eq!(profile(&table, "ann").await.tags, ["a", "b", "c"].map(String::from).into());
}
