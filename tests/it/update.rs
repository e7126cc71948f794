//! `update`: one request, conditional on the state that was read.

use simpletable::{Error, Result, WriteRequest};

use crate::engine;
use crate::kinds::{Account, App, Document, Invoice, Sample, Task, User, for_every_kind};
use crate::stored::{self, s};

async fn reads_back<T: Sample>() -> Result<()> {
    let table = engine::table::<T>().await;
    let created = T::create(&table).await?;
    let (created_at, before) = (created.created_at(), created.updated_at());
    let updated = table.update(created, |value| *value.count_mut() = 1).await?;
    assert_eq!(updated.count(), 1);
    assert_eq!(updated.created_at(), created_at);
    assert!(updated.updated_at() > before);
    assert_eq!(table.read(&updated).consistent().await?, updated);
    assert_eq!(stored::all(&table).await.len(), T::rows(2));
    // What an update returns is as good as what a read returns.
    let again = table.update(updated, |value| *value.count_mut() = 2).await?;
    let read = table.read(&again).consistent().await?;
    assert_eq!(read, again);
    assert_eq!(table.update(read, |value| *value.count_mut() = 3).await?.count(), 3);
    Ok(())
}

async fn a_stale_copy_is_refused<T: Sample>() -> Result<()> {
    let table = engine::table::<T>().await;
    let stale = T::create(&table).await?;
    let won = table.update(stale.clone(), |value| *value.count_mut() = 1).await?;
    let rows = stored::all(&table).await;
    let error = table.update(stale, |value| *value.count_mut() = 2).await.expect_err("the copy is stale");
    assert!(error.is_conflict() && !error.is_retryable() && !error.is_not_found());
    assert!(matches!(error, Error::Conflict { operation: "update", .. }));
    assert_eq!(error.current::<T>(), Some(won));
    assert_eq!(stored::all(&table).await, rows);
    Ok(())
}

async fn a_deleted_resource_is_a_conflict<T: Sample>() -> Result<()> {
    let table = engine::table::<T>().await;
    let held = T::create(&table).await?;
    table.delete(&held).await?;
    let error = table.update(held, |value| *value.count_mut() = 1).await.expect_err("it is gone");
    assert!(error.is_conflict());
    assert_eq!(error.current::<T>(), None);
    assert!(stored::all(&table).await.is_empty());
    Ok(())
}

async fn an_edit_that_changes_nothing_is_a_write<T: Sample>() -> Result<()> {
    let table = engine::table::<T>().await;
    let created = T::create(&table).await?;
    let updated = table.update(created.clone(), |_| ()).await?;
    assert!(updated.updated_at() > created.updated_at());
    assert_eq!(*updated, *created);
    assert!(table.update(created, |_| ()).await.expect_err("it was written").is_conflict());
    Ok(())
}

for_every_kind!(reads_back, a_stale_copy_is_refused, a_deleted_resource_is_a_conflict, an_edit_that_changes_nothing_is_a_write);

#[tokio::test]
async fn versions_count() -> Result<()> {
    let table = engine::table::<App>().await;
    let mut document = table.create(Document::new("plan")).await?;
    assert_eq!(document.version(), 1);
    for version in 2..=5 {
        document = table.update(document, |document| document.count += 1).await?;
        assert_eq!(document.version(), version);
        assert_eq!(table.read(&document).await?.version(), version);
    }
    Ok(())
}

#[tokio::test]
async fn a_resource_does_not_move() -> Result<()> {
    let table = engine::table::<App>().await;
    let invoice = table.create(Invoice::new(7)).await?;
    let user = table.create(User::new("ann@acme.io")).await?;
    let account = table.create(Account::new("ann@acme.io")).await?;
    let rows = stored::all(&table).await;
    let moved = table.update(invoice.clone(), |invoice| invoice.number = 8).await;
    assert!(matches!(moved, Err(Error::KeyChanged { entity: "Invoice" })));
    let moved = table.update(user, |user| user.email = "bob@acme.io".into()).await;
    assert!(matches!(moved, Err(Error::KeyChanged { entity: "User" })));
    let moved = table.update(account, |account| account.email = "bob@acme.io".into()).into_input();
    assert!(matches!(moved, Err(Error::KeyChanged { entity: "Account" })));
    let moved = table.modify(&invoice, |invoice| invoice.org = "apex".into()).await;
    assert!(matches!(moved, Err(Error::KeyChanged { .. })));
    assert_eq!(stored::all(&table).await, rows);
    Ok(())
}

#[tokio::test]
async fn the_request_unsent() -> Result<()> {
    let table = engine::table::<App>().await;
    let task = table.create(Task::new("ann")).id("one").await?;
    let stamp = stored::all(&table).await[0]["updated_at"].clone();
    let WriteRequest::PutItem(input) = table.update(task, |task| task.count = 1).into_input()? else { panic!("one row is a PutItem") };
    // The stamp, and the set, which Python changes without it.
    assert_eq!(input.condition_expression(), Some("(#n0 = :v0 AND #n1 = :v1)"));
    let (names, values) = (input.expression_attribute_names().expect("names"), input.expression_attribute_values().expect("values"));
    assert_eq!((names["#n0"].as_str(), &values[":v0"], names["#n1"].as_str()), ("updated_at", &stamp, "tags"));
    assert_eq!(input.item().expect("an item")["pk"], s("Task#one"));

    let account = table.create(Account::new("ann@acme.io")).await?;
    let account = table.update(account, |account| account.count = 1).await?;
    let WriteRequest::TransactWriteItems(input) = table.update(account, |account| account.count = 2).into_input()? else {
        panic!("several rows are a transaction")
    };
    let [history, head, pruned] = input.transact_items() else { panic!("three actions") };
    let (history, head) = (history.put().expect("a put"), head.put().expect("a put"));
    assert_eq!((stored::text(history.item(), "sk"), history.condition_expression()), ("v3", None));
    assert_eq!((stored::text(head.item(), "sk"), head.condition_expression()), ("v0", Some("(#n0 = :v0 AND #n1 = :v1)")));
    let names = head.expression_attribute_names().expect("names");
    assert_eq!((names["#n0"].as_str(), names["#n1"].as_str()), ("_rev", "version"));
    assert_eq!(pruned.delete().expect("a delete").key()["sk"], s("v1"));
    Ok(())
}
