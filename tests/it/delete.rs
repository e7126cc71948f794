//! `delete`: one row, or a history with its head.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use simpletable::fault::{Failure, Fault, Faults};
use simpletable::{Clock, Error, Id, Resource, Result, SettableClock, SingleTable, Table, WriteRequest};

use crate::engine;
use crate::kinds::{App, Document, Invoice, Sample, Task, for_every_kind};
use crate::stored::{self, Row, n, s};

async fn nothing_is_left<T: Sample>() -> Result<()> {
    let table = engine::table::<T>().await;
    let mut resource = T::create(&table).await?;
    for _ in 0..3 {
        resource = table.update(resource, |value| *value.count_mut() += 1).await?;
    }
    table.delete(&resource).await?;
    assert!(stored::all(&table).await.is_empty());
    let error = table.delete(&resource).await.expect_err("it is gone");
    assert!(matches!(error, Error::NotFound { .. }));
    Ok(())
}

async fn if_unchanged_spares_what_somebody_else_wrote<T: Sample>() -> Result<()> {
    let table = engine::table::<T>().await;
    let stale = T::create(&table).await?;
    let won = table.update(stale.clone(), |value| *value.count_mut() = 1).await?;
    let error = table.delete(&stale).if_unchanged(&stale).await.expect_err("it has changed");
    assert!(matches!(error, Error::Conflict { operation: "delete", .. }));
    assert_eq!(error.current::<T>(), Some(won.clone()));
    assert_eq!(table.read(&won).consistent().await?, won);
    table.delete(&won).if_unchanged(&won).await?;
    assert!(stored::all(&table).await.is_empty());
    let error = table.delete(&won).if_unchanged(&won).await.expect_err("it is gone");
    assert!(error.is_not_found());
    Ok(())
}

async fn if_unchanged_spares_what_was_created_anew<T: Sample>() -> Result<()> {
    let table = engine::table::<T>().await;
    let held = T::create(&table).await?;
    table.delete(&held).await?;
    let anew = T::create(&table).await?;
    assert!(table.delete(&held).if_unchanged(&held).await.expect_err("it is another one").is_conflict());
    assert_eq!(table.read(&anew).consistent().await?, anew);
    Ok(())
}

for_every_kind!(nothing_is_left, if_unchanged_spares_what_somebody_else_wrote, if_unchanged_spares_what_was_created_anew);

#[tokio::test]
async fn a_resource_of_another_key_is_no_state_of_this_one() -> Result<()> {
    // The clock stands still on both sides: nothing but the keys tells them apart.
    let clock = SettableClock::new("2024-01-02T00:00:00Z".parse().expect("a time"));
    let table = engine::builder::<App>().clock(clock.clone()).build().await?;
    let again = Table::builder::<App>(table.name()).client(table.client().clone()).clock(clock).build().await?;
    let (one, two) = (table.create(Task::new("ann")).id("1").await?, again.create(Task::new("ann")).id("2").await?);
    assert_eq!(one.revision(), two.revision());
    assert!(table.delete(&one).if_unchanged(&two).await.expect_err("another task").is_conflict());
    let (one, two) = (table.create(Document::new("plan")).id("1").await?, again.create(Document::new("plan")).id("2").await?);
    assert!(table.delete(&one).if_unchanged(&two).await.expect_err("another document").is_conflict());
    assert_eq!(stored::all(&table).await.len(), 6);
    Ok(())
}

#[tokio::test]
async fn neighbours_are_spared() -> Result<()> {
    let table = engine::table::<App>().await;
    let one = table.create(Document::new("plan")).id("1").await?;
    let other = table.create(Document::new("plan")).id("11").await?;
    table.create(Invoice::new(1)).await?;
    table.create(Invoice::new(2)).await?;
    table.delete(&one).await?;
    table.delete(Invoice::key("acme", 1_u32)).await?;
    assert_eq!(table.read(&other).await?, other);
    assert_eq!(stored::all(&table).await.len(), 3);
    Ok(())
}

#[tokio::test]
async fn a_head_that_changes_meanwhile_is_a_conflict() -> Result<()> {
    let faults = Faults::new();
    let other = engine::table::<App>().await;
    let table = other.with_faults(&faults);
    let document = other.create(Document::new("plan")).id("one").await?;
    let (writer, held) = (other.clone(), document.clone());
    let write = async move { drop(writer.update(held, |document| document.count = 1).await.expect("the other writer writes")) };
    faults.inject(Fault::meanwhile(write).on("TransactWriteItems"));
    let error = table.delete(&document).await.expect_err("it has changed");
    assert!(error.is_conflict());
    assert_eq!(error.current::<Document>().map(|document| document.count), Some(1));
    assert_eq!(stored::all(&other).await.len(), 3);
    table.delete(&document).await
}

/// A document with so many versions, of which each is a row.
async fn long_history<S>(table: &Table<S>, versions: u32) -> Result<Resource<Document>>
where
    S: simpletable::Schema,
    Document: simpletable::Member<S>,
{
    let document = table.create(Document::new("plan")).id("one").await?;
    let head = stored::one(table, "Document#one", "v0").await.expect("the head");
    for version in 2..=versions {
        let row = Row::from([("pk".into(), s("Document#one")), ("sk".into(), s(format!("v{version}"))), ("version".into(), n(version))]);
        stored::put(table, row).await;
    }
    let mut head = head;
    head.insert("version".into(), n(versions));
    stored::put(table, head).await;
    table.read(&document).consistent().await
}

#[tokio::test]
async fn ninety_nine_versions_fit_one_transaction() -> Result<()> {
    let faults = Faults::new();
    let table = engine::table::<App>().await.with_faults(&faults);
    let document = long_history(&table, 99).await?;
    faults.clear();
    table.delete(&document).await?;
    assert_eq!(faults.requests(), ["GetItem", "TransactWriteItems"]);
    assert!(stored::all(&table).await.is_empty());
    Ok(())
}

#[tokio::test]
async fn a_longer_history_goes_step_by_step() -> Result<()> {
    let faults = Faults::new();
    let table = engine::table::<App>().await.with_faults(&faults);
    let document = long_history(&table, 100).await?;
    table.create(Document::new("other")).id("two").await?;
    // Rows of the same partition that are no versions.
    let others = ["v01", "view", "w1"];
    for sk in others {
        stored::put(&table, Row::from([("pk".into(), s("Document#one")), ("sk".into(), s(sk))])).await;
    }
    faults.clear();
    table.delete(&document).if_unchanged(&document).await?;
    assert_eq!(faults.requests(), ["GetItem", "UpdateItem", "Query", "TransactWriteItems", "TransactWriteItems", "DeleteItem"]);
    assert_eq!(stored::all(&table).await.len(), 2 + others.len());
    assert!(table.delete(&document).await.expect_err("it is gone").is_not_found());
    Ok(())
}

/// Somebody else brings the deletion to its end, and creates the resource anew, before each request of the slower one.
#[tokio::test]
async fn a_late_deletion_spares_what_was_created_anew() -> Result<()> {
    for nth in 2..=6 {
        let faults = Faults::new();
        let other = engine::table::<App>().await;
        let held = long_history(&other, 101).await?;
        let (writer, key) = (other.clone(), held.key());
        let anew = async move {
            writer.delete(key).await.expect("deleted");
            let anew = writer.create(Document::new("anew")).id("one").await.expect("created");
            writer.update(anew, |document| document.count = 7).await.expect("updated");
        };
        faults.inject(Fault::meanwhile(anew).nth(nth));
        let late = other.with_faults(&faults).delete(&held).await;
        let found = other.read(&held).consistent().await?;
        assert_eq!((found.title.as_str(), found.count, found.version()), ("anew", 7, 2), "request {nth}");
        assert_eq!(stored::all(&other).await.len(), 3, "request {nth}");
        // Before the second request, the deletion had not begun.
        assert!(if nth == 2 { late.is_err_and(|error| error.is_conflict()) } else { late.is_ok() }, "request {nth}");
    }
    Ok(())
}

#[tokio::test]
async fn a_longer_history_can_be_interrupted_anywhere() -> Result<()> {
    for operation in ["UpdateItem", "Query", "TransactWriteItems", "DeleteItem"] {
        let faults = Faults::new();
        let other = engine::table::<App>().await;
        let table = other.with_faults(&faults);
        let held = long_history(&other, 130).await?;
        faults.inject(Fault::before(Failure::Cancelled(&[])).on(operation).nth(if operation == "TransactWriteItems" { 2 } else { 1 }));
        table.delete(&held).await.expect_err("interrupted");
        if operation == "UpdateItem" {
            assert_eq!(table.read(&held).await?, held, "nothing was done");
        } else {
            // Out of service: readers find nothing, writers are refused.
            assert_eq!(table.get(&held).await?, None);
            assert!(table.read(&held).await.expect_err("out of service").is_not_found());
            assert!(table.modify(&held, |document| document.count = 1).await.expect_err("out of service").is_not_found());
            let error = table.update(held.clone(), |document| document.count = 1).await.expect_err("out of service");
            assert!(error.is_conflict());
            assert_eq!(error.current::<Document>(), None);
        }
        table.delete(&held).await?;
        assert!(stored::all(&other).await.is_empty());
        let anew = table.create(Document::new("anew")).id("one").await?;
        assert_eq!(table.read(&held).consistent().await?, anew);
    }
    Ok(())
}

#[tokio::test]
async fn the_request_unsent() -> Result<()> {
    let table = engine::table::<App>().await;
    let task = table.create(Task::new("ann")).id("one").await?;
    let WriteRequest::DeleteItem(input) = table.delete(Id::<Task>::from("one")).into_input()? else { panic!("a DeleteItem") };
    assert_eq!((input.table_name(), input.condition_expression()), (Some(table.name()), Some("attribute_exists(#n0)")));
    assert_eq!(input.key().expect("a key")["pk"], s("Task#one"));
    let WriteRequest::DeleteItem(input) = table.delete(&task).if_unchanged(&task).into_input()? else { panic!("a DeleteItem") };
    assert_eq!(input.condition_expression(), Some("(#n0 = :v0 AND #n1 = :v1)"));
    assert_eq!(stored::all(&table).await.len(), 1);
    Ok(())
}

/// Expires, and keeps its versions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(versioned, ttl = "until")]
struct Lease {
    until: DateTime<Utc>,
}

/// The head of an interrupted deletion is in nobody's way, whether or not its time is over too.
#[tokio::test]
async fn an_interrupted_deletion_of_what_expires_comes_to_its_end() -> Result<()> {
    let noon: DateTime<Utc> = "2026-01-02T12:00:00Z".parse().expect("a time");
    let clock = SettableClock::new(noon);
    let other = engine::builder::<Lease>().clock(clock.clone()).build().await?;
    let faults = Faults::new();
    let table = other.with_faults(&faults);
    let lease = |from| Lease { until: from + TimeDelta::hours(1) };
    let held = other.create(lease(noon)).id("one").await?;
    stored::change(&other, ("Lease#one", "v0"), "SET version = :v", n(120)).await;
    faults.inject(Fault::before(Failure::Cancelled(&[])).on("TransactWriteItems"));
    table.delete(&held).await.expect_err("interrupted");
    clock.advance(TimeDelta::hours(2));
    table.delete(&held).await?;
    assert!(stored::all(&other).await.is_empty());
    other.create(lease(clock.now())).id("one").await?;
    Ok(())
}
