//! `put`: the blind overwrite; and `.return_old()`, of it and of `delete`.

use serde::{Deserialize, Serialize};
use simpletable::fault::{Failure, Fault, Faults};
use simpletable::{Error, Id, Result, SingleTable, Table, WriteRequest};

use crate::engine;
use crate::faults::impatient;
use crate::kinds::{App, Draft, Invoice, Letter, Photo, Task, User};
use crate::stored::{self, s};

const LOST: [Failure; 3] = [Failure::Connection, Failure::TimeOut, Failure::ServerError];

async fn tables() -> (Table<App>, Table<App>, Faults) {
    let table = engine::table::<App>().await;
    let other = Table::new::<App>(impatient(table.client()), table.name());
    let faults = Faults::new();
    (other.with_faults(&faults), other, faults)
}

#[tokio::test]
async fn it_overwrites_whatever_is_there() -> Result<()> {
    let (table, other, faults) = tables().await;
    let first = table.put(Task::new("ann")).id("one").await?;
    stored::change(&other, ("Task#one", "Task#one"), "SET foreign = :v", s("x")).await;
    let second = table.put(Task { project: None, ..Task::new("bob") }).id("one").await?;
    assert_eq!(faults.requests(), ["PutItem", "PutItem"]);
    assert_eq!(other.read(&first).consistent().await?, second);
    assert!(second.created_at() > first.created_at() && second.created_at() == second.updated_at());
    let row = stored::one(&other, "Task#one", "Task#one").await.expect("it is there");
    assert!(!row.contains_key("foreign") && !row.contains_key("gsi1pk"), "nothing is left of the first");

    // Every plain kind, and what it gives can be updated.
    other.update(table.put(Letter { title: "dear".into(), count: 0 }).await?, |letter| letter.count = 1).await?;
    other.update(table.put(Draft { title: "draft".into(), count: 0 }).await?, |draft| draft.count = 1).await?;
    other.update(table.put(Photo { title: "sea".into(), count: 0 }).await?, |photo| photo.count = 1).await?;
    other.update(table.put(Invoice::new(7)).await?, |invoice| invoice.count = 1).await?;
    other.update(table.put(User::new("ann")).await?, |user| user.count = 1).await?;
    Ok(())
}

#[tokio::test]
async fn its_condition_is_asked_of_what_is_there() -> Result<()> {
    let table = engine::table::<App>().await;
    let put = |count| table.put(User { count, ..User::new("ann") }).when(move |user| user.count.not_exists().or(user.count.lt(count)));
    let first = put(3).await?;
    let error = put(3).await.expect_err("it is not newer");
    assert!(matches!(error, Error::ConditionFailed { entity: "User", operation: "put", .. }));
    assert_eq!(error.current(), Some(first));
    assert_eq!(put(4).await?.count, 4);
    Ok(())
}

#[tokio::test]
async fn its_request_has_no_condition() -> Result<()> {
    let table = engine::table::<App>().await;
    let WriteRequest::PutItem(put) = table.put(Task::new("ann")).into_input()? else { unreachable!("one row") };
    assert_eq!((put.condition_expression(), put.return_values()), (None, None));
    Ok(())
}

#[tokio::test]
async fn a_lost_answer_is_sent_again() -> Result<()> {
    for failure in LOST {
        let (table, other, faults) = tables().await;
        faults.inject(Fault::after(failure));
        let task = table.put(Task::new("ann")).id("one").await?;
        assert_eq!(faults.requests(), ["PutItem", "PutItem"]);
        assert_eq!(other.read(&task).consistent().await?, task);
        // With a condition that its own first attempt makes false.
        faults.inject(Fault::after(failure));
        let user = table.put(User::new("ann")).when(|user| user.email.not_exists()).await?;
        assert_eq!(other.read(&user).consistent().await?, user);
        // As a transaction it is made once, whatever others do before it is sent again.
        faults.clear();
        let (writer, key) = (other.clone(), task.key());
        let theirs = async move { drop(writer.modify(key, |task| task.count = 9).await.expect("they write")) };
        faults.inject(Fault::after(failure));
        faults.inject(Fault::meanwhile(theirs).nth(2));
        table.transact((table.put(Task { count: 5, ..Task::new("ann") }).id("one"),)).await?;
        assert_eq!(other.read(&task).consistent().await?.count, 9);
        faults.clear();
        faults.inject(Fault::after(failure).always());
        assert!(table.put(Task::new("ann")).id("one").await.expect_err("no answer").is_unknown());
    }
    Ok(())
}

#[tokio::test]
async fn the_old_one_comes_back() -> Result<()> {
    let (table, other, faults) = tables().await;
    let (first, old) = table.put(Task::new("ann")).id("one").return_old().await?;
    assert_eq!(old, None);
    let (second, old) = table.put(Task::new("bob")).id("one").return_old().await?;
    assert_eq!(old, Some(first));
    assert_eq!(other.read(&second).consistent().await?, second);
    assert_eq!(table.delete(&second).return_old().await?, second);
    assert!(other.get(&second).consistent().await?.is_none());
    assert_eq!(faults.requests(), ["PutItem", "PutItem", "DeleteItem"]);
    assert!(table.delete(&second).return_old().await.expect_err("it is gone").is_not_found());
    assert!(table.delete(Id::<Task>::from("")).return_old().await.expect_err("none").is_not_found());

    let kept = other.create(Task::new("ann")).await?;
    let error = table.delete(&kept).when(|task| task.owner.eq("bob")).return_old().await.expect_err("it is ann's");
    assert!(error.is_condition_failed());
    let stale = kept.clone();
    let kept = other.update(kept, |task| task.count = 1).await?;
    assert!(table.delete(&stale).if_unchanged(&stale).return_old().await.expect_err("it is stale").is_conflict());
    assert_eq!(table.delete(&kept).if_unchanged(&kept).return_old().await?, kept);
    Ok(())
}

/// The write was made, and what was there before was in the answer: that is neither a success nor unknown.
#[tokio::test]
async fn what_was_lost_with_the_answer_is_said_to_be() -> Result<()> {
    for failure in LOST {
        let (table, other, faults) = tables().await;
        let first = other.create(Task::new("ann")).id("one").await?;
        faults.inject(Fault::after(failure));
        let error = table.put(Task::new("bob")).id("one").return_old().await.expect_err("the old one is lost");
        assert!(matches!(error, Error::OldLost { entity: "Task", operation: "put" }));
        assert_eq!(other.read(&first).consistent().await?.owner, "bob");
        faults.inject(Fault::after(failure));
        let error = table.delete(&first).return_old().await.expect_err("the old one is lost");
        assert!(matches!(error, Error::OldLost { entity: "Task", operation: "delete" }));
        assert!(other.get(&first).consistent().await?.is_none());

        // A request that never arrived is no loss.
        let first = other.create(Task::new("ann")).id("one").await?;
        faults.inject(Fault::before(failure));
        let (second, old) = table.put(Task::new("bob")).id("one").return_old().await?;
        assert_eq!(old, Some(first));
        faults.inject(Fault::before(failure));
        assert_eq!(table.delete(&second).return_old().await?, second);
    }
    Ok(())
}

/// Blind: what a struct of another release wrote is no hindrance, unless it is asked for.
#[tokio::test]
async fn an_old_one_that_cannot_be_read_is_replaced_all_the_same() -> Result<()> {
    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
    #[table(id = "<name>")]
    struct Thing {
        name: String,
        count: u32,
    }
    let table = engine::table::<Thing>().await;
    let thing = table.create(Thing { name: "a".into(), count: 1 }).await?;
    stored::change(&table, ("Thing#a", "Thing#a"), "SET count = :v", s("many")).await;
    let error = table.put(Thing { name: "a".into(), count: 2 }).return_old().await.expect_err("it is no number");
    assert!(matches!(error, Error::Decode { .. }));
    assert_eq!(table.read(&thing).consistent().await?.count, 2);
    Ok(())
}
