//! The rows as they are stored, attribute by attribute.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use simpletable::{Result, Schema, SettableClock, Table};

use crate::engine;
use crate::kinds::{Account, App, Document, Draft, Invoice, Letter, Page, Photo, Sample, Status, Task, User, for_every_kind};
use crate::stored::{self, Row, n, s};

const CREATED: &str = "2024-01-02T03:04:05.678900+00:00";
const CREATED_JSON: &str = "2024-01-02T03:04:05.678900Z";
/// A second that is whole has no fraction.
const UPDATED: &str = "2024-01-02T03:05:00+00:00";
const UPDATED_JSON: &str = "2024-01-02T03:05:00Z";

/// A table whose clock shows `CREATED`, and the clock.
async fn table<S: Schema>() -> (Table<S>, SettableClock) {
    let clock = SettableClock::new(time(CREATED));
    (engine::builder().clock(clock.clone()).build().await.expect("the engine under test is there"), clock)
}

fn time(text: &str) -> DateTime<Utc> {
    text.parse().expect("a time")
}

fn row<const N: usize>(attributes: [(&str, AttributeValue); N]) -> Row {
    attributes.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// The only row of a table.
async fn only<S: Schema>(table: &Table<S>) -> Row {
    let mut rows = stored::all(table).await;
    assert_eq!(rows.len(), 1);
    rows.remove(0)
}

#[tokio::test]
async fn plain() -> Result<()> {
    let (table, clock) = table::<App>().await;
    let task = table.create(Task::new("ann")).id("one").await?;
    let created = row([
        ("pk", s("Task#one")),
        ("sk", s("Task#one")),
        ("gsitype", s("Task")),
        ("gsitypesk", s(CREATED)),
        ("resource_id", s("one")),
        ("created_at", s(CREATED)),
        ("updated_at", s(CREATED)),
        ("ownerpk", s("owner#ann")),
        ("ownersk", s("007#2026-03-14")),
        ("gsi1pk", s("project#moon")),
        ("owner", s("ann")),
        ("priority", n(7)),
        ("due", s("2026-03-14")),
        ("project", s("moon")),
        ("tags", AttributeValue::Ss(vec!["new".into()])),
        ("count", n(0)),
    ]);
    assert_eq!(only(&table).await, created);

    clock.set(time(UPDATED));
    let edit = |task: &mut Task| {
        (task.owner, task.priority, task.project) = ("bob".into(), 42, None);
        task.tags = BTreeSet::new();
    };
    table.update(task, edit).await?;
    // `None` and the empty set are absent, and with them the key of the sparse index.
    let mut updated = created;
    for gone in ["project", "tags", "gsi1pk"] {
        updated.remove(gone);
    }
    updated.extend(row([
        ("gsitypesk", s(UPDATED)),
        ("updated_at", s(UPDATED)),
        ("ownerpk", s("owner#bob")),
        ("ownersk", s("042#2026-03-14")),
        ("owner", s("bob")),
        ("priority", n(42)),
    ]));
    assert_eq!(only(&table).await, updated);
    Ok(())
}

#[tokio::test]
async fn plain_outside_the_type_index() -> Result<()> {
    let (table, _) = table::<App>().await;
    table.create(Draft { title: "draft".into(), count: 0 }).id("one").await?;
    let row = only(&table).await;
    // `updated_at` is the stamp, so there is no `_rev`.
    assert_eq!(stored::names(&row), "count created_at gsitype pk resource_id sk title updated_at");
    assert_eq!(row["gsitype"], s("Draft"));
    Ok(())
}

#[tokio::test]
async fn compressed() -> Result<()> {
    let (table, clock) = table::<App>().await;
    let letter = table.create(Letter { title: "dear".into(), count: 1 }).id("one").await?;
    clock.set(time(UPDATED));
    table.update(letter, |letter| letter.count = 2).await?;
    let row = only(&table).await;
    assert_eq!(stored::names(&row), "data gsitype gsitypesk pk sk");
    assert_eq!(row["gsitypesk"], s(UPDATED));
    let expected = json!({ "resource_id": "one", "created_at": CREATED_JSON, "updated_at": UPDATED_JSON, "title": "dear", "count": 2 });
    assert_eq!(stored::data(&row), expected);
    Ok(())
}

#[tokio::test]
async fn compressed_outside_the_type_index() -> Result<()> {
    let (table, clock) = table::<App>().await;
    let photo = table.create(Photo { title: "sea".into(), count: 1 }).id("one").await?;
    let row = only(&table).await;
    assert_eq!(stored::names(&row), "_rev data gsitype pk sk");
    assert_eq!(row["_rev"], s(CREATED));
    clock.set(time(UPDATED));
    table.update(photo, |photo| photo.count = 2).await?;
    assert_eq!(only(&table).await["_rev"], s(UPDATED));
    Ok(())
}

#[tokio::test]
async fn natural_id() -> Result<()> {
    let (table, _) = table::<App>().await;
    table.create(User::new("ann@acme.io")).await?;
    let expected = row([
        ("pk", s("User#ann@acme.io")),
        ("sk", s("User#ann@acme.io")),
        ("gsitype", s("User")),
        ("gsitypesk", s(CREATED)),
        ("resource_id", s("ann@acme.io")),
        ("created_at", s(CREATED)),
        ("updated_at", s(CREATED)),
        ("email", s("ann@acme.io")),
        ("count", n(0)),
    ]);
    assert_eq!(only(&table).await, expected);
    Ok(())
}

#[tokio::test]
async fn composed_keys() -> Result<()> {
    let (table, _) = table::<App>().await;
    table.create(Invoice::new(7)).await?;
    let expected = row([
        ("pk", s("ORG#acme")),
        ("sk", s("INVOICE#00000007")),
        ("gsitype", s("Invoice")),
        ("gsitypesk", s(CREATED)),
        ("created_at", s(CREATED)),
        ("updated_at", s(CREATED)),
        ("org", s("acme")),
        ("number", n(7)),
        ("count", n(0)),
    ]);
    assert_eq!(only(&table).await, expected);
    Ok(())
}

#[tokio::test]
async fn versioned_and_compressed() -> Result<()> {
    let (table, clock) = table::<App>().await;
    let document = table.create(Document::new("plan")).id("one").await?;
    clock.set(time(UPDATED));
    table.update(document, |document| document.status = Status::Inactive).await?;
    let rows = stored::all(&table).await;
    assert_eq!(rows.iter().map(|row| stored::text(row, "sk")).collect::<Vec<_>>(), ["v0", "v1", "v2"]);
    let [head, first, second] = &rows[..] else { panic!("three rows") };

    assert_eq!(stored::names(head), "data gsitype gsitypesk pk sk statuspk version");
    assert_eq!((&head["gsitypesk"], &head["statuspk"], &head["version"]), (&s(UPDATED), &s("status#inactive"), &n(2)));
    for (history, version) in [(first, 1), (second, 2)] {
        assert_eq!(stored::names(history), "data pk sk version");
        assert_eq!((&history["pk"], &history["version"]), (&s("Document#one"), &n(version)));
    }
    let json = |version, updated_at, status| {
        json!({
            "resource_id": "one", "created_at": CREATED_JSON, "updated_at": updated_at, "version": version,
            "title": "plan", "status": status, "count": 0,
        })
    };
    assert_eq!(stored::data(first), json(1, CREATED_JSON, "active"));
    assert_eq!(stored::data(second), json(2, UPDATED_JSON, "inactive"));
    assert_eq!(stored::data(head), stored::data(second));
    Ok(())
}

#[tokio::test]
async fn versioned_with_attributes() -> Result<()> {
    let (table, clock) = table::<App>().await;
    let page = table.create(Page::new("home")).id("one").await?;
    clock.set(time(UPDATED));
    table.update(page, |page| (page.count, page.topic) = (1, None)).await?;
    let rows = stored::all(&table).await;
    let [head, first, second] = &rows[..] else { panic!("three rows") };

    let version = |version: u32, count: u32, updated_at| {
        row([
            ("pk", s("Page#one")),
            ("sk", s(format!("v{version}"))),
            ("version", n(version)),
            ("resource_id", s("one")),
            ("created_at", s(CREATED)),
            ("updated_at", s(updated_at)),
            ("title", s("home")),
            ("count", n(count)),
        ])
    };
    let mut expected = version(1, 0, CREATED);
    expected.insert("topic".into(), s("rust"));
    assert_eq!(first, &expected);
    assert_eq!(second, &version(2, 1, UPDATED));
    let mut expected = version(2, 1, UPDATED);
    expected.extend(row([("sk", s("v0")), ("gsitype", s("Page")), ("gsitypesk", s(UPDATED))]));
    assert_eq!(head, &expected);
    Ok(())
}

#[tokio::test]
async fn versioned_outside_the_type_index() -> Result<()> {
    let (table, _) = table::<App>().await;
    table.create(Account::new("ann@acme.io")).await?;
    let rows = stored::all(&table).await;
    assert_eq!(rows.iter().map(stored::names).collect::<Vec<_>>(), ["_rev data gsitype pk sk version", "data pk sk version"]);
    assert_eq!(rows[0]["pk"], s("Account#ann@acme.io"));
    Ok(())
}

#[tokio::test]
async fn an_update_prunes_the_version_that_leaves_the_kept_ones() -> Result<()> {
    let (table, _) = table::<App>().await;
    let mut account = table.create(Account::new("ann@acme.io")).await?;
    for version in 2..=6 {
        account = table.update(account, |account| account.count += 1).await?;
        assert_eq!(account.version(), version);
        let rows = stored::all(&table).await;
        let kept = ["v0".into(), format!("v{}", version - 1), format!("v{version}")];
        assert_eq!(rows.iter().map(|row| stored::text(row, "sk")).collect::<Vec<_>>(), kept);
        assert_eq!(stored::data(&rows[0]), stored::data(&rows[2]));
        assert_eq!(rows[0]["version"], rows[2]["version"]);
    }
    Ok(())
}

/// The head is a full copy of the newest version, whatever came before.
async fn the_head_equals_the_newest_version<T: Sample>() -> Result<()> {
    let table = engine::table::<T>().await;
    let mut resource = T::create(&table).await?;
    for writes in 1..=4 {
        let rows = stored::all(&table).await;
        assert_eq!(rows.len(), T::rows(writes));
        if T::VERSIONED {
            let newest = rows.last().expect("a version");
            assert_eq!(rows[0]["version"], newest["version"]);
            assert!(newest.iter().all(|(name, value)| name == "sk" || rows[0][name] == *value));
        }
        resource = table.update(resource, |value| *value.count_mut() += 1).await?;
    }
    Ok(())
}

for_every_kind!(the_head_equals_the_newest_version);

#[tokio::test]
async fn the_indexes_hold_heads_only() -> Result<()> {
    let (table, _) = table::<App>().await;
    let document = table.create(Document::new("plan")).id("one").await?;
    table.update(document, |document| document.count += 1).await?;
    let page = table.create(Page::new("home")).id("one").await?;
    table.update(page, |page| page.count += 1).await?;
    let task = table.create(Task::new("ann")).id("one").await?;
    table.create(Account::new("ann@acme.io")).await?;

    let pair = |pk: &str, sk: &str| (pk.to_owned(), sk.to_owned());
    let (document, page, task_key) = (pair("Document#one", "v0"), pair("Page#one", "v0"), pair("Task#one", "Task#one"));
    assert_eq!(stored::in_index(&table, "gsitype").await, [document.clone(), page.clone(), task_key.clone()]);
    assert_eq!(stored::in_index(&table, "status").await, [document]);
    assert_eq!(stored::in_index(&table, "gsi3").await, [page]);
    assert_eq!(stored::in_index(&table, "gsi1").await, [task_key]);

    table.update(task, |task| task.project = None).await?;
    assert!(stored::in_index(&table, "gsi1").await.is_empty());
    Ok(())
}

#[tokio::test]
async fn times_are_cut_to_microseconds() -> Result<()> {
    let (table, clock) = table::<App>().await;
    clock.set(time(CREATED) + TimeDelta::nanoseconds(999));
    let task = table.create(Task::new("ann")).await?;
    assert_eq!(task.created_at(), time(CREATED));
    assert_eq!(table.read(&task).await?, task);
    Ok(())
}
