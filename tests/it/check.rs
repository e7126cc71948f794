//! `check` and `repair`: rows that do not agree, found and mended.

use simpletable::fault::{Fault, Faults};
use simpletable::{Finding, Id, Result, SettableClock, SingleTable, Table};

use serde::{Deserialize, Serialize};

use crate::engine;
use crate::kinds::{Account, App, Document, Sample, Task, for_every_kind};
use crate::stored::{self, Row, n, s};

async fn what_was_written_here_is_whole<T: Sample>() -> Result<()> {
    let table = engine::table::<T>().await;
    let mut resource = T::create(&table).await?;
    assert!(table.check(&resource).await?.findings().is_empty());
    for _ in 0..4 {
        resource = table.update(resource, |value| *value.count_mut() += 1).await?;
        assert!(table.check(&resource).await?.findings().is_empty());
    }
    let rows = stored::all(&table).await;
    let repaired = table.repair(&resource).await?;
    assert!(repaired.mended().is_empty() && repaired.left().is_empty());
    assert_eq!(stored::all(&table).await, rows);
    table.delete(&resource).await?;
    assert!(table.check(&resource).await?.is_ok() && table.repair(&resource).await?.mended().is_empty());
    Ok(())
}

for_every_kind!(what_was_written_here_is_whole);

/// Finds exactly this, mends it, and then finds nothing.
async fn mends<S: simpletable::Schema, T: simpletable::Member<S>>(
    table: &Table<S>,
    key: simpletable::Key<T>,
    wrong: &[Finding],
) -> Result<()> {
    let checked = table.check(&key).await?;
    assert_eq!((checked.findings(), checked.is_ok()), (wrong, false));
    let repaired = table.repair(&key).await?;
    assert_eq!((repaired.mended(), repaired.left()), (wrong, &[][..]));
    assert!(table.check(&key).await?.findings().is_empty());
    Ok(())
}

async fn remove<S: simpletable::Schema>(table: &Table<S>, pk: &str, sk: &str) {
    table.client().delete_item().table_name(table.name()).key("pk", s(pk)).key("sk", s(sk)).send().await.expect("removed");
}

async fn document(table: &Table<App>, versions: u32) -> Result<simpletable::Resource<Document>> {
    let mut document = table.create(Document::new("plan")).id("one").await?;
    for count in 2..=versions {
        document = table.update(document, |document| document.count = count).await?;
    }
    Ok(document)
}

const PK: &str = "Document#one";

#[tokio::test]
async fn a_head_without_its_row() -> Result<()> {
    let table = engine::table::<App>().await;
    let held = document(&table, 3).await?;
    let row = stored::one(&table, PK, "v3").await;
    remove(&table, PK, "v3").await;
    mends(&table, held.key(), &[Finding::VersionMissing { version: 3 }]).await?;
    let mended = stored::one(&table, PK, "v3").await.expect("written");
    assert_eq!(stored::data(&mended), stored::data(&row.expect("it was there")));
    assert_eq!(table.read(&held).consistent().await?, held);
    table.update(held, |document| document.count = 4).await?;
    Ok(())
}

#[tokio::test]
async fn a_row_that_differs_from_the_head() -> Result<()> {
    let table = engine::table::<App>().await;
    let held = document(&table, 3).await?;
    for change in [
        |row: Row| {
            let mut data = stored::data(&row);
            data["count"] = 99.into();
            stored::with_data(row, &data)
        },
        |mut row: Row| {
            row.remove("data");
            row
        },
    ] {
        let row = stored::one(&table, PK, "v3").await.expect("the row");
        stored::put(&table, change(row)).await;
        mends(&table, held.key(), &[Finding::VersionDiffers { version: 3 }]).await?;
        assert_eq!(table.read_version(&held, 3).await?.count, 3, "the head is the truth");
    }
    // The same content, written another way.
    let row = stored::one(&table, PK, "v3").await.expect("the row");
    let data = stored::data(&row);
    stored::put(&table, stored::with_data(row, &data)).await;
    assert!(table.check(&held).await?.findings().is_empty());
    Ok(())
}

#[tokio::test]
async fn rows_above_the_head() -> Result<()> {
    let table = engine::table::<App>().await;
    let held = document(&table, 3).await?;
    for number in 4..=203 {
        let mut row = stored::one(&table, PK, "v3").await.expect("the row");
        row.extend([("sk".to_owned(), s(format!("v{number}"))), ("version".to_owned(), n(number))]);
        stored::put(&table, row).await;
    }
    mends(&table, held.key(), &[Finding::AboveHead { versions: (4..=203).collect() }]).await?;
    assert_eq!(stored::all(&table).await.len(), 4);
    Ok(())
}

#[tokio::test]
async fn versions_without_a_head() -> Result<()> {
    let table = engine::table::<App>().await;
    let held = document(&table, 11).await?;
    let other = table.create(Document::new("other")).id("onerous").await?;
    remove(&table, PK, "v0").await;
    mends(&table, held.key(), &[Finding::Orphans { versions: (1..=11).collect() }]).await?;
    assert_eq!(stored::all(&table).await.len(), 2);
    assert_eq!(table.read(&other).await?, other);
    Ok(())
}

#[tokio::test]
async fn an_interrupted_deletion() -> Result<()> {
    let table = engine::table::<App>().await;
    let held = document(&table, 5).await?;
    stored::change(&table, (PK, "v0"), "SET version = :v", n(-1)).await;
    remove(&table, PK, "v2").await;
    mends(&table, held.key(), &[Finding::OutOfService]).await?;
    assert!(stored::all(&table).await.is_empty());
    table.create(Document::new("anew")).id("one").await?;
    Ok(())
}

#[tokio::test]
async fn derived_attributes() -> Result<()> {
    let table = engine::table::<App>().await;
    let task = table.create(Task::new("ann")).id("one").await?;
    for (attribute, value) in [("ownerpk", s("owner#bob")), ("ownersk", s("9")), ("gsi1pk", s("project#sun")), ("gsitypesk", s("never"))] {
        stored::change(&table, ("Task#one", "Task#one"), &format!("SET {attribute} = :v"), value).await;
        mends(&table, task.key(), &[Finding::Derived { attributes: vec![attribute.to_owned()] }]).await?;
        assert_eq!(table.read(&task).consistent().await?, task);
    }
    let held = document(&table, 2).await?;
    let mut head = stored::one(&table, PK, "v0").await.expect("the head");
    for attribute in ["gsitype", "gsitypesk", "statuspk"] {
        head.remove(attribute);
    }
    stored::put(&table, head).await;
    let attributes = ["gsitype", "gsitypesk", "statuspk"].map(str::to_owned).into();
    mends(&table, held.key(), &[Finding::Derived { attributes }]).await?;
    assert_eq!(table.list::<Document>().all().await?, [held]);
    Ok(())
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(ttl = "seconds")]
struct Session {
    seconds: u32,
}

#[tokio::test]
async fn the_ttl_attribute() -> Result<()> {
    let clock = SettableClock::new("2026-01-02T12:00:00Z".parse().expect("a time"));
    let table = engine::builder::<Session>().clock(clock).build().await?;
    let session = table.create(Session { seconds: 60 }).id("one").await?;
    stored::change(&table, ("Session#one", "Session#one"), "SET ttl = :v", n(5)).await;
    assert!(table.get(&session).await?.is_none(), "it looks expired");
    mends(&table, session.key(), &[Finding::Derived { attributes: vec!["ttl".to_owned()] }]).await?;
    assert_eq!(table.read(&session).await?, session);
    Ok(())
}

#[tokio::test]
async fn several_at_once() -> Result<()> {
    let table = engine::table::<App>().await;
    let held = document(&table, 3).await?;
    let mut row = stored::one(&table, PK, "v3").await.expect("the row");
    row.insert("sk".into(), s("v9"));
    stored::put(&table, row).await;
    remove(&table, PK, "v3").await;
    stored::change(&table, (PK, "v0"), "SET statuspk = :v", s("elsewhere")).await;
    let wrong = [
        Finding::VersionMissing { version: 3 },
        Finding::AboveHead { versions: vec![9] },
        Finding::Derived { attributes: vec!["statuspk".to_owned()] },
    ];
    mends(&table, held.key(), &wrong).await?;
    assert_eq!(table.versions(&held).all().await?.len(), 3);
    for finding in &wrong {
        assert!(!finding.to_string().is_empty());
    }
    Ok(())
}

/// A limit tells which versions are kept; those that are missing cannot be made up.
#[tokio::test]
async fn a_gap_is_told_and_left() -> Result<()> {
    let table = engine::table::<App>().await;
    let mut account = table.create(Account::new("ann@acme.io")).await?;
    for _ in 0..4 {
        account = table.update(account, |account| account.count += 1).await?;
    }
    table.delete_version(&account, 4).await?;
    let gap = [Finding::Gap { versions: vec![4] }];
    let checked = table.check(&account).await?;
    assert_eq!((checked.findings(), checked.is_ok()), (&gap[..], true));
    let repaired = table.repair(&account).await?;
    assert_eq!((repaired.mended(), repaired.left()), (&[][..], &gap[..]));
    // Without a limit it may have been pruned.
    let held = document(&table, 5).await?;
    table.delete_version(&held, 3).await?;
    assert!(table.check(&held).await?.findings().is_empty());
    Ok(())
}

/// Somebody writes between the reads of a check: nothing is wrong.
#[tokio::test]
async fn a_write_meanwhile_is_no_finding() -> Result<()> {
    for nth in 1..=3 {
        let other = engine::table::<App>().await;
        let held = document(&other, 2).await?;
        let faults = Faults::new();
        let (writer, key) = (other.clone(), held.key());
        let write = async move { drop(writer.modify(key, |document| document.count = 7).await.expect("written")) };
        faults.inject(Fault::meanwhile(write).nth(nth));
        assert!(other.with_faults(&faults).check(&held).await?.findings().is_empty(), "{nth}");
    }
    Ok(())
}

/// Somebody writes between the check and the mending: their write stays.
#[tokio::test]
async fn a_repair_undoes_no_write() -> Result<()> {
    let other = engine::table::<App>().await;
    let held = document(&other, 3).await?;
    remove(&other, PK, "v3").await;
    let faults = Faults::new();
    let (writer, key) = (other.clone(), held.key());
    let write = async move { drop(writer.modify(key, |document| document.count = 7).await.expect("written")) };
    faults.inject(Fault::meanwhile(write).on("TransactWriteItems"));
    let repaired = other.with_faults(&faults).repair(&held).await?;
    assert!(repaired.mended().is_empty(), "version 3 is the past by now");
    assert_eq!((other.read(&held).await?.count, other.read_version(&held, 4).await?.count), (7, 7));

    // Orphans, and a new resource comes to be in their place.
    let table = engine::table::<App>().await;
    let held = document(&table, 3).await?;
    remove(&table, PK, "v0").await;
    let writer = table.clone();
    let faults = Faults::new();
    let write = async move { drop(writer.create(Document::new("anew")).id("one").await.expect("created")) };
    faults.inject(Fault::meanwhile(write).on("TransactWriteItems"));
    let repaired = table.with_faults(&faults).repair(&held).await?;
    assert_eq!(repaired.mended(), [Finding::AboveHead { versions: vec![2, 3] }]);
    assert_eq!(table.read(Id::<Document>::from("one")).await?.title, "anew");
    assert!(table.check(&held).await?.findings().is_empty());
    Ok(())
}
