//! `table.transact(..)`: several operations together, or none.

use std::error::Error as _;
use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::config::interceptors::BeforeTransmitInterceptorContextRef;
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;
use serde::{Deserialize, Serialize};
use simpletable::fault::{Failure, Fault, Faults};
use simpletable::{Error, Id, Result, SingleTable, Table, TransactionProblem};

use crate::engine;
use crate::faults::impatient;
use crate::kinds::{Account, App, Document, Invoice, Letter, Task, User};
use crate::stored::{self, n};

/// The table, and the same behind faults.
async fn tables() -> (Table<App>, Table<App>, Faults) {
    let table = engine::table::<App>().await;
    let other = Table::new::<App>(impatient(table.client()), table.name());
    let faults = Faults::new();
    (other.with_faults(&faults), other, faults)
}

#[tokio::test]
async fn any_mix_is_made_together() -> Result<()> {
    let (table, other, faults) = tables().await;
    let task = other.create(Task::new("ann")).await?;
    let document = other.create(Document::new("plan")).await?;
    let invoice = other.create(Invoice::new(7)).await?;
    let letter = other.create(Letter { title: "dear".into(), count: 0 }).await?;
    let gone = other.create(Document::new("old")).await?;
    let gone = other.update(gone, |document| document.count = 1).await?;
    let checked = other.create(User::new("bob@acme.io")).await?;

    let (user, task, document, invoice, (), (), put, (), page) = table
        .transact((
            table.create(User::new("ann@acme.io")),
            table.update(task, |task| task.count = 1).when(|task| task.count.eq(0)),
            table.update(document, |document| document.count = 2),
            table.rekey(invoice, |invoice| invoice.number = 8),
            table.delete(letter.id()),
            table.delete(gone.id()),
            table.put(Task::new("bob")).id("blind"),
            table.check(&checked).when(|user| user.count.eq(0)),
            table.create(Document::new("new")).id("new"),
        ))
        .await?;
    // The head of the deleted history was read first.
    assert_eq!(faults.requests(), ["TransactGetItems", "TransactWriteItems"]);

    assert_eq!(other.read(&user).consistent().await?, user);
    assert_eq!((other.read(&task).consistent().await?.count, task.count), (1, 1));
    assert_eq!((other.read(&document).consistent().await?, document.version()), (document.clone(), 2));
    assert_eq!((other.read(&invoice).consistent().await?.number, invoice.number), (8, 8));
    assert!(other.get(Invoice::key("acme", 7)).consistent().await?.is_none());
    assert!(other.get(&letter).consistent().await?.is_none());
    assert_eq!(other.read(&put).consistent().await?, put);
    assert_eq!(other.read(&page).consistent().await?, page);
    assert_eq!(other.read(&checked).consistent().await?, checked);
    // Two rows of each history, and none of the deleted one.
    let keys: Vec<_> = stored::all(&other).await.iter().map(stored::key).filter(|(pk, _)| pk.starts_with("Document#")).collect();
    let expected = [(&document, ["v0", "v1", "v2"].as_slice()), (&page, ["v0", "v1"].as_slice())];
    let mut expected: Vec<_> =
        expected.iter().flat_map(|(d, sks)| sks.iter().map(|sk| (format!("Document#{}", d.id()), (*sk).to_owned()))).collect();
    expected.sort();
    assert_eq!(keys, expected);
    // What it gave is as good as what was read.
    other.update(task, |task| task.count = 2).await?;
    other.update(document, |document| document.count = 3).await?;
    Ok(())
}

#[tokio::test]
async fn a_versioned_entity_brings_its_pruning_along() -> Result<()> {
    let table = engine::table::<App>().await;
    let mut account = table.create(Account::new("ann@acme.io")).await?;
    for count in 1..=4 {
        (account,) = table.transact((table.update(account, |account| account.count = count),)).await?;
    }
    let sks: Vec<_> = stored::all(&table).await.iter().map(|row| stored::key(row).1).collect();
    assert_eq!(sks, ["v0", "v4", "v5"]);
    Ok(())
}

#[tokio::test]
async fn a_vec_takes_one_kind_and_may_be_empty() -> Result<()> {
    let (table, other, faults) = tables().await;
    let creates = (0..50).map(|number| table.create(Invoice::new(number))).collect::<Vec<_>>();
    let invoices = table.transact(creates).await?;
    assert_eq!(invoices.iter().map(|invoice| invoice.number).collect::<Vec<_>>(), (0..50).collect::<Vec<_>>());
    assert_eq!(faults.requests(), ["TransactWriteItems"]);
    let done: Vec<()> = table.transact(invoices.iter().map(|invoice| table.delete(invoice)).collect::<Vec<_>>()).await?;
    assert_eq!(done.len(), 50);
    assert!(stored::all(&other).await.is_empty());
    faults.clear();
    assert_eq!(table.transact(Vec::<simpletable::Delete<Task>>::new()).await?.len(), 0);
    assert!(faults.requests().is_empty());
    Ok(())
}

fn why(error: &Error) -> &Error {
    let Error::Transaction { source, .. } = error else { panic!("{error:?}") };
    source
}

/// The failed operation of a transaction whose first operation is in order.
async fn failing<D: Send + std::fmt::Debug + 'static>(
    table: &Table<App>,
    operation: impl simpletable::TransactionOp<Done = D>,
    expected: (&str, &str),
) -> Result<Error> {
    let rows = stored::all(table).await;
    let error = table.transact((table.create(Task::new("first")), operation)).await.expect_err("it fails");
    assert_eq!(stored::all(table).await, rows, "nothing was written");
    let Error::Transaction { position, entity, operation, source } = &error else { panic!("{error:?}") };
    assert_eq!((*position, *entity, *operation), (1, expected.1, expected.0));
    let (text, cause) = (error.to_string(), source.to_string());
    assert_eq!(text, format!("nothing was written: operation 1 of the transaction, `{operation}` of {entity}, failed"));
    assert_eq!(error.source().expect("a cause").to_string(), cause);
    Ok(error)
}

#[tokio::test]
async fn a_failure_says_which_operation_failed_and_why() -> Result<()> {
    let table = engine::table::<App>().await;
    let user = table.create(User::new("ann@acme.io")).await?;
    let stale = user.clone();
    let user = table.update(user, |user| user.count = 5).await?;
    let t = &table;

    let error = failing(t, t.create(User::new("ann@acme.io")), ("create", "User")).await?;
    assert!(error.is_already_exists());
    assert_eq!(error.current(), Some(user.clone()));
    let error = failing(t, t.update(stale.clone(), |user| user.count = 6), ("update", "User")).await?;
    assert!(error.is_conflict() && !error.is_condition_failed());
    assert_eq!(error.current(), Some(user.clone()));
    let error = failing(t, t.update(user.clone(), |user| user.count = 6).when(|user| user.count.lt(5)), ("update", "User")).await?;
    assert!(error.is_condition_failed() && !error.is_conflict());
    assert_eq!(error.current(), Some(user.clone()));
    let error = failing(t, t.delete(&stale).if_unchanged(&stale), ("delete", "User")).await?;
    assert!(error.is_conflict());
    let error = failing(t, t.delete(Id::<Task>::from("none")), ("delete", "Task")).await?;
    assert!(error.is_not_found());
    let error = failing(t, t.delete(Id::<Document>::from("none")), ("delete", "Document")).await?;
    assert!(error.is_not_found());
    let error = failing(t, t.delete(Id::<Document>::from("")), ("delete", "Document")).await?;
    assert!(error.is_not_found());
    let error = failing(t, t.put(User::new("ann@acme.io")).when(|user| user.count.eq(0)), ("put", "User")).await?;
    assert!(error.is_condition_failed());
    let error = failing(t, t.check(&user).when(|user| user.count.eq(0)), ("check", "User")).await?;
    assert!(error.is_condition_failed());
    assert_eq!(error.current(), Some(user.clone()));
    let error = failing(t, t.check(User::key("none")).when(|user| user.count.not_exists()), ("check", "User")).await?;
    assert!(error.is_not_found());

    // What is refused before anything is sent says so too.
    let invoice = table.create(Invoice::new(7)).await?;
    let error = failing(t, t.update(invoice, |invoice| invoice.number = 8), ("update", "Invoice")).await?;
    assert!(matches!(why(&error), Error::KeyChanged { .. }));
    let error = failing(t, t.create(Task::new(&"x".repeat(500_000))), ("create", "Task")).await?;
    assert!(matches!(why(&error), Error::ItemTooLarge { .. } | Error::KeyValue { .. }));
    Ok(())
}

#[tokio::test]
async fn what_dynamodb_would_refuse_is_not_sent() -> Result<()> {
    let (table, other, faults) = tables().await;
    let problem = |error: Error| match error {
        Error::InvalidTransaction { problem } => problem,
        error => panic!("{error:?}"),
    };
    let creates = |count: u32| (0..count).map(|number| table.create(Invoice::new(number))).collect::<Vec<_>>();
    let refused = table.transact(creates(101)).await.expect_err("too many");
    assert_eq!(problem(refused), TransactionProblem::Actions { actions: 101, limit: 100 });
    // Two rows each.
    let creates_of_two = (0..51).map(|number| table.create(Document::new("plan")).id(number.to_string())).collect::<Vec<_>>();
    let refused = table.transact(creates_of_two).await.expect_err("too many rows");
    assert_eq!(problem(refused), TransactionProblem::Actions { actions: 102, limit: 100 });

    let same = (table.create(User::new("a")), table.create(User::new("b")), table.put(User::new("a")));
    assert_eq!(problem(table.transact(same).await.expect_err("one row")), TransactionProblem::SameRow { first: 0, second: 2 });
    // Rows that would be read first are not even read.
    let ids: Vec<Id<Document>> = (0..101).map(|number| Id::from(number.to_string())).collect();
    let refused = table.transact(ids.iter().map(|id| table.delete(id)).collect::<Vec<_>>()).await.expect_err("too many");
    assert_eq!(problem(refused), TransactionProblem::Actions { actions: 101, limit: 100 });
    let same = (table.delete(&ids[0]), table.create(Task::new("ann")), table.delete(&ids[0]));
    assert_eq!(problem(table.transact(same).await.expect_err("one row")), TransactionProblem::SameRow { first: 0, second: 2 });
    assert_eq!(faults.requests(), Vec::<String>::new());
    let user = other.create(User::new("ann")).await?;
    let same = (table.delete(&user), table.check(&user).when(|user| user.count.eq(0)));
    assert_eq!(problem(table.transact(same).await.expect_err("one row")), TransactionProblem::SameRow { first: 0, second: 1 });

    let letter = |title: &str| Letter { title: title.into(), count: 0 };
    // Hardly to be compressed.
    let noise: String = (0..380_000_u32).map(|i| char::from(b'!' + (i.wrapping_mul(2_654_435_761) >> 13) as u8 % 90)).collect();
    let big = || Task { owner: "ann".into(), tags: [noise.clone()].into(), ..Task::new("ann") };
    let refused = table.transact((0..12).map(|_| table.create(big())).collect::<Vec<_>>()).await.expect_err("over 4 MB");
    assert!(matches!(problem(refused), TransactionProblem::Bytes { limit: 4_194_304, .. }));

    let elsewhere = engine::table::<App>().await;
    let refused = table.transact((table.create(letter("a")), elsewhere.create(letter("b")))).await.expect_err("another table");
    assert_eq!(problem(refused), TransactionProblem::OtherTable { position: 1 });
    assert!(faults.requests().is_empty());
    // Clones are the same table.
    table.transact((table.create(letter("a")), table.clone().create(letter("b")))).await?;
    Ok(())
}

#[tokio::test]
async fn a_long_history_does_not_fit() -> Result<()> {
    let table = engine::table::<App>().await;
    let document = table.create(Document::new("plan")).id("one").await?;
    stored::change(&table, ("Document#one", "v0"), "SET version = :v", n(100)).await;
    let error = table.transact((table.create(Task::new("ann")), table.delete(&document))).await.expect_err("too long");
    assert!(matches!(&error, Error::Transaction { position: 1, entity: "Document", operation: "delete", .. }));
    assert!(matches!(why(&error), Error::InvalidTransaction { problem: TransactionProblem::History { limit: 99 } }));
    assert!(table.get(&document).consistent().await?.is_some(), "it is in service");
    Ok(())
}

/// Whoever changes a history between the read and the transaction wins.
#[tokio::test]
async fn a_deletion_of_a_history_is_conditional_on_what_was_read() -> Result<()> {
    let (table, other, faults) = tables().await;
    let document = other.create(Document::new("plan")).await?;
    let theirs = other.update(document.clone(), |document| document.count = 9);
    faults.inject(Fault::meanwhile(async { drop(theirs.await.expect("they write")) }).on("TransactWriteItems"));
    let error = table.transact((table.delete(&document),)).await.expect_err("they were first");
    assert!(error.is_conflict());
    assert_eq!(other.read(&document).consistent().await?.count, 9);
    Ok(())
}

/// A counter whose increments show how often a transaction was made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(id = "<name>")]
struct Counter {
    name: String,
    count: u64,
}

/// Keeps the bodies that are sent.
#[derive(Debug, Clone, Default)]
struct Bodies(Arc<Mutex<Vec<Vec<u8>>>>);

impl Intercept for Bodies {
    fn name(&self) -> &'static str {
        "Bodies"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let body = context.request().body().bytes().expect("in memory").to_vec();
        self.0.lock().expect("no test panics in here").push(body);
        Ok(())
    }
}

#[tokio::test]
async fn a_lost_answer_is_sent_again_in_the_same_bytes_and_made_once() -> Result<()> {
    for failure in [Failure::Connection, Failure::TimeOut, Failure::ServerError] {
        // Once the SDK repeats it; then it gives up after 3 attempts, and the library does.
        for (lost, sent) in [(1, 2), (3, 4), (7, 8)] {
            let table = engine::table::<Counter>().await;
            let bodies = Bodies::default();
            let client = impatient(table.client());
            let client = aws_sdk_dynamodb::Client::from_conf(client.config().to_builder().interceptor(bodies.clone()).build());
            let other = Table::new::<Counter>(client, table.name());
            let faults = Faults::new();
            let faulty = other.with_faults(&faults);
            let counter = table.create(Counter { name: "one".into(), count: 0 }).await?;
            faults.inject(Fault::after(failure).times(lost));
            let create = faulty.create(Counter { name: "two".into(), count: 1 });
            let (counter, _) = faulty.transact((faulty.update(counter, |counter| counter.count += 1), create)).await?;
            assert_eq!(faults.requests(), vec!["TransactWriteItems"; sent], "{failure:?}");
            assert_eq!((counter.count, table.read(&counter).consistent().await?.count), (1, 1));
            let bodies = std::mem::take(&mut *bodies.0.lock().expect("no test panics in here"));
            assert_eq!(bodies.len(), sent);
            assert!(bodies.windows(2).all(|pair| pair[0] == pair[1]), "the same bytes, under one token");
            // What the answer would have said is good for the next update.
            table.update(counter, |counter| counter.count += 1).await?;
        }
    }
    Ok(())
}

#[tokio::test]
async fn what_stays_lost_is_unknown() -> Result<()> {
    let (table, other, faults) = tables().await;
    faults.inject(Fault::after(Failure::ServerError).always());
    let error = table.transact((table.create(User::new("ann")), table.create(Task::new("ann")))).await.expect_err("no answer");
    assert!(error.is_unknown() && !error.is_retryable());
    assert_eq!(faults.requests().len(), 9, "3 attempts of the SDK, 3 times");
    assert_eq!(stored::all(&other).await.len(), 2);
    Ok(())
}

#[tokio::test]
async fn a_busy_transaction_is_tried_again_under_a_new_token() -> Result<()> {
    let (table, other, faults) = tables().await;
    faults.inject(Fault::before(Failure::Cancelled(&["None", "TransactionConflict"])).times(2));
    let (user, task) = table.transact((table.create(User::new("ann")), table.create(Task::new("ann")))).await?;
    assert_eq!(faults.requests().len(), 3);
    assert_eq!(other.read(&user).consistent().await?, user);
    assert_eq!(other.read(&task).consistent().await?, task);
    faults.clear();
    faults.inject(Fault::before(Failure::Cancelled(&["TransactionConflict", "None"])).always());
    let error = table.transact((table.create(User::new("bob")), table.create(Task::new("bob")))).await.expect_err("busy");
    assert!(matches!(error, Error::Busy { operation: "transact", attempts: 6, .. }) && error.is_retryable());
    Ok(())
}

/// DynamoDB says of an action that it cannot be made, in words of its own: the operation is told all the same.
#[tokio::test]
async fn other_reasons_tell_the_operation_too() -> Result<()> {
    let (table, _, faults) = tables().await;
    faults.inject(Fault::before(Failure::Cancelled(&["None", "ItemCollectionSizeLimitExceeded"])));
    let error = table.transact((table.create(User::new("ann")), table.create(Task::new("ann")))).await.expect_err("refused");
    assert!(matches!(&error, Error::Transaction { position: 1, entity: "Task", operation: "create", .. }), "{error:?}");
    assert!(!error.is_unknown());
    Ok(())
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(id = "<name>")]
struct Stock {
    name: String,
    left: u64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
struct Sale {
    of: String,
}

#[derive(SingleTable)]
enum Shop {
    Stock(Stock),
    Sale(Sale),
}

/// Many buyers of few things, each in one transaction: no more is sold than there is, and every sale is paid for by stock.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn stock_cannot_go_negative() -> Result<()> {
    let table = engine::table::<Shop>().await;
    for name in ["cup", "pen"] {
        table.create(Stock { name: name.into(), left: 5 }).await?;
    }
    let buyers = (0..16).map(|buyer| {
        let table = table.clone();
        tokio::spawn(async move {
            let [first, second] = if buyer % 2 == 0 { ["cup", "pen"] } else { ["pen", "cup"] };
            loop {
                let (Some(a), Some(b)) = table.get_all((Stock::key(first), Stock::key(second))).await? else {
                    unreachable!("both are there")
                };
                let take = |stock: simpletable::Resource<Stock>| {
                    table.update(stock, |stock| stock.left = stock.left.saturating_sub(1)).when(|stock| stock.left.ge(1))
                };
                match table.transact((take(a), take(b), table.create(Sale { of: buyer.to_string() }))).await {
                    Ok(_) => return Ok(1),
                    Err(error) if error.is_condition_failed() => return Ok(0),
                    Err(error) if error.is_conflict() || error.is_retryable() => tokio::task::yield_now().await,
                    Err(error) => return Err(error),
                }
            }
        })
    });
    let mut sold = 0;
    for buyer in buyers.collect::<Vec<_>>() {
        sold += buyer.await.expect("no buyer panics")?;
    }
    let left = table.get_all(vec![Stock::key("cup"), Stock::key("pen")]).await?;
    assert_eq!(left.into_iter().map(|stock| stock.expect("there").left).collect::<Vec<_>>(), [0, 0]);
    assert_eq!((sold, table.scan::<Sale>().count().await?), (5, 5));
    Ok(())
}
