//! `table.get_all(..)`: several resources as they were at one moment.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use simpletable::fault::{Failure, Fault, Faults};
use simpletable::{Error, Id, Result, SingleTable, Table, TransactionProblem};

use crate::engine;
use crate::faults::impatient;
use crate::kinds::{App, Document, Invoice, Task};
use crate::stored::{self, n};

async fn tables() -> (Table<App>, Table<App>, Faults) {
    let table = engine::table::<App>().await;
    let other = Table::new::<App>(impatient(table.client()), table.name());
    let faults = Faults::new();
    (other.with_faults(&faults), other, faults)
}

#[tokio::test]
async fn finds_each_by_its_position() -> Result<()> {
    let (table, other, faults) = tables().await;
    let task = other.create(Task::new("ann")).await?;
    let document = other.create(Document::new("plan")).await?;
    let invoice = other.create(Invoice::new(7)).await?;
    let (a, b, c, d, e) =
        table.get_all((task.id(), &document, Invoice::key("acme", 7), Id::<Task>::from("none"), Id::<Task>::from(""))).await?;
    assert_eq!((a, b, c, d, e), (Some(task.clone()), Some(document), Some(invoice), None, None));
    assert_eq!(faults.requests(), ["TransactGetItems"]);
    // A row that is asked for twice is read once.
    let twice = table.get_all(vec![task.id(), task.id()]).await?;
    assert_eq!(twice, [Some(task.clone()), Some(task)]);
    faults.clear();
    assert_eq!(table.get_all(Vec::<Id<Task>>::new()).await?, []);
    assert_eq!(table.get_all((Id::<Task>::from(""),)).await?, (None,));
    assert!(faults.requests().is_empty());
    Ok(())
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(ttl = "until")]
struct Lease {
    until: DateTime<Utc>,
}

#[tokio::test]
async fn expired_and_retired_rows_are_gone() -> Result<()> {
    let table = engine::table::<Lease>().await;
    let lease = |hours| Lease { until: Utc::now() + TimeDelta::hours(hours) };
    let (old, new) = (table.create(lease(-1)).await?, table.create(lease(1)).await?);
    assert_eq!(table.get_all((&old, &new)).await?, (None, Some(new)));

    let table = engine::table::<App>().await;
    let document = table.create(Document::new("plan")).id("one").await?;
    stored::change(&table, ("Document#one", "v0"), "SET version = :v", n(-1)).await;
    assert_eq!(table.get_all((&document,)).await?, (None,));
    Ok(())
}

#[tokio::test]
async fn more_than_100_are_refused() -> Result<()> {
    let (table, _, faults) = tables().await;
    let ids = |count: usize| (0..count).map(|number| Id::<Task>::from(number.to_string())).collect::<Vec<_>>();
    let error = table.get_all(ids(101)).await.expect_err("too many");
    assert!(matches!(error, Error::InvalidTransaction { problem: TransactionProblem::Keys { keys: 101, limit: 100 } }));
    assert!(faults.requests().is_empty());
    assert_eq!(table.get_all(ids(100)).await?.len(), 100);
    Ok(())
}

#[tokio::test]
async fn busy_rows_are_read_again() -> Result<()> {
    let (table, other, faults) = tables().await;
    let task = other.create(Task::new("ann")).await?;
    faults.inject(Fault::before(Failure::Cancelled(&["TransactionConflict", "None"])).times(2));
    assert_eq!(table.get_all((&task, Id::<Task>::from("none"))).await?, (Some(task.clone()), None));
    assert_eq!(faults.requests(), ["TransactGetItems"; 3]);
    faults.clear();
    faults.inject(Fault::before(Failure::Cancelled(&["TransactionConflict"])).always());
    let error = table.get_all((&task,)).await.expect_err("busy");
    assert!(matches!(error, Error::Busy { entity: "Task", operation: "get_all", attempts: 6 }));
    assert_eq!(faults.requests(), ["TransactGetItems"; 6]);
    Ok(())
}

/// Two rows that change only together are never seen apart.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn it_is_one_snapshot() -> Result<()> {
    let table = engine::table::<App>().await;
    let mut pair = (table.create(Task::new("a")).await?, table.create(Task::new("b")).await?);
    let keys = (pair.0.key(), pair.1.key());
    let writer = tokio::spawn({
        let table = table.clone();
        async move {
            for count in 1..=40 {
                let (a, b) = (table.update(pair.0, |task| task.count = count), table.update(pair.1, |task| task.count = count));
                pair = table.transact((a, b)).await?;
            }
            Ok::<_, Error>(())
        }
    });
    let mut seen = 0;
    while seen < 40 {
        let (Some(a), Some(b)) = table.get_all((&keys.0, &keys.1)).await? else { unreachable!("both are there") };
        assert_eq!(a.count, b.count);
        seen = a.count;
    }
    writer.await.expect("the writer does not panic")
}
