//! `get_many`, `create_many`, `put_many`, `delete_many`: nothing is lost, nothing is written twice, and every place has its result.

use std::collections::HashMap;
use std::future::{Future, IntoFuture};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use simpletable::fault::{Failure, Fault, Faults};
use simpletable::{Batch, Error, Id, Result, Schema, SingleTable, Table};

use crate::engine;

/// The failures after which nobody knows whether a write was made.
const LOST: [Failure; 3] = [Failure::Connection, Failure::TimeOut, Failure::ServerError];

const GET: &str = "BatchGetItem";
const PUT: &str = "BatchWriteItem";

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
struct Task {
    title: String,
    count: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(versioned)]
struct Document {
    title: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(id = "<email>", ttl = "until")]
struct User {
    email: String,
    count: u32,
    until: Option<DateTime<Utc>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(pk = "ORG#<org>", sk = "INVOICE#<number:08>")]
struct Invoice {
    org: String,
    number: u32,
}

#[derive(Debug, PartialEq, SingleTable)]
enum App {
    Task(Task),
    Document(Document),
    User(User),
    Invoice(Invoice),
}

fn task(n: usize) -> Task {
    Task { title: format!("task {n}"), count: 0 }
}

fn tasks(count: usize) -> impl Iterator<Item = Task> {
    (0..count).map(task)
}

fn user(n: usize) -> User {
    User { email: format!("{n}@acme.io"), count: 0, until: None }
}

fn users(count: usize) -> impl Iterator<Item = User> {
    (0..count).map(user)
}

/// A table with faults for the call under test, and without for everybody else.
struct Tables {
    faults: Faults,
    faulty: Table<App>,
    other: Table<App>,
}

async fn tables() -> Tables {
    let table = engine::table::<App>().await;
    // The SDK's own pauses are as long as a second.
    let retries = RetryConfig::standard().with_initial_backoff(Duration::from_millis(1));
    let client = Client::from_conf(table.client().config().to_builder().retry_config(retries).build());
    let other = Table::new(client, table.name());
    let faults = Faults::new();
    Tables { faulty: other.with_faults(&faults), faults, other }
}

/// How many rows are stored.
async fn rows<S: Schema>(table: &Table<S>) -> usize {
    let (mut count, mut after) = (0, None);
    loop {
        let request = table.client().scan().table_name(table.name()).consistent_read(true).set_exclusive_start_key(after);
        let page = request.send().await.expect("the table can be scanned");
        count += page.items().len();
        after = page.last_evaluated_key;
        if after.is_none() {
            return count;
        }
    }
}

/// Writes a row as it stands.
async fn store<S: Schema>(table: &Table<S>, row: HashMap<String, AttributeValue>) {
    table.client().put_item().table_name(table.name()).set_item(Some(row)).send().await.expect("the row can be written");
}

/// The positions of the errors that are of a kind; every error has to be.
fn failed<T>(batch: &Batch<T>, kind: impl Fn(&Error) -> bool) -> Vec<usize> {
    batch.errors().inspect(|(at, error)| assert!(kind(error), "{at}: {error:?}")).map(|(at, _)| at).collect()
}

fn is_busy(error: &Error) -> bool {
    matches!(error, Error::Busy { attempts: 10, .. })
}

/// What `on_progress` is told.
#[derive(Clone, Default)]
struct Told(Arc<Mutex<Vec<(usize, usize)>>>);

impl Told {
    fn listener(&self) -> impl FnMut(usize, usize) + Send + 'static {
        let told = Arc::clone(&self.0);
        move |done, total| told.lock().expect("no test panics in here").push((done, total))
    }

    fn take(&self) -> Vec<(usize, usize)> {
        std::mem::take(&mut *self.0.lock().expect("no test panics in here"))
    }
}

mod get_many {
    use super::*;

    #[tokio::test]
    async fn keeps_the_order_with_duplicates_and_gaps() -> Result<()> {
        let Tables { faults, faulty, other } = tables().await;
        let made = other.create_many(tasks(3)).await?.into_complete()?;
        let (none, empty, long) = (Id::from("none"), Id::from(""), Id::from("x".repeat(3000)));
        let ids = [made[2].id(), &none, made[0].id(), &empty, made[2].id(), &long, made[1].id()];
        let found = faulty.get_many(ids).consistent().await?;
        let expected = [Some(2), None, Some(0), None, Some(2), None, Some(1)].map(|at: Option<usize>| at.map(|at| made[at].clone()));
        assert_eq!(found, expected);
        assert_eq!(faults.requests(), [GET]);
        Ok(())
    }

    #[tokio::test]
    async fn reads_every_kind() -> Result<()> {
        let table = engine::table::<App>().await;
        let documents = table.create_many([Document { title: "plan".into() }]).await?.into_complete()?;
        assert_eq!(table.get_many(&documents).await?, documents.into_iter().map(Some).collect::<Vec<_>>());
        let invoices = table.create_many((1..=3).map(|number| Invoice { org: "acme".into(), number })).await?.into_complete()?;
        let found = table.get_many([3, 2, 1].map(|number| Invoice::key("acme", number))).await?;
        assert_eq!(found, invoices.into_iter().rev().map(Some).collect::<Vec<_>>());
        Ok(())
    }

    #[tokio::test]
    async fn nothing_is_no_request() -> Result<()> {
        let Tables { faults, faulty, .. } = tables().await;
        let told = Told::default();
        assert!(faulty.get_many(Vec::<Id<Task>>::new()).on_progress(told.listener()).await?.is_empty());
        assert!(told.take().is_empty());
        assert_eq!(faulty.get_many([Id::<Task>::from("")]).on_progress(told.listener()).await?, [None]);
        assert_eq!(told.take(), [(1, 1)]);
        assert!(faults.requests().is_empty());
        Ok(())
    }

    #[tokio::test]
    async fn more_keys_than_a_request_holds() -> Result<()> {
        let Tables { faults, faulty, other } = tables().await;
        let made = other.put_many(tasks(250)).await?.into_complete()?;
        // Each twice, which is read once.
        let told = Told::default();
        let keys = made.iter().chain(made.iter().rev());
        let found = faulty.get_many(keys).consistent().concurrency(1).on_progress(told.listener()).await?;
        assert_eq!(faults.requests(), [GET; 3]);
        assert!(found.iter().eq(made.iter().chain(made.iter().rev()).cloned().map(Some).collect::<Vec<_>>().iter()));
        assert_eq!(told.take(), [(200, 500), (400, 500), (500, 500)]);
        assert_eq!(faulty.get_many(&made).concurrency(0).await?.into_iter().flatten().count(), 250);
        Ok(())
    }

    #[tokio::test]
    async fn what_is_left_over_is_asked_for_again() -> Result<()> {
        for fault in [Fault::unprocessed(30).times(2), Fault::unprocessed(usize::MAX).times(3), Fault::unprocessed(99)] {
            let Tables { faults, faulty, other } = tables().await;
            let made = other.put_many(tasks(120)).await?.into_complete()?;
            faults.inject(fault.on(GET));
            let found = faulty.get_many(&made).consistent().await?;
            assert_eq!(found, made.into_iter().map(Some).collect::<Vec<_>>());
            assert!(faults.requests().len() > 2);
        }
        Ok(())
    }

    #[tokio::test]
    async fn what_stays_left_over_is_an_error() -> Result<()> {
        let Tables { faults, faulty, other } = tables().await;
        let made = other.put_many(tasks(3)).await?.into_complete()?;
        faults.inject(Fault::unprocessed(2).on(GET).always());
        let error = faulty.get_many(&made).await.expect_err("two rows were not read");
        assert!(matches!(error, Error::Busy { entity: "Task", operation: "get_many", attempts: 10 }));
        assert!(error.is_retryable());
        // The first did something.
        assert_eq!(faults.requests(), [GET; 11]);
        Ok(())
    }

    #[tokio::test]
    async fn throttling_is_waited_for() -> Result<()> {
        let Tables { faults, faulty, other } = tables().await;
        let made = other.put_many(tasks(3)).await?.into_complete()?;
        // The SDK itself gives up after three.
        faults.inject(Fault::before(Failure::Throttling).on(GET).times(7));
        assert_eq!(faulty.get_many(&made).await?.into_iter().flatten().count(), 3);
        assert_eq!(faults.requests(), [GET; 8]);
        faults.inject(Fault::before(Failure::Throttling).on(GET).always());
        assert!(faulty.get_many(&made).await.expect_err("it stays throttled").is_throttled());
        Ok(())
    }

    #[tokio::test]
    async fn lost_answers_are_asked_for_again() -> Result<()> {
        for failure in LOST {
            let Tables { faults, faulty, other } = tables().await;
            let made = other.put_many(tasks(120)).await?.into_complete()?;
            faults.inject(Fault::after(failure).on(GET).times(2));
            assert_eq!(faulty.get_many(&made).consistent().await?.into_iter().flatten().count(), 120);
            faults.inject(Fault::after(failure).on(GET).always());
            let error = faulty.get_many(&made).await.expect_err("no answer comes");
            assert!(matches!(error, Error::Sdk { operation: "get_many", .. }) && error.is_retryable());
        }
        Ok(())
    }

    /// 18 MB of rows are more than one answer holds.
    #[tokio::test]
    async fn more_than_an_answer_holds() -> Result<()> {
        let Tables { faults, faulty, other } = tables().await;
        let large = |n: usize| Task { title: "x".repeat(390_000), count: u32::try_from(n).expect("few") };
        let made = other.put_many((0..48).map(large)).await?.into_complete()?;
        let found = faulty.get_many(&made).consistent().await?;
        assert!(found.iter().flatten().eq(&made));
        assert_eq!(found.len(), 48);
        assert!(faults.requests().len() > 1, "{}", faults.requests().len());
        Ok(())
    }

    #[tokio::test]
    async fn what_is_over_is_not_seen() -> Result<()> {
        let table = engine::table::<App>().await;
        let over = User { until: Some(Utc::now() - TimeDelta::minutes(1)), ..user(1) };
        let made = table.create_many([user(0), over]).await?.into_complete()?;
        assert_eq!(table.get_many(&made).consistent().await?, [Some(made[0].clone()), None]);
        assert_eq!(table.get_many(&made).consistent().include_expired().await?.into_iter().flatten().count(), 2);

        let document = table.create(Document { title: "plan".into() }).await?;
        let key = [("pk", format!("Document#{}", document.id())), ("sk", "v0".into())]
            .map(|(name, text)| (name.to_owned(), AttributeValue::S(text)));
        let request = table.client().update_item().table_name(table.name()).set_key(Some(key.into())).update_expression("SET version = :v");
        request.expression_attribute_values(":v", AttributeValue::N("-1".into())).send().await.expect("the head is there");
        assert_eq!(table.get_many([&document]).include_expired().await?, [None]);
        Ok(())
    }

    #[tokio::test]
    async fn a_key_that_cannot_be_made_is_found_before_anything_is_sent() {
        let Tables { faults, faulty, .. } = tables().await;
        let keys = [Invoice::key("acme", 1_u32), Invoice::key("acme", 1_000_000_000_u32)];
        let result = faulty.get_many(keys).await;
        assert!(matches!(result, Err(Error::KeyValue { entity: "Invoice", .. })));
        assert!(faults.requests().is_empty());
    }

    #[tokio::test]
    async fn a_row_that_is_something_else_is_an_error() -> Result<()> {
        let table = engine::table::<App>().await;
        let made = table.create_many(tasks(2)).await?.into_complete()?;
        let key = |n: usize| format!("Task#{}", made[n].id());
        let row =
            [("pk", key(1)), ("sk", key(1)), ("gsitype", "Other".into())].map(|(name, text)| (name.to_owned(), AttributeValue::S(text)));
        store(&table, row.into()).await;
        assert!(matches!(table.get_many(&made).consistent().await, Err(Error::Decode { entity: "Task", .. })));
        Ok(())
    }
}

mod create_many {
    use super::*;

    #[tokio::test]
    async fn every_place_has_its_result() -> Result<()> {
        let Tables { faults, faulty, other } = tables().await;
        other.create(user(3)).await?;
        let told = Told::default();
        let batch = faulty.create_many(users(40)).on_progress(told.listener()).await?;
        assert_eq!(failed(&batch, Error::is_already_exists), [3]);
        assert_eq!(faults.requests(), ["PutItem"; 40]);
        assert_eq!(told.take(), (1..=40).map(|done| (done, 40)).collect::<Vec<_>>());
        assert_eq!(rows(&other).await, 40);
        for (n, result) in batch.into_iter().enumerate().filter(|(n, _)| *n != 3) {
            let made = result?;
            assert_eq!(*made, user(n));
            assert_eq!(other.read(&made).consistent().await?, made);
        }
        Ok(())
    }

    #[tokio::test]
    async fn generated_ids_ascend() -> Result<()> {
        let table = engine::table::<App>().await;
        let made = table.create_many(tasks(100)).concurrency(7).await?.into_complete()?;
        assert!(made.windows(2).all(|pair| pair[0].id() < pair[1].id() && pair[0].created_at() < pair[1].created_at()));
        assert_eq!(made.iter().map(|task| (**task).clone()).collect::<Vec<_>>(), tasks(100).collect::<Vec<_>>());
        Ok(())
    }

    #[tokio::test]
    async fn one_key_is_created_once() -> Result<()> {
        let table = engine::table::<App>().await;
        let batch = table.create_many([user(1), user(2), user(1), user(1)]).concurrency(1).await?;
        assert_eq!(failed(&batch, Error::is_already_exists), [2, 3]);
        let batch = table.create_many([user(5), user(5), user(5)]).await?;
        assert_eq!(failed(&batch, Error::is_already_exists).len(), 2);
        assert_eq!(rows(&table).await, 3);
        Ok(())
    }

    #[tokio::test]
    async fn entities_of_the_enum_together() -> Result<()> {
        let Tables { faults, faulty, other } = tables().await;
        let values = || [App::Document(Document { title: "plan".into() }), App::User(user(1)), App::Task(task(1)), App::User(user(1))];
        let batch = faulty.create_many(values()).concurrency(1).await?;
        assert_eq!(failed(&batch, |error| matches!(error, Error::AlreadyExists { entity: "User", .. })), [3]);
        assert_eq!(faults.requests(), ["TransactWriteItems", "PutItem", "PutItem", "PutItem"]);
        let made: Vec<_> = batch.into_iter().filter_map(Result::ok).collect();
        assert!(made.iter().zip(values()).all(|(made, value)| **made == value));
        let Ok(document) = made.into_iter().next().expect("the first was made").downcast::<Document>() else { panic!("it is a document") };
        assert_eq!(other.read(document.id()).await?, document);
        assert_eq!(other.update(document, |document| document.title = "next".into()).await?.version(), 2);
        Ok(())
    }

    #[tokio::test]
    async fn what_cannot_be_stored_spares_the_others() -> Result<()> {
        let Tables { faults, faulty, other } = tables().await;
        let large = Task { title: "x".repeat(410_000), count: 0 };
        let told = Told::default();
        let batch = faulty.create_many([task(0), large, task(2)]).on_progress(told.listener()).await?;
        assert_eq!(failed(&batch, |error| matches!(error, Error::ItemTooLarge { entity: "Task", .. })), [1]);
        assert!(matches!(batch.into_complete(), Err(Error::ItemTooLarge { .. })));
        assert_eq!(faults.requests(), ["PutItem"; 2]);
        assert_eq!(told.take().last(), Some(&(3, 3)));
        assert_eq!(rows(&other).await, 2);
        Ok(())
    }

    #[tokio::test]
    async fn lost_answers_are_no_second_writes() -> Result<()> {
        for failure in LOST {
            for fault in [Fault::before(failure), Fault::after(failure)] {
                let Tables { faults, faulty, other } = tables().await;
                // More would be two of one row, whose SDK gives up after three; see the next test.
                faults.inject(fault.nth(3).times(2));
                let documents = (0..6).map(|n| App::Document(Document { title: n.to_string() }));
                let made = faulty.create_many(tasks(20).map(App::Task).chain(documents)).await?.into_complete()?;
                assert_eq!(faults.requests().len(), 28);
                assert_eq!(rows(&other).await, 20 + 2 * 6);
                assert!(other.scan::<App>().consistent().all().await?.iter().all(|row| made.contains(row)));
            }
        }
        Ok(())
    }

    #[tokio::test]
    async fn answers_that_stay_lost_are_unknown() -> Result<()> {
        let Tables { faults, faulty, other } = tables().await;
        faults.inject(Fault::after(Failure::TimeOut).on("PutItem").always());
        let batch = faulty.create_many(tasks(3)).await?;
        assert_eq!(failed(&batch, Error::is_unknown), [0, 1, 2]);
        assert_eq!(rows(&other).await, 3);
        Ok(())
    }

    /// The answer is lost after the commit, somebody finds the row and changes it, and then the SDK sends the request again.
    #[tokio::test]
    async fn an_update_made_in_between_is_not_undone() -> Result<()> {
        let Tables { faults, faulty, other } = tables().await;
        let writer = other.clone();
        let write = async move {
            let found = writer.scan::<Task>().consistent().all().await.expect("it can be read");
            for task in found {
                writer.update(task, |task| task.count = 7).await.expect("nobody else writes");
            }
        };
        faults.inject(Fault::after(Failure::TimeOut));
        faults.inject(Fault::meanwhile(write).nth(2));
        let batch = faulty.create_many([task(0), task(1)]).concurrency(1).await?;
        // It is not known whose row that is: ours is behind it.
        assert_eq!(failed(&batch, Error::is_unknown), [0]);
        let counts: Vec<u32> = other.scan::<Task>().consistent().all().await?.iter().map(|task| task.count).collect();
        assert_eq!((counts.len(), counts.iter().sum::<u32>()), (2, 7));
        Ok(())
    }

    #[tokio::test]
    async fn throttling_and_busy_rows_are_waited_for() -> Result<()> {
        let Tables { faults, faulty, other } = tables().await;
        faults.inject(Fault::before(Failure::Throttling).times(2));
        faults.inject(Fault::before(Failure::TransactionConflict).nth(5).times(3));
        faulty.create_many(users(10)).await?.into_complete()?;
        assert_eq!(rows(&other).await, 10);
        faults.inject(Fault::before(Failure::Throttling).always());
        let batch = faulty.create_many(tasks(2)).await?;
        assert_eq!(failed(&batch, Error::is_throttled), [0, 1]);
        assert_eq!(rows(&other).await, 10);
        Ok(())
    }
}

mod put_many {
    use super::*;

    #[tokio::test]
    async fn more_rows_than_a_request_holds() -> Result<()> {
        let Tables { faults, faulty, other } = tables().await;
        let told = Told::default();
        let put = faulty.put_many(users(60)).concurrency(1).on_progress(told.listener()).await?.into_complete()?;
        assert_eq!(faults.requests(), [PUT; 3]);
        assert_eq!(told.take(), [(25, 60), (50, 60), (60, 60)]);
        assert_eq!(rows(&other).await, 60);
        assert!(put.iter().map(|user| (**user).clone()).eq(users(60)));
        assert_eq!(other.get_many(&put).consistent().await?, put.into_iter().map(Some).collect::<Vec<_>>());
        Ok(())
    }

    #[tokio::test]
    async fn what_is_there_is_replaced() -> Result<()> {
        let table = engine::table::<App>().await;
        let before = table.create(user(1)).await?;
        let put = table.put_many([User { count: 5, ..user(1) }]).await?.into_complete()?;
        assert_eq!(table.read(before.id()).consistent().await?, put[0]);
        assert!(put[0].created_at() > before.created_at());
        // What is returned can be changed.
        let after = table.update(put.into_iter().next().expect("one was put"), |user| user.count = 6).await?;
        assert_eq!(table.read(before.id()).consistent().await?, after);
        Ok(())
    }

    #[tokio::test]
    async fn of_one_key_the_last_stays() -> Result<()> {
        let Tables { faults, faulty, other } = tables().await;
        let again = |n, count| User { count, ..user(n) };
        let told = Told::default();
        let put = faulty.put_many([again(1, 1), user(2), again(1, 2), again(1, 3)]).on_progress(told.listener()).await?.into_complete()?;
        assert_eq!(faults.requests(), [PUT]);
        assert_eq!(told.take(), [(4, 4)]);
        assert_eq!(put.iter().map(|user| user.count).collect::<Vec<_>>(), [1, 0, 2, 3]);
        assert_eq!(other.get_many(&put).consistent().await?.into_iter().flatten().map(|user| user.count).collect::<Vec<_>>(), [3, 0, 3, 3]);
        let [first, _, _, last] = put.try_into().expect("four were put");
        assert!(other.update(first, |user| user.count = 9).await.expect_err("it was overwritten").is_conflict());
        other.update(last, |user| user.count = 9).await?;
        Ok(())
    }

    #[tokio::test]
    async fn what_cannot_be_stored_spares_the_others() -> Result<()> {
        let Tables { faults, faulty, other } = tables().await;
        let large = Task { title: "x".repeat(410_000), count: 0 };
        let batch = faulty.put_many([large, task(1)]).await?;
        assert_eq!(failed(&batch, |error| matches!(error, Error::ItemTooLarge { .. })), [0]);
        assert_eq!((faults.requests().len(), rows(&other).await), (1, 1));
        Ok(())
    }

    #[tokio::test]
    async fn what_is_left_over_is_sent_again() -> Result<()> {
        for fault in [Fault::unprocessed(7).times(2), Fault::unprocessed(usize::MAX).times(3), Fault::unprocessed(24)] {
            let Tables { faults, faulty, other } = tables().await;
            faults.inject(fault.on(PUT));
            let put = faulty.put_many(tasks(40)).await?.into_complete()?;
            assert!(faults.requests().len() > 2);
            assert_eq!(other.get_many(&put).consistent().await?, put.into_iter().map(Some).collect::<Vec<_>>());
            assert_eq!(rows(&other).await, 40);
        }
        Ok(())
    }

    #[tokio::test]
    async fn what_stays_left_over_is_named() -> Result<()> {
        let Tables { faults, faulty, other } = tables().await;
        faults.inject(Fault::unprocessed(5).on(PUT).always());
        let told = Told::default();
        // The last overwrites the 23rd, of which nothing is written then.
        let batch = faulty.put_many(users(30).chain([user(22)])).on_progress(told.listener()).await?;
        assert_eq!(failed(&batch, is_busy), [20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30]);
        assert_eq!(told.take().last(), Some(&(31, 31)));
        assert_eq!(rows(&other).await, 20);
        assert_eq!(batch.into_iter().filter_map(Result::ok).count(), 20);
        Ok(())
    }

    #[tokio::test]
    async fn lost_answers_are_sent_again() -> Result<()> {
        for failure in LOST {
            for fault in [Fault::before(failure), Fault::after(failure)] {
                let Tables { faults, faulty, other } = tables().await;
                faults.inject(fault.times(2));
                let put = faulty.put_many(tasks(30)).await?.into_complete()?;
                assert_eq!(faults.requests(), [PUT; 4]);
                assert_eq!(rows(&other).await, 30);
                assert_eq!(other.get_many(&put).consistent().await?, put.into_iter().map(Some).collect::<Vec<_>>());
            }
        }
        Ok(())
    }

    #[tokio::test]
    async fn answers_that_stay_lost_are_unknown() -> Result<()> {
        let Tables { faults, faulty, other } = tables().await;
        faults.inject(Fault::after(Failure::TimeOut).on(PUT).always());
        let batch = faulty.put_many(tasks(30)).await?;
        let told = |error: &Error| matches!(error, Error::Unknown { operation: "put_many", source: Some(_), .. });
        assert_eq!(failed(&batch, told).len(), 30);
        assert_eq!(rows(&other).await, 30);
        faults.clear();

        // Written and not answered, and then left over: nobody may say that it was not written.
        faults.inject(Fault::after(Failure::TimeOut).on(PUT));
        faults.inject(Fault::unprocessed(usize::MAX).on(PUT).always());
        let batch = faulty.put_many(users(2)).await?;
        assert_eq!(failed(&batch, Error::is_unknown), [0, 1]);
        assert_eq!(rows(&other).await, 32);
        Ok(())
    }

    #[tokio::test]
    async fn throttling_is_waited_for() -> Result<()> {
        let Tables { faults, faulty, other } = tables().await;
        faults.inject(Fault::before(Failure::Throttling).times(7));
        faulty.put_many(tasks(3)).await?.into_complete()?;
        assert_eq!(faults.requests(), [PUT; 8]);
        faults.inject(Fault::before(Failure::Throttling).always());
        let batch = faulty.put_many(users(3)).await?;
        assert_eq!(failed(&batch, Error::is_throttled), [0, 1, 2]);
        assert_eq!(rows(&other).await, 3);
        Ok(())
    }

    #[tokio::test]
    async fn a_refusal_is_told_of_every_row() -> Result<()> {
        let table = Table::new::<App>(engine::table::<App>().await.client().clone(), "no-such-table");
        let batch = table.put_many(tasks(27)).await?;
        assert_eq!(failed(&batch, |error| matches!(error, Error::Sdk { operation: "put_many", .. })).len(), 27);
        Ok(())
    }
}

mod delete_many {
    use super::*;

    #[tokio::test]
    async fn every_place_has_its_result() -> Result<()> {
        let Tables { faults, faulty, other } = tables().await;
        let made = other.put_many(tasks(30)).await?.into_complete()?;
        let (none, empty) = (Id::from("none"), Id::from(""));
        let ids: Vec<&Id<Task>> = made.iter().map(|task| task.id()).chain([&none, &empty, made[4].id(), &none]).collect();
        let told = Told::default();
        let batch = faulty.delete_many(ids).on_progress(told.listener()).await?;
        assert_eq!(failed(&batch, Error::is_not_found), [30, 31, 33]);
        assert_eq!(faults.requests(), ["DeleteItem"; 31]);
        let told = told.take();
        assert_eq!((told.first(), told.last()), (Some(&(1, 34)), Some(&(34, 34))));
        assert_eq!(rows(&other).await, 0);
        Ok(())
    }

    #[tokio::test]
    async fn histories_go_with_their_heads() -> Result<()> {
        let table = engine::table::<App>().await;
        let made = table.create_many((0..3).map(|n| Document { title: n.to_string() })).await?.into_complete()?;
        for document in &made {
            table.update(document.clone(), |document| document.title.push('!')).await?;
        }
        table.delete_many(&made).await?.into_complete()?;
        assert_eq!(rows(&table).await, 0);
        assert_eq!(failed(&table.delete_many(&made).await?, Error::is_not_found), [0, 1, 2]);
        Ok(())
    }

    #[tokio::test]
    async fn a_key_that_cannot_be_made_spares_the_others() -> Result<()> {
        let table = engine::table::<App>().await;
        table.create(Invoice { org: "acme".into(), number: 1 }).await?;
        let batch = table.delete_many([Invoice::key("acme", 1_000_000_000_u32), Invoice::key("acme", 1_u32)]).await?;
        assert_eq!(failed(&batch, |error| matches!(error, Error::KeyValue { .. })), [0]);
        assert_eq!(rows(&table).await, 0);
        Ok(())
    }

    #[tokio::test]
    async fn lost_answers_are_successes() -> Result<()> {
        for failure in LOST {
            for fault in [Fault::before(failure), Fault::after(failure)] {
                let Tables { faults, faulty, other } = tables().await;
                let made = other.put_many(tasks(20)).await?.into_complete()?;
                faults.inject(fault.times(2));
                faulty.delete_many(&made).await?.into_complete()?;
                assert_eq!(faults.requests(), ["DeleteItem"; 22]);
                assert_eq!(rows(&other).await, 0);
            }
        }
        Ok(())
    }

    #[tokio::test]
    async fn what_cannot_be_known_is_told_in_all_its_places() -> Result<()> {
        let Tables { faults, faulty, other } = tables().await;
        let made = other.put_many(tasks(2)).await?.into_complete()?;
        faults.inject(Fault::after(Failure::TimeOut).always());
        let batch = faulty.delete_many([&made[0], &made[1], &made[0]]).await?;
        assert_eq!(failed(&batch, Error::is_unknown), [0, 1, 2]);
        assert_eq!(rows(&other).await, 0);
        Ok(())
    }

    #[tokio::test]
    async fn throttling_is_waited_for() -> Result<()> {
        let Tables { faults, faulty, other } = tables().await;
        let made = other.put_many(tasks(5)).await?.into_complete()?;
        faults.inject(Fault::before(Failure::Throttling).times(2));
        faulty.delete_many(&made).await?.into_complete()?;
        assert_eq!(rows(&other).await, 0);
        Ok(())
    }
}

/// Spawns the future.
async fn spawn<T: Send + 'static>(operation: impl IntoFuture<Output = Result<T>, IntoFuture: Future + Send + 'static>) -> Result<T> {
    tokio::spawn(operation.into_future()).await.expect("no operation panics")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn futures_and_builders_are_send() -> Result<()> {
    let table = engine::table::<App>().await;
    let told = Told::default();
    let created = spawn(table.create_many(tasks(3)).on_progress(told.listener())).await?.into_complete()?;
    let put = spawn(table.put_many(users(3)).concurrency(2)).await?.into_complete()?;
    assert_eq!(spawn(table.get_many(&created).consistent()).await?.len(), 3);
    let delete = table.delete_many(&put).on_progress(told.listener());
    tokio::spawn(async move { delete.await }).await.expect("no operation panics")?.into_complete()?;
    assert_eq!(told.take().len(), 6);
    Ok(())
}

/// A listener may borrow.
#[tokio::test]
async fn progress_borrows() -> Result<()> {
    let table = engine::table::<App>().await;
    let mut last = 0;
    table.create_many(tasks(3)).on_progress(|done, _| last = done).await?.into_complete()?;
    assert_eq!(last, 3);
    Ok(())
}

mod spans {
    use super::*;
    use tracing::field::{Field, Visit};
    use tracing::span::{Attributes, Id as SpanId, Record};
    use tracing_subscriber::Layer;
    use tracing_subscriber::layer::{Context, SubscriberExt};
    use tracing_subscriber::registry::LookupSpan;

    /// The operation of a span, of the one around it, and its requests.
    #[derive(Default)]
    struct Seen(HashMap<&'static str, String>);

    impl Visit for Seen {
        fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
            self.0.insert(field.name(), format!("{value:?}"));
        }
    }

    #[derive(Clone, Default)]
    struct Listener(Arc<Mutex<Vec<(String, String, String)>>>);

    impl<S: tracing::Subscriber + for<'s> LookupSpan<'s>> Layer<S> for Listener {
        fn on_new_span(&self, attributes: &Attributes<'_>, id: &SpanId, context: Context<'_, S>) {
            let mut seen = Seen::default();
            attributes.record(&mut seen);
            context.span(id).expect("it is new").extensions_mut().insert(seen);
        }

        fn on_record(&self, id: &SpanId, record: &Record<'_>, context: Context<'_, S>) {
            if let Some(seen) = context.span(id).expect("it is open").extensions_mut().get_mut::<Seen>() {
                record.record(seen);
            }
        }

        fn on_close(&self, id: SpanId, context: Context<'_, S>) {
            let span = context.span(&id).filter(|span| span.name() == "simpletable");
            let Some(span) = span else { return };
            let told = |name| span.extensions().get::<Seen>().and_then(|seen| seen.0.get(name).cloned()).unwrap_or_default();
            let around =
                span.parent().and_then(|parent| parent.extensions().get::<Seen>()?.0.get("operation").cloned()).unwrap_or_default();
            self.0.lock().expect("no test panics in here").push((told("operation"), around, told("requests")));
        }
    }

    #[tokio::test]
    async fn one_for_each_call_and_each_operation_in_it() -> Result<()> {
        let table = engine::table::<App>().await;
        let listener = Listener::default();
        let _guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(listener.clone()));
        let made = table.create_many(tasks(2)).await?.into_complete()?;
        table.put_many(tasks(30)).await?.into_complete()?;
        table.get_many(&made).await?;
        table.delete_many(&made).await?.into_complete()?;
        let seen = std::mem::take(&mut *listener.0.lock().expect("no test panics in here"));
        let seen: Vec<_> =
            seen.iter().map(|(operation, around, requests)| format!("{around}>{operation} {requests}").replace('"', "")).collect();
        let expected = [
            "create_many>create 1",
            "create_many>create 1",
            ">create_many 2",
            ">put_many 2",
            ">get_many 1",
            "delete_many>delete 1",
            "delete_many>delete 1",
            ">delete_many 2",
        ];
        assert_eq!(seen, expected);
        Ok(())
    }
}
