//! `create`: what comes back, what is taken, and which ids there are.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use simpletable::{Error, Id, Result, SingleTable, WriteRequest};

use crate::kinds::{Account, App, Document, Invoice, Page, Sample, Task, User, for_every_kind};
use crate::{engine, stored};

async fn reads_back<T: Sample>() -> Result<()> {
    let table = engine::table::<T>().await;
    let created = T::create(&table).await?;
    assert_eq!(created.created_at(), created.updated_at());
    assert_eq!(stored::all(&table).await.len(), T::rows(1));
    assert_eq!(table.read(&created).consistent().await?, created);
    assert_eq!(table.get(created.key()).consistent().await?, Some(created));
    Ok(())
}

async fn a_key_is_taken_once<T: Sample>() -> Result<()> {
    let table = engine::table::<T>().await;
    let first = T::create(&table).await?;
    let rows = stored::all(&table).await;
    let error = T::create(&table).await.expect_err("the key is taken");
    assert!(error.is_already_exists() && !error.is_conflict() && !error.is_retryable());
    assert_eq!(error.current::<T>(), Some(first));
    assert_eq!(stored::all(&table).await, rows);
    Ok(())
}

async fn a_deleted_key_is_free<T: Sample>() -> Result<()> {
    let table = engine::table::<T>().await;
    let first = T::create(&table).await?;
    table.delete(&first).await?;
    let second = T::create(&table).await?;
    assert!(second.created_at() > first.created_at());
    assert_eq!(table.read(&first).consistent().await?, second);
    assert_eq!(stored::all(&table).await.len(), T::rows(1));
    Ok(())
}

for_every_kind!(reads_back, a_key_is_taken_once, a_deleted_key_is_free);

#[tokio::test]
async fn a_generated_id_is_a_ulid_that_ascends_and_holds_the_time() -> Result<()> {
    let table = engine::table::<Task>().await;
    let mut ids = Vec::new();
    for _ in 0..50 {
        let task = table.create(Task::new("ann")).await?;
        let ulid: ulid::Ulid = task.id().as_str().parse().expect("a ULID");
        assert_eq!(task.id().as_str(), ulid.to_string(), "26 upper-case characters");
        assert_eq!(i64::try_from(ulid.timestamp_ms()).ok(), Some(task.created_at().timestamp_millis()));
        ids.push(task.id().clone());
    }
    assert!(ids.is_sorted());
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), 50);
    Ok(())
}

#[tokio::test]
async fn ids_are_any_text() -> Result<()> {
    let table = engine::table::<App>().await;
    for id in ["7", "tenant#7#x", "é 漢 🦀", "v0", "\u{1}", " "] {
        let task = table.create(Task::new("ann")).id(id).await?;
        let document = table.create(Document::new("plan")).id(id).await?;
        assert_eq!((task.id().as_str(), document.id().as_str()), (id, id));
        assert_eq!(table.read(Id::<Task>::from(id)).await?, task);
        assert_eq!(table.read(Id::<Document>::from(id)).await?, document);
    }
    assert_eq!(stored::all(&table).await.len(), 6 * 3);
    Ok(())
}

#[tokio::test]
async fn a_natural_id_is_the_text_of_its_fields() -> Result<()> {
    let table = engine::table::<App>().await;
    let user = table.create(User::new("ann#1@acme.io")).await?;
    assert_eq!(user.id().as_str(), "ann#1@acme.io");
    assert_eq!(table.read(User::key("ann#1@acme.io")).await?, user);
    assert_eq!(table.read(user.id()).await?, user);
    let account = table.create(Account::new("ann@acme.io")).await?;
    assert_eq!((account.id().as_str(), account.version()), ("ann@acme.io", 1));
    assert_eq!(table.read(Account::key("ann@acme.io")).await?, account);
    Ok(())
}

#[tokio::test]
async fn the_kinds_share_a_table() -> Result<()> {
    let table = engine::table::<App>().await;
    let task = table.create(Task::new("ann")).id("one").await?;
    let page = table.create(Page::new("home")).id("one").await?;
    let invoice = table.create(Invoice::new(7)).await?;
    assert_eq!(table.read(task.id()).await?, task);
    assert_eq!(table.read(page.id()).await?, page);
    assert_eq!(table.read(Invoice::key("acme", 7_u32)).await?, invoice);
    table.delete(page.id()).await?;
    assert_eq!(table.get(page.id()).await?, None);
    assert_eq!(table.get(task.id()).await?, Some(task));
    Ok(())
}

#[tokio::test]
async fn an_id_that_no_key_can_hold_is_refused_before_anything_is_sent() -> Result<()> {
    let table = engine::table::<App>().await;
    let longest = 1024 - "Task#".len();
    for id in [String::new(), "x".repeat(longest + 1)] {
        let refused = table.create(Task::new("ann")).id(id).await.expect_err("no key can hold it");
        assert!(matches!(refused, Error::KeyValue { entity: "Task", template: "<id>", field: None, .. }), "{refused}");
    }
    table.create(Task::new("ann")).id("x".repeat(longest)).await?;
    // `pk` and `sk` differ on a versioned resource, but an index without a sort key ranges on `pk`.
    let indexed = table.create(Document::new("plan")).id("x".repeat(1024)).await.expect_err("the index cannot hold it");
    assert!(matches!(indexed, Error::KeyValue { entity: "Document", template: "pk", .. }), "{indexed}");
    assert_eq!(stored::all(&table).await.len(), 1);
    Ok(())
}

#[tokio::test]
async fn the_request_unsent() -> Result<()> {
    let table = engine::table::<App>().await;
    let WriteRequest::PutItem(plain) = table.create(Task::new("ann")).id("one").into_input()? else { panic!("one row is a PutItem") };
    assert_eq!(plain.table_name(), Some(table.name()));
    assert_eq!(plain.condition_expression(), Some("attribute_not_exists(#n0)"));
    assert_eq!(plain.expression_attribute_names().expect("names")["#n0"], "pk");
    assert_eq!(plain.item().expect("an item")["pk"], stored::s("Task#one"));

    let WriteRequest::TransactWriteItems(versioned) = table.create(Document::new("plan")).id("one").into_input()? else {
        panic!("several rows are a transaction")
    };
    let puts: Vec<_> = versioned.transact_items().iter().filter_map(|item| item.put()).collect();
    assert_eq!(puts.iter().map(|put| stored::text(put.item(), "sk")).collect::<Vec<_>>(), ["v1", "v0"]);
    assert_eq!(puts.iter().map(|put| put.condition_expression()).collect::<Vec<_>>(), [None, Some("attribute_not_exists(#n0)")]);
    assert!(puts.iter().all(|put| put.table_name() == table.name()));
    assert!(stored::all(&table).await.is_empty());
    Ok(())
}

/// An index key that holds the id has it from the beginning, where fields make the id too.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(id = "<email>")]
#[gsi(name = "domain", index = "gsi1", pk = "domain#<domain>", sk = "<id>", sk_attr = "gsi1sk")]
struct Member {
    email: String,
    domain: String,
}

#[tokio::test]
async fn a_natural_id_is_in_its_index_from_the_beginning() -> Result<()> {
    let table = engine::table::<Member>().await;
    let member = table.create(Member { email: "ann@acme.io".into(), domain: "acme.io".into() }).await?;
    assert_eq!(table.query(Member::by_domain("acme.io")).all().await?, [member]);
    Ok(())
}
