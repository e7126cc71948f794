//! What callers are told when answers are lost, rows are busy and tables are throttled.
//!
//! `Fault::before`: the request never arrives. `Fault::after`: it is done, and the answer is lost. The SDK sends both again.

use std::error::Error as _;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Config, Credentials, Region};
use simpletable::fault::{Failure, Fault, Faults};
use simpletable::{Error, Id, Resource, Result, Table};

use crate::engine;
use crate::kinds::{App, Document, Invoice, Sample, Task, for_every_kind};
use crate::stored;

/// The failures after which nobody knows whether the write was made.
pub(crate) const LOST: [Failure; 3] = [Failure::Connection, Failure::TimeOut, Failure::ServerError];

/// A new table; with faults, for the operation under test, and without, for everybody else.
struct Tables<T> {
    faults: Faults,
    faulty: Table<T>,
    other: Table<T>,
}

async fn tables<T: Sample>() -> Tables<T> {
    let table = engine::table::<T>().await;
    let other = Table::new(impatient(table.client()), table.name());
    let faults = Faults::new();
    Tables { faulty: other.with_faults(&faults), faults, other }
}

/// The same client, with short pauses before its retries: the SDK's own are as long as a second.
pub(crate) fn impatient(client: &Client) -> Client {
    Client::from_conf(client.config().to_builder().retry_config(retries()).build())
}

fn retries() -> RetryConfig {
    RetryConfig::standard().with_initial_backoff(Duration::from_millis(1))
}

/// A resource that has been updated once.
async fn updated<T: Sample>(table: &Table<T>) -> Result<Resource<T>> {
    let resource = T::create(table).await?;
    table.update(resource, |value| *value.count_mut() = 1).await
}

async fn a_create_whose_answer_is_lost_is_made_once<T: Sample>() -> Result<()> {
    for failure in LOST {
        for fault in [Fault::before(failure), Fault::after(failure)] {
            let Tables { faults, faulty, other } = tables::<T>().await;
            faults.inject(fault);
            let created = T::create(&faulty).await?;
            assert_eq!(faults.requests(), [T::WRITE, T::WRITE]);
            assert_eq!(stored::all(&other).await.len(), T::rows(1));
            assert_eq!(other.read(&created).consistent().await?, created);
        }
    }
    Ok(())
}

async fn an_update_whose_answer_is_lost_is_made_once<T: Sample>() -> Result<()> {
    for failure in LOST {
        for fault in [Fault::before(failure), Fault::after(failure)] {
            let Tables { faults, faulty, other } = tables::<T>().await;
            let before = updated(&other).await?;
            faults.inject(fault);
            let after = faulty.update(before, |value| *value.count_mut() += 1).await?;
            assert_eq!(faults.requests(), [T::WRITE, T::WRITE]);
            assert_eq!(after.count(), 2);
            assert_eq!(other.read(&after).consistent().await?, after);
            assert_eq!(stored::all(&other).await.len(), T::rows(3));
            // The copy is as good as one that was read.
            other.update(after, |value| *value.count_mut() += 1).await?;
        }
    }
    Ok(())
}

async fn a_modification_whose_answers_are_lost_is_made_once<T: Sample>() -> Result<()> {
    for failure in LOST {
        let Tables { faults, faulty, other } = tables::<T>().await;
        let before = updated(&other).await?;
        faults.inject(Fault::after(failure).on("GetItem"));
        faults.inject(Fault::after(failure).on(T::WRITE));
        let mut edits = 0;
        let edit = |value: &mut T| {
            edits += 1;
            *value.count_mut() += 1;
        };
        let after = faulty.modify(&before, edit).await?;
        assert_eq!((after.count(), edits), (2, 1));
        assert_eq!(faults.requests(), ["GetItem", "GetItem", T::WRITE, T::WRITE]);
        assert_eq!(other.read(&before).consistent().await?, after);
    }
    Ok(())
}

async fn a_delete_whose_answer_is_lost_is_a_success<T: Sample>() -> Result<()> {
    for failure in LOST {
        for fault in [Fault::before(failure), Fault::after(failure)] {
            let Tables { faults, faulty, other } = tables::<T>().await;
            let resource = updated(&other).await?;
            faults.inject(fault.on(T::DELETE));
            faulty.delete(&resource).await?;
            assert!(stored::all(&other).await.is_empty());

            // The same, on condition.
            let resource = updated(&other).await?;
            faults.inject(Fault::after(failure).on(T::DELETE));
            faulty.delete(&resource).if_unchanged(&resource).await?;
            assert!(stored::all(&other).await.is_empty());
        }
    }
    Ok(())
}

/// The first answer is lost after the commit, and before the SDK's second attempt somebody else changes the row.
async fn somebody_else_wrote_before_the_second_attempt<T: Sample>() -> Result<()> {
    let Tables { faults, faulty, other } = tables::<T>().await;
    let before = updated(&other).await?;
    let (writer, key) = (other.clone(), before.key());
    let write = async move { drop(writer.modify(key, |value| *value.count_mut() += 10).await.expect("the other writer writes")) };
    faults.inject(Fault::after(Failure::TimeOut));
    faults.inject(Fault::meanwhile(write).nth(2));
    let result = faulty.update(before.clone(), |value| *value.count_mut() += 1).await;
    assert_eq!(faults.requests(), [T::WRITE, T::WRITE]);
    if T::VERSIONED {
        // A transaction has a token by which DynamoDB knows it again, so this is known.
        assert_eq!(result?.count(), 2);
    } else {
        let error = result.expect_err("nobody can know");
        assert!(matches!(error, Error::Unknown { operation: "update", source: None, .. }));
    }
    assert_eq!(other.read(&before).consistent().await?.count(), 12, "both were made");
    Ok(())
}

/// The first attempt is lost before it arrives, and before the second somebody else changes the row.
async fn somebody_else_wrote_instead<T: Sample>() -> Result<()> {
    let Tables { faults, faulty, other } = tables::<T>().await;
    let before = updated(&other).await?;
    let (writer, key) = (other.clone(), before.key());
    let write = async move { drop(writer.modify(key, |value| *value.count_mut() += 10).await.expect("the other writer writes")) };
    faults.inject(Fault::before(Failure::TimeOut));
    faults.inject(Fault::meanwhile(write).nth(2));
    let error = faulty.update(before.clone(), |value| *value.count_mut() += 1).await.expect_err("it was not made");
    if T::VERSIONED {
        assert!(error.is_conflict());
        assert_eq!(error.current::<T>().map(|current| current.count()), Some(11));
    } else {
        assert!(error.is_unknown() && !error.is_retryable() && !error.is_conflict());
    }
    assert_eq!(other.read(&before).consistent().await?.count(), 11, "one was made");
    Ok(())
}

async fn somebody_else_created_instead<T: Sample>() -> Result<()> {
    let Tables { faults, faulty, other } = tables::<T>().await;
    let writer = other.clone();
    let write = async move { drop(T::create(&writer).await.expect("the other writer writes")) };
    faults.inject(Fault::before(Failure::TimeOut));
    faults.inject(Fault::meanwhile(write).nth(2));
    let error = T::create(&faulty).await.expect_err("it was not made");
    assert_eq!((error.is_already_exists(), error.is_unknown()), (T::VERSIONED, !T::VERSIONED));
    assert_eq!(stored::all(&other).await.len(), T::rows(1));
    Ok(())
}

/// Deleted, the answer lost, created anew by somebody else: `if_unchanged` does not delete what is new.
async fn somebody_else_created_anew_after_the_deletion<T: Sample>() -> Result<()> {
    let Tables { faults, faulty, other } = tables::<T>().await;
    let held = updated(&other).await?;
    let writer = other.clone();
    let write = async move { drop(T::create(&writer).await.expect("the other writer writes")) };
    faults.inject(Fault::after(Failure::TimeOut).on(T::DELETE));
    faults.inject(Fault::meanwhile(write).on(T::DELETE).nth(2));
    let result = faulty.delete(&held).if_unchanged(&held).await;
    if T::VERSIONED {
        result?;
    } else {
        assert!(result.expect_err("nobody can know").is_unknown());
    }
    assert_eq!(other.read(&held).consistent().await?.count(), 0, "the new one is there");
    Ok(())
}

async fn an_answer_that_stays_lost_is_unknown<T: Sample>() -> Result<()> {
    for failure in LOST {
        let Tables { faults, faulty, other } = tables::<T>().await;
        let told = |error: &Error, of: &str| {
            assert!(matches!(error, Error::Unknown { operation, source: Some(_), .. } if *operation == of), "{failure:?}: {error:?}");
            assert!(error.is_unknown() && !error.is_retryable() && !error.is_throttled());
            let source = error.source().expect("the failure that lost the answer").to_string();
            assert!(!source.is_empty());
        };
        faults.inject(Fault::after(failure).on(T::WRITE).always());
        told(&T::create(&faulty).await.expect_err("the answers are lost"), "create");
        assert_eq!(stored::all(&other).await.len(), T::rows(1));
        faults.clear();

        let resource = updated_from(&other).await?;
        faults.inject(Fault::after(failure).on(T::WRITE).always());
        told(&faulty.update(resource.clone(), |value| *value.count_mut() += 1).await.expect_err("the answers are lost"), "update");
        assert_eq!(other.read(&resource).consistent().await?.count(), 2);

        // A modification is not repeated: it could be made twice.
        let mut edits = 0;
        let edit = |value: &mut T| {
            edits += 1;
            *value.count_mut() += 1;
        };
        told(&faulty.modify(&resource, edit).await.expect_err("the answers are lost"), "modify");
        assert_eq!(edits, 1);
        assert_eq!(other.read(&resource).consistent().await?.count(), 3);
        faults.clear();

        faults.inject(Fault::after(failure).on(T::DELETE).always());
        told(&faulty.delete(&resource).await.expect_err("the answers are lost"), "delete");
        assert!(stored::all(&other).await.is_empty());
    }
    Ok(())
}

/// The resource that was created without an answer, updated once.
async fn updated_from<T: Sample>(table: &Table<T>) -> Result<Resource<T>> {
    let key = T::create(table).await.expect_err("it is there").current::<T>().expect("DynamoDB returns it").key();
    table.modify(key, |value| *value.count_mut() = 1).await
}

async fn a_busy_row_is_tried_again<T: Sample>() -> Result<()> {
    let Tables { faults, faulty, other } = tables::<T>().await;
    faults.inject(Fault::before(Failure::TransactionConflict).on(T::WRITE));
    let created = T::create(&faulty).await?;
    faults.inject(Fault::before(Failure::TransactionConflict).on(T::WRITE).times(2));
    let updated = faulty.update(created, |value| *value.count_mut() += 1).await?;
    assert_eq!(faults.requests(), [T::WRITE; 5]);
    assert_eq!(other.read(&updated).consistent().await?, updated);
    faults.inject(Fault::before(Failure::TransactionConflict).on(T::DELETE));
    faulty.delete(&updated).await?;
    assert!(stored::all(&other).await.is_empty());
    Ok(())
}

async fn a_throttled_write_is_tried_again<T: Sample>() -> Result<()> {
    let Tables { faults, faulty, other } = tables::<T>().await;
    faults.inject(Fault::before(Failure::Throttling));
    let created = T::create(&faulty).await?;
    assert_eq!(faults.requests(), [T::WRITE, T::WRITE]);
    assert_eq!(other.read(&created).consistent().await?, created);
    Ok(())
}

/// The SDK tries a few times, and then the caller is told.
async fn what_stays_throttled_was_not_made<T: Sample>() -> Result<()> {
    let Tables { faults, faulty, other } = tables::<T>().await;
    let held = updated(&other).await?;
    let rows = stored::all(&other).await;
    faults.inject(Fault::before(Failure::Throttling).always());
    let error = faulty.update(held.clone(), |value| *value.count_mut() += 1).await.expect_err("throttled");
    assert!(matches!(&error, Error::Sdk { operation: "update", table, .. } if table == other.name()));
    assert!(error.is_throttled() && error.is_retryable() && !error.is_unknown());
    let error = faulty.read(&held).await.expect_err("throttled");
    assert!(error.is_throttled() && error.is_retryable());
    assert_eq!(stored::all(&other).await, rows);
    Ok(())
}

async fn reads_fail_with_what_the_network_says<T: Sample>() -> Result<()> {
    for failure in LOST {
        let Tables { faults, faulty, other } = tables::<T>().await;
        let held = updated(&other).await?;
        faults.inject(Fault::after(failure).on("GetItem"));
        assert_eq!(faulty.get(&held).consistent().await?, Some(held.clone()));
        faults.inject(Fault::before(failure).on("GetItem").always());
        let mut edits = 0;
        let errors = [
            faulty.get(&held).await.expect_err("no answer"),
            faulty.read(&held).consistent().await.expect_err("no answer"),
            faulty.modify(&held, |_| edits += 1).await.expect_err("no answer"),
            faulty.update_at(&held, held.revision(), |_| ()).await.expect_err("no answer"),
        ];
        for error in errors {
            assert!(error.is_retryable() && !error.is_unknown() && !error.is_throttled(), "{error:?}");
            let Error::Sdk { source, .. } = &error else { panic!("{error:?}") };
            assert_eq!(source.is_timeout(), failure == Failure::TimeOut);
            assert_eq!(source.code(), (failure == Failure::ServerError).then_some("InternalServerError"));
        }
        assert_eq!(edits, 0);
    }
    Ok(())
}

for_every_kind!(
    a_create_whose_answer_is_lost_is_made_once,
    an_update_whose_answer_is_lost_is_made_once,
    a_modification_whose_answers_are_lost_is_made_once,
    a_delete_whose_answer_is_lost_is_a_success,
    somebody_else_wrote_before_the_second_attempt,
    somebody_else_wrote_instead,
    somebody_else_created_instead,
    somebody_else_created_anew_after_the_deletion,
    an_answer_that_stays_lost_is_unknown,
    a_busy_row_is_tried_again,
    a_throttled_write_is_tried_again,
    what_stays_throttled_was_not_made,
    reads_fail_with_what_the_network_says,
);

#[tokio::test]
async fn a_rekey_whose_answer_is_lost_is_made_once() -> Result<()> {
    for failure in LOST {
        let Tables { faults, faulty, other } = tables::<Invoice>().await;
        let old = updated(&other).await?;
        faults.inject(Fault::after(failure));
        let moved = faulty.rekey(old, |invoice| invoice.number = 2).await?;
        assert_eq!(stored::all(&other).await.len(), 1);
        assert_eq!(other.read(Invoice::key("acme", 2_u32)).consistent().await?, moved);
    }
    Ok(())
}

/// A lost answer of the read before says nothing about the write after it.
#[tokio::test]
async fn a_lost_read_does_not_make_the_write_unknown() -> Result<()> {
    let Tables { faults, faulty, other } = tables::<Task>().await;
    let held = updated(&other).await?;
    let (writer, key) = (other.clone(), held.key());
    let write = async move { drop(writer.modify(key, |task| task.count += 10).await.expect("the other writer writes")) };
    faults.inject(Fault::before(Failure::Connection).on("GetItem"));
    faults.inject(Fault::meanwhile(write).on("PutItem"));
    let error = faulty.modify(&held, |task| task.count += 1).attempts(1).await.expect_err("it is late");
    assert!(error.is_conflict());
    Ok(())
}

#[tokio::test]
async fn what_stays_busy_is_busy_after_bounded_attempts() -> Result<()> {
    async fn check<T: Sample>() -> Result<()> {
        let Tables { faults, faulty, other } = tables::<T>().await;
        let held = updated(&other).await?;
        let rows = stored::all(&other).await;
        faults.inject(Fault::before(Failure::TransactionConflict).on(T::WRITE).always());
        let error = faulty.update(held.clone(), |value| *value.count_mut() += 1).await.expect_err("busy");
        assert!(matches!(error, Error::Busy { operation: "update", attempts: 6, .. }));
        assert!(error.is_retryable() && !error.is_unknown() && !error.is_conflict());
        assert_eq!(faults.requests(), [T::WRITE; 6]);
        assert_eq!(stored::all(&other).await, rows);
        // It ends, and the same copy is good.
        faults.clear();
        assert_eq!(faulty.update(held, |value| *value.count_mut() += 1).await?.count(), 2);
        Ok(())
    }
    let (plain, versioned) = tokio::join!(check::<Task>(), check::<Document>());
    plain.and(versioned)
}

/// Lost, then busy: whether the lost one was made, a plain row does not tell; a transaction's token does.
#[tokio::test]
async fn lost_and_then_busy() -> Result<()> {
    async fn check<T: Sample>() -> Result<Error> {
        let Tables { faults, faulty, other } = tables::<T>().await;
        let held = updated(&other).await?;
        faults.inject(Fault::before(Failure::Connection));
        faults.inject(Fault::before(Failure::TransactionConflict).nth(2).always());
        Ok(faulty.update(held, |value| *value.count_mut() += 1).await.expect_err("busy"))
    }
    let (plain, versioned) = tokio::join!(check::<Task>(), check::<Document>());
    assert!(plain?.is_unknown());
    assert!(matches!(versioned?, Error::Busy { .. }));
    Ok(())
}

/// Lost after the commit, then busy, then refused by its own row: a success.
#[tokio::test]
async fn lost_then_busy_then_found() -> Result<()> {
    let Tables { faults, faulty, other } = tables::<Task>().await;
    let held = updated(&other).await?;
    faults.inject(Fault::after(Failure::Connection));
    faults.inject(Fault::before(Failure::TransactionConflict).nth(2).times(2));
    let after = faulty.update(held, |task| task.count += 1).await?;
    assert_eq!(faults.requests(), ["PutItem"; 4]);
    assert_eq!(other.read(&after).consistent().await?, after);
    assert_eq!(after.count, 2);
    Ok(())
}

#[tokio::test]
async fn a_failed_condition_wins_over_a_conflict_beside_it() -> Result<()> {
    let Tables { faults, faulty, other } = tables::<Document>().await;
    let held = updated(&other).await?;
    faults.inject(Fault::before(Failure::Cancelled(&["TransactionConflict", "ConditionalCheckFailed"])));
    let error = faulty.update(held, |document| document.count += 1).await.expect_err("it would fail again");
    assert!(matches!(error, Error::Conflict { .. }));
    assert_eq!(error.current::<Document>(), None, "no row came with it");
    assert_eq!(faults.requests().len(), 1);
    Ok(())
}

#[tokio::test]
async fn a_throttled_transaction_is_tried_again_and_told_as_throttled() -> Result<()> {
    let Tables { faults, faulty, other } = tables::<Document>().await;
    let held = updated(&other).await?;
    for codes in [&["ThrottlingError", "None"], &["None", "ProvisionedThroughputExceeded"]] {
        faults.inject(Fault::before(Failure::Cancelled(codes)));
    }
    // The first two attempts are throttled by different words, the third is made.
    let held = faulty.update(held, |document| document.count += 1).await?;
    assert_eq!(held.count, 2);
    faults.inject(Fault::before(Failure::Cancelled(&["None", "ThrottlingError"])).always());
    let error = faulty.update(held, |document| document.count += 1).await.expect_err("throttled");
    assert!(error.is_throttled() && error.is_retryable() && matches!(error, Error::Sdk { .. }));
    Ok(())
}

#[tokio::test]
async fn other_reasons_are_what_the_sdk_says() -> Result<()> {
    let Tables { faults, faulty, other } = tables::<Document>().await;
    let held = updated(&other).await?;
    faults.inject(Fault::before(Failure::Cancelled(&["None", "ItemCollectionSizeLimitExceeded"])));
    let error = faulty.update(held, |document| document.count += 1).await.expect_err("refused");
    let Error::Sdk { source, .. } = &error else { panic!("{error:?}") };
    assert_eq!(source.code(), Some("TransactionCanceledException"));
    assert!(!error.is_retryable() && !error.is_throttled() && !error.is_unknown());
    assert_eq!(faults.requests().len(), 1);
    Ok(())
}

/// A long deletion keeps its word through lost answers at every step.
#[tokio::test]
async fn a_long_deletion_whose_answers_are_lost_is_made() -> Result<()> {
    for operation in ["UpdateItem", "Query", "TransactWriteItems", "DeleteItem"] {
        for failure in LOST {
            let Tables { faults, faulty, other } = tables::<Document>().await;
            let document = updated(&other).await?;
            stored::change(&other, ("Document#one", "v0"), "SET version = :v", stored::n(500)).await;
            faults.inject(Fault::after(failure).on(operation));
            faulty.delete(&document).await?;
            assert!(stored::all(&other).await.is_empty(), "{operation}");
        }
    }
    Ok(())
}

/// A table that cannot be reached: nothing is sent, so nothing is unknown.
async fn unreachable(endpoint: &str) -> Result<()> {
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("us-east-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .endpoint_url(endpoint)
        .retry_config(retries())
        .build();
    let table: Table<App> = Table::new(Client::from_conf(config), "nowhere");
    let there = engine::table::<App>().await;
    let task = there.create(Task::new("ann")).await?;
    let document = there.create(Document::new("plan")).await?;
    let errors = [
        table.create(Task::new("ann")).await.expect_err("nobody listens"),
        table.create(Document::new("plan")).await.expect_err("nobody listens"),
        table.update(task.clone(), |task| task.count += 1).await.expect_err("nobody listens"),
        table.update(document.clone(), |document| document.count += 1).await.expect_err("nobody listens"),
        table.delete(&task).await.expect_err("nobody listens"),
        table.delete(&document).await.expect_err("nobody listens"),
        table.get(&task).await.expect_err("nobody listens"),
        table.modify(&task, |_| ()).await.expect_err("nobody listens"),
    ];
    for error in errors {
        assert!(matches!(&error, Error::Sdk { table, .. } if table == "nowhere"), "{error:?}");
        assert!(error.is_retryable() && !error.is_unknown());
    }
    Ok(())
}

#[tokio::test]
async fn a_refused_connection_is_not_unknown() -> Result<()> {
    // The discard port, where nobody listens.
    unreachable("http://127.0.0.1:9").await
}

#[tokio::test]
async fn a_name_that_does_not_resolve_is_not_unknown() -> Result<()> {
    // No such name can exist (RFC 6761).
    unreachable("http://nowhere.invalid").await
}

#[tokio::test]
async fn a_missing_table_is_what_the_sdk_says() -> Result<()> {
    let table = engine::table::<App>().await;
    let table: Table<App> = Table::new(table.client().clone(), "missing");
    for error in [
        table.create(Task::new("ann")).await.expect_err("no such table"),
        table.create(Document::new("plan")).await.expect_err("no such table"),
        table.get(simpletable::Id::<Task>::from("one")).await.map(drop).expect_err("no such table"),
    ] {
        let Error::Sdk { source, .. } = &error else { panic!("{error:?}") };
        assert_eq!(source.code(), Some("ResourceNotFoundException"));
        assert!(!error.is_retryable() && !error.is_not_found() && !error.is_unknown());
    }
    Ok(())
}

#[tokio::test]
async fn a_good_answer_that_breaks_off_is_unknown() -> Result<()> {
    let Tables { faults, faulty, other } = tables::<Task>().await;
    faults.inject(Fault::after(Failure::Unreadable).always());
    assert!(faulty.create(Task::new("ann")).await.is_err_and(|error| error.is_unknown()));
    faults.clear();
    let [row] = &stored::all(&other).await[..] else { panic!("it was made") };
    let id = Id::<Task>::from(row["resource_id"].as_s().expect("an id").as_str());
    let task = other.read(&id).await?;
    faults.inject(Fault::after(Failure::Unreadable).always());
    assert!(faulty.update(task.clone(), |task| task.count += 1).await.is_err_and(|error| error.is_unknown()));
    assert!(faulty.modify(&id, |task| task.count += 1).await.is_err_and(|error| matches!(error, Error::Sdk { .. })), "the read fails");
    assert_eq!(other.read(&id).await?.count, 1);
    assert!(faulty.delete(&id).await.is_err_and(|error| error.is_unknown()));
    assert!(stored::all(&other).await.is_empty());
    Ok(())
}

#[tokio::test]
async fn what_was_never_sent_is_not_unknown() {
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version_latest()
        .region(aws_sdk_dynamodb::config::Region::from_static("us-east-1"))
        .endpoint_url("http://127.0.0.1:9")
        .build();
    let table: Table<Task> = Table::new(aws_sdk_dynamodb::Client::from_conf(config), "without-credentials");
    let refused = table.create(Task::new("ann")).await;
    assert!(matches!(refused, Err(Error::Sdk { .. })), "{refused:?}");
}
