//! The versions of a resource: listed, read, restored, deleted, pruned and compared.

use std::collections::{BTreeMap, HashSet};

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, TimeDelta, Utc};
use futures::{StreamExt, TryStreamExt};
use serde::{Deserialize, Serialize};
use serde_json::json;
use simpletable::fault::{Failure, Fault, Faults};
use simpletable::{Error, Id, Page as Rows, Resource, Result, Schema, SettableClock, SingleTable, Table, Versioned, WriteRequest};

use crate::engine;
use crate::kinds::{Account, App, Document, Page, Sample};
use crate::stored::{self, Row, n, s};

/// A resource that is at this version, whose count is the number of the version, but for the first, where it is 0.
async fn at_version<T: Sample + Versioned>(table: &Table<T>, version: u32) -> Result<Resource<T>> {
    let mut resource = T::create(table).await?;
    resource = if version > 1 { table.update(resource, |value| *value.count_mut() = 2).await? } else { resource };
    for number in 3..=version {
        resource = table.update(resource, |value| *value.count_mut() = number).await?;
    }
    Ok(resource)
}

fn numbers<T: Versioned>(versions: &[Resource<T>]) -> Vec<u64> {
    versions.iter().map(Resource::version).collect()
}

async fn newest_first_by_number<T: Sample + Versioned>() -> Result<()> {
    let table = engine::table::<T>().await;
    let latest = at_version(&table, 12).await?;
    let kept: Vec<u64> = (1..=12).rev().take(T::KEPT).collect();
    let versions = table.versions(latest.id()).await?;
    assert_eq!(numbers(&versions), kept);
    assert_eq!(versions.next_cursor().is_some(), T::KEPT < 12, "below the bound nobody has looked");
    assert_eq!(versions[0], latest);
    assert!(versions.iter().all(|version| version.created_at() == latest.created_at() && version.id() == latest.id()));
    assert!(versions[1..].iter().all(|version| version.version() == u64::from(version.count().max(1))));
    assert_eq!(table.versions(latest.id()).all().await?, *versions);
    for number in kept {
        assert_eq!(table.read_version(&latest, number).await?.version(), number);
    }
    Ok(())
}

#[tokio::test]
async fn newest_first_by_number_of_every_kind() -> Result<()> {
    newest_first_by_number::<Document>().await?;
    newest_first_by_number::<Page>().await?;
    newest_first_by_number::<Account>().await
}

#[tokio::test]
async fn no_resource_has_no_versions() -> Result<()> {
    let table = engine::table::<App>().await;
    for id in ["none", "", &"x".repeat(3000)] {
        let page = table.versions(Id::<Document>::from(id)).await?;
        assert_eq!((page.len(), page.next_cursor()), (0, None));
        assert!(table.versions(Id::<Document>::from(id)).all().await?.is_empty());
        assert!(table.read_version(Id::<Document>::from(id), 1).await.is_err_and(|error| error.is_not_found()));
        assert!(table.restore(Id::<Document>::from(id), 1).await.is_err_and(|error| error.is_not_found()));
        assert!(table.delete_version(Id::<Document>::from(id), 1).await.is_err_and(|error| error.is_not_found()));
        assert!(table.prune_versions_to(Id::<Document>::from(id), 1).await.is_err_and(|error| error.is_not_found()));
        assert!(table.diff(Id::<Document>::from(id), 1, 1).await.is_err_and(|error| error.is_not_found()));
    }
    Ok(())
}

#[tokio::test]
async fn a_limit_reads_only_the_newest() -> Result<()> {
    let faults = Faults::new();
    let table = engine::table::<Document>().await.with_faults(&faults);
    let latest = at_version(&table, 12).await?;
    faults.clear();
    let page = table.versions(&latest).limit(1).await?;
    assert_eq!((numbers(&page), page.scanned(), page.requests()), (vec![12], 1, 1));
    assert_eq!(faults.requests(), ["GetItem"]);
    faults.clear();
    let page = table.versions(&latest).limit(4).await?;
    assert_eq!((numbers(&page), page.scanned(), page.requests()), (vec![12, 11, 10, 9], 4, 2));
    assert_eq!(faults.requests(), ["GetItem", "BatchGetItem"]);
    faults.clear();
    assert_eq!(numbers(&table.versions(&latest).limit(4).all().await?), [12, 11, 10, 9]);
    assert_eq!(faults.requests(), ["GetItem", "BatchGetItem"]);
    assert_eq!(numbers(&table.versions(&latest).limit(5).stream().try_collect::<Vec<_>>().await?), [12, 11, 10, 9, 8]);
    faults.clear();
    let page = table.versions(&latest).limit(0).await?;
    assert_eq!((page.len(), page.requests(), faults.requests().len()), (0, 0, 0));
    // Pages of nothing lead nowhere.
    let cursor = table.versions(&latest).limit(1).await?.next_cursor().cloned();
    let pages: Vec<Rows<Document>> = table.versions(&latest).limit(0).after(cursor).pages().take(9).try_collect().await?;
    assert_eq!(pages.len(), 1);
    Ok(())
}

#[tokio::test]
async fn pages_of_every_size_give_each_version_once() -> Result<()> {
    let table = engine::table::<Document>().await;
    let latest = at_version(&table, 12).await?;
    for gone in [vec![], vec![11], vec![1], vec![1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], vec![3, 4, 7]] {
        for number in &gone {
            table
                .client()
                .delete_item()
                .table_name(table.name())
                .key("pk", s("Document#one"))
                .key("sk", s(format!("v{number}")))
                .send()
                .await
                .expect("gone");
        }
        let left = numbers(&table.versions(&latest).all().await?);
        assert!(gone.iter().all(|gone| !left.contains(gone)));
        for limit in 1..=13 {
            let pages: Vec<Rows<Document>> = table.versions(&latest).limit(limit).pages().try_collect().await?;
            assert_eq!(pages.iter().flat_map(|page| numbers(page)).collect::<Vec<_>>(), left, "{gone:?} {limit}");
            assert!(pages[..pages.len() - 1].iter().all(|page| page.len() == limit), "full as long as there are more");
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_cursor_belongs_to_its_resource() -> Result<()> {
    let table = engine::table::<App>().await;
    let mut one = table.create(Document::new("plan")).id("one").await?;
    one = table.update(one, |document| document.count = 2).await?;
    let other = table.create(Document::new("plan")).id("other").await?;
    let page = table.create(Page::new("home")).id("one").await?;
    let cursor = table.versions(&one).limit(1).await?.next_cursor().expect("one more").clone();
    assert_eq!(numbers(&table.versions(&one).after(&cursor).await?), [1]);
    for refused in [
        table.versions(&other).after(&cursor).await.map(drop),
        table.versions(&page).after(&cursor).await.map(drop),
        table.versions(&one).after("rubbish").await.map(drop),
        table.versions(&one).after("").all().await.map(drop),
    ] {
        assert!(matches!(refused, Err(Error::InvalidCursor { .. })), "{refused:?}");
    }
    assert!(table.list::<Document>().after(&cursor).await.is_err());
    // Deleted, and created anew with fewer versions: the cursor leads nowhere else.
    table.delete(&one).await?;
    assert_eq!(numbers(&table.versions(&one).after(&cursor).await?), [0; 0]);
    Ok(())
}

#[tokio::test]
async fn rows_above_the_head_are_no_history_and_are_overwritten() -> Result<()> {
    let table = engine::table::<Document>().await;
    let latest = at_version(&table, 2).await?;
    let mut above = stored::one(&table, "Document#one", "v2").await.expect("it is there");
    above.insert("sk".into(), s("v3"));
    above.insert("version".into(), n(3));
    stored::put(&table, above).await;
    assert_eq!(numbers(&table.versions(&latest).all().await?), [2, 1]);
    assert!(table.restore(&latest, 3).await.is_err_and(|error| error.is_not_found()));
    assert!(table.delete_version(&latest, 3).await.is_err_and(|error| error.is_not_found()));
    let latest = table.update(latest, |document| document.count = 30).await?;
    assert_eq!(table.read_version(&latest, 3).await?.count, 30);
    assert_eq!(numbers(&table.versions(&latest).all().await?), [3, 2, 1]);
    Ok(())
}

/// The same rows under other limits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(versioned, max_versions = 3, name = "Note")]
struct Few {
    text: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(versioned, max_versions = 8, name = "Note")]
struct Many {
    text: String,
}

async fn under<S: Schema>(table: &Table<impl Schema>) -> Table<S> {
    Table::new(table.client().clone(), table.name())
}

#[tokio::test]
async fn a_limit_that_is_lowered_or_raised_loses_nothing() -> Result<()> {
    let faults = Faults::new();
    let many: Table<Many> = engine::table().await.with_faults(&faults);
    let mut note = many.create(Many { text: "1".into() }).id("one").await?;
    for number in 2..=10 {
        note = many.update(note, |note| note.text = number.to_string()).await?;
    }
    assert_eq!(numbers(&many.versions(&note).all().await?), [10, 9, 8, 7, 6, 5, 4, 3]);

    // Lowered: what is left is there until it is pruned, and who wants no more than is kept does not look for it.
    let few: Table<Few> = under(&many).await;
    let id = Id::<Few>::from("one");
    faults.clear();
    assert_eq!(numbers(&few.versions(&id).limit(3).await?), [10, 9, 8]);
    assert_eq!(faults.requests(), ["GetItem", "BatchGetItem"]);
    assert_eq!(numbers(&few.versions(&id).all().await?), [10, 9, 8, 7, 6, 5, 4, 3]);
    assert_eq!(few.read_version(&id, 3).await?.text, "3");
    let pages: Vec<Rows<Few>> = few.versions(&id).limit(2).pages().try_collect().await?;
    assert_eq!(pages.iter().flat_map(|page| numbers(page)).collect::<Vec<_>>(), [10, 9, 8, 7, 6, 5, 4, 3]);
    let restored = few.restore(&id, 4).await?;
    assert_eq!((restored.version(), restored.text.as_str()), (11, "4"));
    // The update never sweeps: it took v8 with it, and no other.
    assert_eq!(numbers(&few.versions(&id).all().await?), [11, 10, 9, 7, 6, 5, 4, 3]);
    assert_eq!(few.prune_versions(&id).await?, 5);
    assert_eq!(few.prune_versions(&id).await?, 0);
    assert_eq!(numbers(&few.versions(&id).all().await?), [11, 10, 9]);

    // Raised: the numbers that the old limit deleted are gaps.
    assert_eq!(numbers(&many.versions(&note).all().await?), [11, 10, 9]);
    Ok(())
}

/// Of a million numbers below the bound, those that have rows are found without asking for each.
#[tokio::test]
async fn numbers_that_were_pruned_long_ago_cost_nothing() -> Result<()> {
    let faults = Faults::new();
    let table: Table<Few> = engine::table().await.with_faults(&faults);
    let note = table.create(Few { text: "1".into() }).id("one").await?;
    stored::change(&table, ("Note#one", "v0"), "SET version = :v", n(1_000_000)).await;
    faults.clear();
    assert_eq!(numbers(&table.versions(&note).all().await?), [1_000_000, 1]);
    assert_eq!(faults.requests(), ["GetItem", "BatchGetItem", "Query", "BatchGetItem"]);
    Ok(())
}

/// Expires at a time, or so many seconds after it was created.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(versioned, ttl = "until")]
struct Lease {
    holder: String,
    #[serde(alias = "deadline")]
    until: Option<DateTime<Utc>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(versioned, compress = false, ttl = "seconds")]
struct Session {
    user: String,
    seconds: Option<u32>,
}

fn noon() -> DateTime<Utc> {
    "2026-01-02T12:00:00Z".parse().expect("a time")
}

fn ttl(row: &Row) -> Option<String> {
    row.get("ttl").map(|value| value.as_n().expect("a number").clone())
}

#[tokio::test]
async fn an_expired_version_is_gone() -> Result<()> {
    let clock = SettableClock::new(noon());
    let table = engine::builder::<Lease>().clock(clock.clone()).build().await?;
    let lease = table.create(Lease { holder: "ann".into(), until: Some(noon() + TimeDelta::hours(1)) }).id("one").await?;
    let lease = table.update(lease, |lease| lease.until = Some(noon() + TimeDelta::hours(3))).await?;
    let lease = table.update(lease, |lease| lease.until = None).await?;
    clock.advance(TimeDelta::hours(2));
    assert_eq!(numbers(&table.versions(&lease).all().await?), [3, 2]);
    assert!(table.read_version(&lease, 1).await.is_err_and(|error| error.is_not_found()));
    assert!(table.restore(&lease, 1).await.is_err_and(|error| error.is_not_found()));
    assert!(table.delete_version(&lease, 1).await.is_err_and(|error| error.is_not_found()));
    assert!(table.diff(&lease, 1, 2).await.is_err_and(|error| error.is_not_found()));
    // The head's time is over: the resource is gone, with its history.
    let lease = table.update(lease, |lease| lease.until = Some(noon() + TimeDelta::minutes(121))).await?;
    clock.advance(TimeDelta::hours(1) - TimeDelta::seconds(1));
    assert!(table.versions(&lease).all().await?.is_empty());
    assert!(table.restore(&lease, 3).await.is_err_and(|error| error.is_not_found()));
    assert!(table.prune_versions_to(&lease, 1).await.is_err_and(|error| error.is_not_found()));
    assert!(table.delete_version(&lease, 2).await.is_err_and(|error| error.is_not_found()));
    Ok(())
}

#[tokio::test]
async fn restoring_keeps_the_time_to_live_of_the_head() -> Result<()> {
    let clock = SettableClock::new(noon());
    let at = |hours| noon() + TimeDelta::hours(hours);
    let table = engine::builder::<Lease>().clock(clock.clone()).build().await?;
    let lease = table.create(Lease { holder: "ann".into(), until: Some(at(5)) }).id("one").await?;
    let lease = table.update(lease, |lease| (lease.holder, lease.until) = ("bob".into(), Some(at(9)))).await?;
    let restored = table.restore(&lease, 1).await?;
    assert_eq!(*restored, Lease { holder: "ann".into(), until: Some(at(9)) });
    let head = stored::one(&table, "Lease#one", "v0").await.expect("the head");
    assert_eq!(ttl(&head), Some(at(9).timestamp().to_string()));
    assert_eq!(stored::data(&head)["until"], json!(at(9)));
    assert_eq!(ttl(&stored::one(&table, "Lease#one", "v3").await.expect("the row")), ttl(&head));

    let restored = table.restore(&lease, 1).with_ttl().await?;
    assert_eq!(restored.until, Some(at(5)));
    assert_eq!(ttl(&stored::one(&table, "Lease#one", "v0").await.expect("the head")), Some(at(5).timestamp().to_string()));

    // A head that never expires stays so, and field and attribute agree.
    let lease = table.update(restored, |lease| lease.until = None).await?;
    let restored = table.restore(&lease, 2).await?;
    assert_eq!(*restored, Lease { holder: "bob".into(), until: None });
    assert_eq!(ttl(&stored::one(&table, "Lease#one", "v0").await.expect("the head")), None);

    // Where the version knew the field by another name, it does not come back beside the head's.
    let row = stored::one(&table, "Lease#one", "v2").await.expect("the row");
    let mut data = stored::data(&row);
    data["deadline"] = data["until"].take();
    data.as_object_mut().expect("an object").remove("until");
    stored::put(&table, stored::with_data(row, &data)).await;
    let restored = table.restore(&lease, 2).await?;
    assert_eq!(*restored, Lease { holder: "bob".into(), until: None });
    assert_eq!(table.restore(&lease, 2).with_ttl().await?.until, Some(at(9)));

    // Seconds after creation.
    let table = engine::builder::<Session>().clock(clock).build().await?;
    let session = table.create(Session { user: "ann".into(), seconds: Some(60) }).id("one").await?;
    let session = table.update(session, |session| (session.user, session.seconds) = ("bob".into(), Some(600))).await?;
    let restored = table.restore(&session, 1).await?;
    assert_eq!(*restored, Session { user: "ann".into(), seconds: Some(600) });
    assert_eq!(ttl(&stored::one(&table, "Session#one", "v0").await.expect("the head")), Some((noon().timestamp() + 600).to_string()));
    Ok(())
}

async fn any_kept_version_comes_back<T: Sample + Versioned>() -> Result<()> {
    let faults = Faults::new();
    let table = engine::table::<T>().await.with_faults(&faults);
    let latest = at_version(&table, 5).await?;
    let oldest = if T::KEPT == usize::MAX { 1 } else { 5 - T::KEPT as u64 + 1 };
    // The oldest is the one that the same transaction prunes.
    faults.clear();
    let restored = table.restore(&latest, oldest).await?;
    assert_eq!(faults.requests(), ["BatchGetItem", "TransactWriteItems"]);
    let count = if oldest == 1 { 0 } else { u32::try_from(oldest).expect("small") };
    assert_eq!((restored.version(), restored.count(), restored.created_at()), (6, count, latest.created_at()));
    assert!(restored.updated_at() > latest.updated_at());
    assert_eq!(table.read(&latest).consistent().await?, restored);
    assert_eq!(table.read_version(&latest, 6).await?.count(), count);
    assert_eq!(stored::all(&table).await.len(), T::rows(6));
    // The newest itself, and what it gives is as good as read.
    let again = table.restore(restored.id(), 6).await?;
    assert_eq!((again.version(), again.count()), (7, count));
    table.update(again, |value| *value.count_mut() = 70).await?;
    assert!(table.update(restored, |value| *value.count_mut() = 70).await.is_err_and(|error| error.is_conflict()));
    for gone in [0, 9] {
        assert!(table.restore(&latest, gone).await.is_err_and(|error| error.is_not_found()));
        assert!(table.read_version(&latest, gone).await.is_err_and(|error| error.is_not_found()));
    }
    Ok(())
}

#[tokio::test]
async fn any_kept_version_of_every_kind_comes_back() -> Result<()> {
    any_kept_version_comes_back::<Document>().await?;
    any_kept_version_comes_back::<Page>().await?;
    any_kept_version_comes_back::<Account>().await
}

#[tokio::test]
async fn restoring_from_a_head_without_its_row() -> Result<()> {
    let table = engine::table::<Document>().await;
    let latest = at_version(&table, 2).await?;
    table.client().delete_item().table_name(table.name()).key("pk", s("Document#one")).key("sk", s("v2")).send().await.expect("gone");
    assert_eq!(numbers(&table.versions(&latest).all().await?), [2, 1], "the head is the latest version");
    let restored = table.restore(&latest, 2).await?;
    assert_eq!((restored.version(), restored.count), (3, 2));
    Ok(())
}

#[tokio::test]
async fn somebody_writes_before_the_restoration() -> Result<()> {
    let faults = Faults::new();
    let other = engine::table::<Document>().await;
    let latest = at_version(&other, 2).await?;
    let (writer, held) = (other.clone(), latest.clone());
    faults
        .inject(Fault::meanwhile(async move { drop(writer.update(held, |d| d.count = 9).await.expect("first")) }).on("TransactWriteItems"));
    let table = other.with_faults(&faults);
    let error = table.restore(&latest, 1).await.expect_err("it is late");
    assert!(matches!(&error, Error::Conflict { operation: "restore", .. }));
    assert_eq!(error.current::<Document>().map(|document| document.count), Some(9));
    let (writer, held) = (other.clone(), latest.clone());
    faults.inject(Fault::meanwhile(async move { writer.delete(&held).await.expect("first") }).on("TransactWriteItems"));
    assert!(table.restore(&latest, 1).await.is_err_and(|error| error.is_conflict()));
    assert!(stored::all(&other).await.is_empty());
    Ok(())
}

/// Deleted and created anew between the two reads of a batch: the row that was read is of the old life.
#[tokio::test]
async fn a_version_of_an_earlier_life_does_not_come_back() -> Result<()> {
    let table = engine::table::<Document>().await;
    let old = at_version(&table, 2).await?;
    let ghost = stored::one(&table, "Document#one", "v1").await.expect("it is there");
    table.delete(&old).await?;
    let new = at_version(&table, 2).await?;
    let row = stored::one(&table, "Document#one", "v1").await.expect("it is there");
    stored::put(&table, ghost).await;
    let faults = Faults::new();
    let back = table.clone();
    faults.inject(Fault::meanwhile(async move { stored::put(&back, row).await }).on("GetItem"));
    let restored = table.with_faults(&faults).restore(&new, 1).await?;
    assert_eq!(faults.requests(), ["BatchGetItem", "GetItem", "TransactWriteItems"]);
    assert_eq!((restored.version(), restored.created_at()), (3, new.created_at()));
    Ok(())
}

#[tokio::test]
async fn what_the_struct_does_not_know_comes_back_or_stays() -> Result<()> {
    let map = |name: &str, value: AttributeValue| AttributeValue::M([(name.to_owned(), value)].into());
    let list = |name: &str| AttributeValue::L(vec![s(name)]);

    // Compressed: inside `data` is content; beside it is the head's, but for Python's fields in S3.
    let table = engine::table::<Document>().await;
    let latest = at_version(&table, 1).await?;
    for (sk, extra) in [("v0", "now"), ("v1", "then")] {
        let row = stored::one(&table, "Document#one", sk).await.expect("it is there");
        let mut data = stored::data(&row);
        data["extra"] = json!(extra);
        stored::put(&table, stored::with_data(row, &data)).await;
    }
    stored::change(&table, ("Document#one", "v1"), "SET _blob_fields = :v", list("scan")).await;
    let latest = table.update(table.read(&latest).await?, |document| document.count = 2).await?;
    for (name, value) in [("metadata", map("a", n(1))), ("gsi2pk", s("theirs")), ("beside", s("head")), ("_blob_fields", list("other"))] {
        stored::change(&table, ("Document#one", "v0"), &format!("SET {name} = :v"), value).await;
    }
    stored::change(&table, ("Document#one", "v0"), "SET _blob_versions = :v", map("other", n(2))).await;
    table.restore(&latest, 1).await?;
    let head = stored::one(&table, "Document#one", "v0").await.expect("the head");
    let row = stored::one(&table, "Document#one", "v3").await.expect("the row");
    assert_eq!((&stored::data(&head)["extra"], &stored::data(&row)["extra"]), (&json!("then"), &json!("then")));
    assert_eq!((&head["metadata"], &head["gsi2pk"], &head["beside"]), (&map("a", n(1)), &s("theirs"), &s("head")));
    assert!(["metadata", "gsi2pk", "beside"].iter().all(|name| !row.contains_key(*name)));
    for stored in [&head, &row] {
        assert_eq!(stored["_blob_fields"], list("scan"));
        assert_eq!(stored["_blob_versions"], map("scan", n(1)), "the bytes are those of version 1");
    }

    // As attributes: what is on both is content.
    let table = engine::table::<Page>().await;
    let latest = at_version(&table, 2).await?;
    for (sk, name, value) in
        [("v1", "extra", "then"), ("v1", "old", "old"), ("v0", "extra", "now"), ("v0", "new", "new"), ("v0", "gsi1pk", "theirs")]
    {
        stored::change(&table, ("Page#one", sk), &format!("SET {name} = :v"), s(value)).await;
    }
    stored::change(&table, ("Page#one", "v0"), "SET metadata = :v", map("a", n(1))).await;
    table.restore(&latest, 1).await?;
    let head = stored::one(&table, "Page#one", "v0").await.expect("the head");
    assert_eq!((&head["extra"], &head["old"], head.get("new")), (&s("then"), &s("old"), None));
    assert_eq!((&head["metadata"], &head["gsi1pk"]), (&map("a", n(1)), &s("theirs")));
    Ok(())
}

#[tokio::test]
async fn an_old_version_is_no_state_to_write_from() -> Result<()> {
    let faults = Faults::new();
    let table = engine::table::<Document>().await.with_faults(&faults);
    let latest = at_version(&table, 3).await?;
    // Beside the data of a head, which no row of the history has.
    stored::change(&table, ("Document#one", "v0"), "SET beside = :v", s("kept")).await;
    let versions = table.versions(&latest).await?.into_vec();
    let rows = stored::all(&table).await;
    faults.clear();
    for old in [versions[1].clone(), versions[2].clone(), table.read_version(&latest, 3).await?] {
        faults.clear();
        let refused = table.update(old.clone(), |document| document.count = 7).await;
        assert!(matches!(refused, Err(Error::PastVersion { entity: "Document" })), "{refused:?}");
        assert!(faults.requests().is_empty());
        assert!(table.delete(&old).if_unchanged(&old).await.is_err_and(|error| error.is_conflict()));
        assert!(table.update_at(&old, old.revision(), |document| document.count = 7).await.is_err_and(|error| error.is_conflict()));
        // It names the resource.
        assert_eq!(table.read(&old).await?, latest);
    }
    assert_eq!(stored::all(&table).await, rows);
    let latest = table.update(versions[0].clone(), |document| document.count = 4).await?;
    assert_eq!(latest.version(), 4);
    assert_eq!(stored::one(&table, "Document#one", "v0").await.expect("the head")["beside"], s("kept"));
    Ok(())
}

#[tokio::test]
async fn deleting_a_version() -> Result<()> {
    let faults = Faults::new();
    let table = engine::table::<Document>().await.with_faults(&faults);
    let latest = at_version(&table, 3).await?;
    faults.clear();
    let WriteRequest::TransactWriteItems(input) = table.delete_version(&latest, 2).into_input()? else { panic!("a transaction") };
    assert_eq!(input.transact_items().len(), 2);
    assert!(input.transact_items()[0].condition_check().is_some() && input.transact_items()[1].delete().is_some());
    table.delete_version(&latest, 2).await?;
    assert_eq!(faults.requests(), ["TransactWriteItems"]);
    assert_eq!(numbers(&table.versions(&latest).all().await?), [3, 1]);
    let rows = stored::all(&table).await;
    for gone in [0, 2, 4] {
        assert!(table.delete_version(&latest, gone).await.is_err_and(|error| error.is_not_found()), "{gone}");
    }
    let refused = table.delete_version(&latest, 3).await;
    assert!(matches!(refused, Err(Error::LatestVersion { entity: "Document" })), "{refused:?}");
    // Out of service: a deletion is under way.
    stored::change(&table, ("Document#one", "v0"), "SET version = :v", n(-1)).await;
    assert!(table.delete_version(&latest, 1).await.is_err_and(|error| error.is_not_found()));
    stored::change(&table, ("Document#one", "v0"), "SET version = :v", n(3)).await;
    assert_eq!(stored::all(&table).await, rows);
    // It becomes the latest version meanwhile, of a resource that is created anew.
    let writer = table.clone();
    let anew = async move {
        writer.delete(Id::<Document>::from("one")).await.expect("deleted");
        Document::create(&writer).await.expect("created");
    };
    let other = Faults::new();
    other.inject(Fault::meanwhile(anew));
    assert!(matches!(table.with_faults(&other).delete_version(&latest, 1).await, Err(Error::LatestVersion { .. })));
    assert_eq!(stored::all(&table).await.len(), 2);
    Ok(())
}

/// Rows of a history beside a head at this number: not the content, only the rows.
async fn bare_rows(table: &Table<Document>, numbers: impl Iterator<Item = u64>) {
    use aws_sdk_dynamodb::types::{PutRequest, WriteRequest};
    let put = |number: u64| {
        let row = Row::from([("pk".into(), s("Document#one")), ("sk".into(), s(format!("v{number}"))), ("version".into(), n(number))]);
        WriteRequest::builder().put_request(PutRequest::builder().set_item(Some(row)).build().expect("an item")).build()
    };
    let requests: Vec<WriteRequest> = numbers.map(put).collect();
    for batch in requests.chunks(25) {
        table.client().batch_write_item().request_items(table.name(), batch.to_vec()).send().await.expect("written");
    }
}

async fn sort_keys(table: &Table<Document>) -> HashSet<String> {
    stored::all(table).await.iter().map(|row| stored::text(row, "sk").to_owned()).collect()
}

#[tokio::test]
async fn pruning_a_long_history() -> Result<()> {
    let faults = Faults::new();
    let table = engine::table::<Document>().await.with_faults(&faults);
    let latest = at_version(&table, 1).await?;
    bare_rows(&table, 2..=1200).await;
    stored::change(&table, ("Document#one", "v0"), "SET version = :v", n(1200)).await;
    // Interrupted, it has done a part, and goes on when it is called again.
    faults.inject(Fault::before(Failure::Cancelled(&[])).on("TransactWriteItems").nth(4));
    assert!(table.prune_versions_to(&latest, 10).await.is_err());
    assert_eq!(sort_keys(&table).await.len(), 1 + 1200 - 3 * 99);
    faults.clear();
    assert_eq!(table.prune_versions_to(&latest, 10).await?, 1190 - 3 * 99);
    let expected: HashSet<String> = (1191..=1200).map(|number| format!("v{number}")).chain(["v0".into()]).collect();
    assert_eq!(sort_keys(&table).await, expected);
    assert_eq!(faults.requests().iter().filter(|request| *request == "TransactWriteItems").count(), (1190 - 3 * 99_usize).div_ceil(99));
    faults.clear();
    assert_eq!(table.prune_versions_to(&latest, 2000).await?, 0);
    assert_eq!(faults.requests(), ["GetItem"], "nothing is below the bound");
    // However little is to be kept, the latest version is.
    assert_eq!(table.prune_versions_to(&latest, 0).await?, 9);
    assert_eq!(sort_keys(&table).await, HashSet::from(["v0".into(), "v1200".into()]));
    Ok(())
}

/// Between the reading and the deleting: an update, or a deletion and a new resource with the same id.
#[tokio::test]
async fn pruning_beside_other_writers() -> Result<()> {
    let faults = Faults::new();
    let other = engine::table::<Document>().await;
    let latest = at_version(&other, 6).await?;
    let table = other.with_faults(&faults);
    let (writer, held) = (other.clone(), latest.clone());
    faults.inject(
        Fault::meanwhile(async move { drop(writer.update(held, |d| d.count = 7).await.expect("written")) }).on("TransactWriteItems"),
    );
    assert_eq!(table.prune_versions_to(&latest, 3).await?, 3);
    assert_eq!(numbers(&other.versions(&latest).all().await?), [7, 6, 5, 4]);

    let writer = other.clone();
    let anew = async move {
        writer.delete(Id::<Document>::from("one")).await.expect("deleted");
        at_version(&writer, 5).await.expect("created");
    };
    faults.inject(Fault::meanwhile(anew).on("TransactWriteItems"));
    assert!(table.prune_versions_to(&latest, 3).await.is_err_and(|error| error.is_conflict()));
    assert_eq!(numbers(&other.versions(&latest).all().await?), [5, 4, 3, 2, 1], "the new resource has lost nothing");

    let writer = other.clone();
    faults.inject(
        Fault::meanwhile(async move { writer.delete(Id::<Document>::from("one")).await.expect("deleted") }).on("TransactWriteItems"),
    );
    assert!(table.prune_versions_to(&latest, 3).await.is_err_and(|error| error.is_not_found()));
    assert!(stored::all(&other).await.is_empty());
    Ok(())
}

/// Rows in the same partition that are no versions.
#[tokio::test]
async fn rows_that_are_no_versions_are_left_alone() -> Result<()> {
    let table = engine::table::<Document>().await;
    let latest = at_version(&table, 4).await?;
    for sk in ["v01", "vx", "view", "w1"] {
        stored::put(&table, Row::from([("pk".into(), s("Document#one")), ("sk".into(), s(sk))])).await;
    }
    assert_eq!(numbers(&table.versions(&latest).all().await?), [4, 3, 2, 1]);
    assert_eq!(table.prune_versions_to(&latest, 1).await?, 3);
    assert_eq!(sort_keys(&table).await, ["v0", "v4", "v01", "vx", "view", "w1"].map(str::to_owned).into());
    Ok(())
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Place {
    city: String,
    floor: u8,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[serde(rename_all = "camelCase")]
#[table(versioned, compress = false)]
struct Event {
    when_it_is: DateTime<Utc>,
    guests: u32,
    place: Place,
    note: Option<String>,
    #[table(set)]
    tags: HashSet<String>,
    extra: BTreeMap<String, f64>,
    title: String,
}

#[tokio::test]
async fn a_diff_names_what_changed_in_the_order_of_declaration() -> Result<()> {
    let faults = Faults::new();
    let table = engine::table::<Event>().await.with_faults(&faults);
    let tags = |tags: &[&str]| tags.iter().map(|tag| (*tag).to_owned()).collect::<HashSet<_>>();
    let event = Event {
        when_it_is: noon(),
        guests: 10,
        place: Place { city: "Bern".into(), floor: 1 },
        note: None,
        tags: tags(&["a", "b", "c", "d", "e"]),
        extra: BTreeMap::new(),
        title: "party".into(),
    };
    let event = table.create(event).id("one").await?;
    let event = table
        .update(event, |event| {
            event.title = "feast".into();
            event.place.floor = 2;
            event.note = Some("soon".into());
            event.tags = tags(&["e", "d", "c", "b", "a"]);
            event.when_it_is += TimeDelta::hours(1);
        })
        .await?;
    faults.clear();
    let input = table.diff(&event, 1, 2).into_input()?;
    assert_eq!(input.request_items().expect("keys")[table.name()].keys().len(), 2);
    let changes = table.diff(&event, 1, 2).await?;
    assert_eq!(faults.requests(), ["BatchGetItem"]);
    let expected = json!([
        { "field": "whenItIs", "old": noon(), "new": noon() + TimeDelta::hours(1) },
        { "field": "place", "old": { "city": "Bern", "floor": 1 }, "new": { "city": "Bern", "floor": 2 } },
        { "field": "note", "old": null, "new": "soon" },
        { "field": "title", "old": "party", "new": "feast" },
    ]);
    assert_eq!(serde_json::to_value(&changes).expect("JSON"), expected);
    assert_eq!(changes[2].old, None);
    let back = table.diff(&event, 2, 1).await?;
    assert!(back.iter().zip(&changes).all(|(back, there)| (&back.old, &back.new) == (&there.new, &there.old)));
    assert!(table.diff(&event, 2, 2).await?.is_empty());
    for (a, b) in [(0, 1), (1, 0), (1, 3), (3, 1)] {
        assert!(table.diff(&event, a, b).await.is_err_and(|error| error.is_not_found()));
    }
    let event = table.update(event, |event| event.tags = tags(&["a", "z"])).await?;
    let [change] = &table.diff(&event, 2, 3).await?[..] else { panic!("one field") };
    assert_eq!((change.field, &change.new), ("tags", &Some(json!(["a", "z"]))));
    Ok(())
}

/// Rows of 300 KB that do not compress: with the real chain of a head, and the history written beside it.
async fn large(versions: u32) -> Result<()> {
    let faults = Faults::new();
    let table = engine::table::<Document>().await.with_faults(&faults);
    // Base64 of noise: gzip brings it back to the noise.
    let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
    let mut noise = || {
        let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let mut letter = || {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            char::from(letters[(seed % 64) as usize])
        };
        (0..400_000).map(|_| letter()).collect::<String>()
    };
    let title = noise();
    let mut document = table.create(Document::new(&title)).id("one").await?;
    // Updates at both ends, and between them rows as an update writes them.
    document = table.update(document, |document| document.count = 2).await?;
    let row = stored::one(&table, "Document#one", "v2").await.expect("the row");
    assert!(row["data"].as_b().expect("bytes").as_ref().len() > 290_000);
    for number in 3..versions {
        let mut row = row.clone();
        row.insert("sk".into(), s(format!("v{number}")));
        row.insert("version".into(), n(number));
        stored::put(&table, row).await;
    }
    stored::change(&table, ("Document#one", "v0"), "SET version = :v", n(versions - 1)).await;
    document = table.modify(&document, |document| document.count = versions).await?;
    assert_eq!(document.version(), u64::from(versions));

    faults.clear();
    let mut next = u64::from(versions);
    let mut stream = table.versions(&document).stream();
    while let Some(version) = stream.next().await {
        let version = version?;
        assert_eq!((version.version(), version.title.len()), (next, title.len()));
        assert!(version.title == title);
        next -= 1;
    }
    assert_eq!(next, 0);
    // 16 MB at a time: no request leaves rows over.
    let per_request = 16 * 1024 * 1024 / 300_000;
    let requests = faults.requests().len();
    assert!(requests <= 2 + (versions as usize).div_ceil(per_request - 2), "{requests}");
    Ok(())
}

#[tokio::test]
async fn a_large_history_is_read_back_whole() -> Result<()> {
    large(100).await
}

#[tokio::test]
#[ignore = "360 MB take minutes in a debug build; `.ci/run` runs it"]
async fn a_very_large_history_is_read_back_whole() -> Result<()> {
    large(if engine::is_remote() { 100 } else { 1200 }).await
}
