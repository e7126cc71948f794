//! `rekey`: an update that moves a resource to the key that its fields now make.

use simpletable::{Error, Result, WriteRequest};

use crate::engine;
use crate::kinds::{App, Invoice, Task, User};
use crate::stored::{self, s};

#[tokio::test]
async fn moves_a_composed_key() -> Result<()> {
    let table = engine::table::<App>().await;
    let old = table.create(Invoice::new(7)).await?;
    let moved = table.rekey(old.clone(), |invoice| (invoice.number, invoice.count) = (8, 1)).await?;
    assert_eq!((moved.number, moved.count), (8, 1));
    assert_eq!(moved.created_at(), old.created_at());
    assert!(moved.updated_at() > old.updated_at());
    assert_eq!(table.get(Invoice::key("acme", 7_u32)).consistent().await?, None);
    assert_eq!(table.read(Invoice::key("acme", 8_u32)).consistent().await?, moved);
    assert_eq!(stored::all(&table).await.len(), 1);
    // The new state can be changed, the old one cannot.
    table.update(moved, |invoice| invoice.count = 2).await?;
    assert!(table.update(old, |invoice| invoice.count = 2).await.expect_err("it moved").is_conflict());
    Ok(())
}

#[tokio::test]
async fn moves_a_natural_id() -> Result<()> {
    let table = engine::table::<App>().await;
    let old = table.create(User::new("ann@acme.io")).await?;
    let moved = table.rekey(old.clone(), |user| user.email = "bob@acme.io".into()).await?;
    assert_eq!(moved.id().as_str(), "bob@acme.io");
    let rows = stored::all(&table).await;
    assert_eq!(rows.len(), 1);
    assert_eq!((&rows[0]["pk"], &rows[0]["resource_id"]), (&s("User#bob@acme.io"), &s("bob@acme.io")));
    Ok(())
}

#[tokio::test]
async fn where_the_key_stays_it_is_an_update() -> Result<()> {
    let table = engine::table::<App>().await;
    let invoice = table.create(Invoice::new(7)).await?;
    let moved = table.rekey(invoice.clone(), |invoice| invoice.count = 1).await?;
    assert_eq!(table.read(Invoice::key("acme", 7_u32)).consistent().await?, moved);
    let refused = table.rekey(invoice, |invoice| invoice.count = 2).await.expect_err("the copy is stale");
    assert!(matches!(refused, Error::Conflict { operation: "rekey", .. }));
    let task = table.create(Task::new("ann")).await?;
    assert_eq!(table.rekey(task, |task| task.count = 1).await?.count, 1);
    Ok(())
}

#[tokio::test]
async fn a_taken_key_is_not_overwritten() -> Result<()> {
    let table = engine::table::<App>().await;
    let seven = table.create(Invoice::new(7)).await?;
    let eight = table.create(Invoice::new(8)).await?;
    let rows = stored::all(&table).await;
    let error = table.rekey(seven, |invoice| invoice.number = 8).await.expect_err("the key is taken");
    assert!(error.is_already_exists());
    assert_eq!(error.current::<Invoice>(), Some(eight));
    assert_eq!(stored::all(&table).await, rows);
    Ok(())
}

#[tokio::test]
async fn a_stale_copy_is_refused_and_nothing_is_left_at_the_new_key() -> Result<()> {
    let table = engine::table::<App>().await;
    let stale = table.create(Invoice::new(7)).await?;
    let won = table.update(stale.clone(), |invoice| invoice.count = 1).await?;
    let error = table.rekey(stale.clone(), |invoice| invoice.number = 8).await.expect_err("the copy is stale");
    assert!(error.is_conflict());
    assert_eq!(error.current::<Invoice>(), Some(won.clone()));
    table.delete(&won).await?;
    assert!(table.rekey(stale, |invoice| invoice.number = 8).await.expect_err("it is gone").is_conflict());
    assert!(stored::all(&table).await.is_empty());
    Ok(())
}

#[tokio::test]
async fn the_request_unsent() -> Result<()> {
    let table = engine::table::<App>().await;
    let invoice = table.create(Invoice::new(7)).await?;
    let WriteRequest::TransactWriteItems(input) = table.rekey(invoice.clone(), |invoice| invoice.number = 8).into_input()? else {
        panic!("two rows are a transaction")
    };
    let [old, new] = input.transact_items() else { panic!("two actions") };
    let (old, new) = (old.delete().expect("a delete"), new.put().expect("a put"));
    assert_eq!((&old.key()["sk"], old.condition_expression()), (&s("INVOICE#00000007"), Some("#n0 = :v0")));
    assert_eq!((&new.item()["sk"], new.condition_expression()), (&s("INVOICE#00000008"), Some("attribute_not_exists(#n0)")));
    assert!(matches!(table.rekey(invoice, |_| ()).into_input()?, WriteRequest::PutItem(_)));
    Ok(())
}
