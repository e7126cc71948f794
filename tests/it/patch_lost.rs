//! A patch whose answer is lost counts once, and its caller is told the truth.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use simpletable::fault::{Failure, Fault, Faults};
use simpletable::{Error, Resource, Result, SettableClock, SingleTable, Table};

use crate::engine;
use crate::faults::impatient;
use crate::stored;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
struct Counter {
    count: u32,
}

/// Answers that the SDK waits for in vain, and so sends the request again.
const LOST: [Failure; 3] = [Failure::Connection, Failure::TimeOut, Failure::ServerError];

struct Tables {
    faults: Faults,
    faulty: Table<Counter>,
    /// Past the faults.
    other: Table<Counter>,
    counter: Resource<Counter>,
}

async fn tables() -> Result<Tables> {
    let table = engine::table::<Counter>().await;
    let other = Table::new(impatient(table.client()), table.name());
    let faults = Faults::new();
    let counter = other.create(Counter { count: 5 }).await?;
    Ok(Tables { faulty: other.with_faults(&faults), faults, other, counter })
}

#[tokio::test]
async fn it_counts_once() -> Result<()> {
    for failure in LOST {
        for fault in [Fault::before(failure), Fault::after(failure)] {
            let Tables { faults, faulty, other, counter } = tables().await?;
            faults.inject(fault);
            let after = faulty.patch(&counter).add(|c| c.count, 1).await?;
            assert_eq!(faults.requests(), ["UpdateItem", "UpdateItem"]);
            assert_eq!(after.count, 6);
            assert_eq!(other.read(&counter).consistent().await?, after);
            // The answer is as good as one that was read.
            other.update(after, |c| c.count += 1).await?;
        }
    }
    Ok(())
}

#[tokio::test]
async fn it_counts_once_over_three_attempts() -> Result<()> {
    let Tables { faults, faulty, other, counter } = tables().await?;
    faults.inject(Fault::after(Failure::ServerError).times(2));
    assert_eq!(faulty.patch(&counter).add(|c| c.count, 1).await?.count, 6);
    assert_eq!(faults.requests().len(), 3);
    assert_eq!(other.read(&counter).consistent().await?.count, 6);
    Ok(())
}

#[tokio::test]
async fn exactly_once_counts_once() -> Result<()> {
    for failure in LOST {
        for fault in [Fault::before(failure), Fault::after(failure)] {
            let Tables { faults, faulty, other, counter } = tables().await?;
            faults.inject(fault);
            faulty.patch(&counter).add(|c| c.count, 1).exactly_once().await?;
            assert_eq!(faults.requests(), ["TransactWriteItems", "TransactWriteItems"]);
            assert_eq!(other.read(&counter).consistent().await?.count, 6);
        }
    }
    Ok(())
}

/// The answer is lost after the commit, and before it is sent again somebody else writes.
#[tokio::test]
async fn exactly_once_counts_once_whoever_writes_between() -> Result<()> {
    let Tables { faults, faulty, other, counter } = tables().await?;
    let (writer, key) = (other.clone(), counter.key());
    faults.inject(Fault::after(Failure::TimeOut));
    faults.inject(Fault::meanwhile(async move { drop(writer.patch(key).add(|c| c.count, 10).await.expect("it is written")) }).nth(2));
    faulty.patch(&counter).add(|c| c.count, 1).exactly_once().await?;
    assert_eq!(other.read(&counter).consistent().await?.count, 16);
    Ok(())
}

/// The answer is lost, and before it is sent again somebody else deletes the row: nobody can tell.
#[tokio::test]
async fn a_row_that_is_gone_tells_nothing() -> Result<()> {
    for fault in [Fault::before(Failure::TimeOut), Fault::after(Failure::TimeOut)] {
        let Tables { faults, faulty, other, counter } = tables().await?;
        let (writer, key) = (other.clone(), counter.key());
        faults.inject(fault);
        faults.inject(Fault::meanwhile(async move { writer.delete(key).await.expect("it is deleted") }).nth(2));
        let error = faulty.patch(&counter).add(|c| c.count, 1).await.expect_err("nobody can know");
        assert!(matches!(error, Error::Unknown { operation: "patch", .. }));
        assert!(stored::all(&other).await.is_empty());
    }
    Ok(())
}

#[tokio::test]
async fn answers_that_never_come_are_unknown() -> Result<()> {
    for failure in [Failure::Connection, Failure::TimeOut, Failure::ServerError, Failure::Unreadable] {
        let Tables { faults, faulty, other, counter } = tables().await?;
        faults.inject(Fault::after(failure).always());
        let error = faulty.patch(&counter).add(|c| c.count, 1).await.expect_err("no answer came");
        assert!(error.is_unknown() && !error.is_retryable(), "{failure:?}");
        assert_eq!(other.read(&counter).consistent().await?.count, 6, "once, whatever came back");
    }
    Ok(())
}

#[tokio::test]
async fn a_refusal_is_no_lost_answer() -> Result<()> {
    let Tables { faults, faulty, other, counter } = tables().await?;
    faults.inject(Fault::before(Failure::Throttling).always());
    let error = faulty.patch(&counter).add(|c| c.count, 1).await.expect_err("it is throttled");
    assert!(error.is_throttled());
    faults.clear();
    faults.inject(Fault::before(Failure::TransactionConflict).times(2));
    assert_eq!(faulty.patch(&counter).add(|c| c.count, 1).await?.count, 6);
    faults.clear();
    faults.inject(Fault::before(Failure::TransactionConflict).always());
    assert!(matches!(faulty.patch(&counter).add(|c| c.count, 1).await, Err(Error::Busy { operation: "patch", .. })));
    assert_eq!(other.read(&counter).consistent().await?.count, 6);
    Ok(())
}

#[tokio::test]
async fn or_create_is_made_once() -> Result<()> {
    for failure in LOST {
        let Tables { faults, faulty, other, counter } = tables().await?;
        other.delete(&counter).await?;
        faults.inject(Fault::after(failure).on("PutItem"));
        let created = faulty.patch(&counter).add(|c| c.count, 1).or_create(Counter { count: 1 }).await?;
        assert_eq!((created.count, created.id()), (1, counter.id()));
        assert_eq!(faults.requests(), ["UpdateItem", "PutItem", "PutItem"]);
        faults.clear();
        faults.inject(Fault::after(failure).on("UpdateItem"));
        assert_eq!(faulty.patch(&counter).add(|c| c.count, 1).or_create(Counter { count: 1 }).await?.count, 2);
        assert_eq!(faults.requests(), ["UpdateItem", "UpdateItem"]);
    }
    Ok(())
}

/// Somebody else creates the resource after the patch has not found it: then it is patched.
#[tokio::test]
async fn or_create_patches_what_somebody_else_has_created() -> Result<()> {
    let Tables { faults, faulty, other, counter } = tables().await?;
    other.delete(&counter).await?;
    let (writer, id) = (other.clone(), counter.id().clone());
    faults.inject(Fault::meanwhile(async move { drop(writer.create(Counter { count: 10 }).id(id).await.expect("created")) }).on("PutItem"));
    assert_eq!(faulty.patch(&counter).add(|c| c.count, 1).or_create(Counter { count: 1 }).await?.count, 11);
    assert_eq!(faults.requests(), ["UpdateItem", "PutItem", "UpdateItem"]);
    Ok(())
}

/// Two processes whose clocks show the same microsecond: no answer was lost, so it is not taken for a repetition.
#[tokio::test]
async fn the_same_time_in_two_processes_is_no_repetition() -> Result<()> {
    let clock = SettableClock::new(chrono::DateTime::from_timestamp(1_800_000_000, 0).expect("a time"));
    let first = engine::builder::<Counter>().clock(clock.clone()).build().await?;
    let faults = Faults::new();
    let second =
        Table::builder::<Counter>(first.name()).client(first.client().clone()).clock(clock.clone()).build().await?.with_faults(&faults);
    let counter = first.create(Counter { count: 0 }).await?;
    clock.advance(chrono::TimeDelta::seconds(1));
    let one = first.patch(&counter).add(|c| c.count, 1).await?;
    let two = second.patch(&counter).add(|c| c.count, 1).await?;
    assert_eq!((one.count, two.count), (1, 2));
    assert_ne!(one.updated_at(), two.updated_at());
    assert_eq!(faults.requests().len(), 2);
    Ok(())
}

/// DynamoDB adds, so that none of many at once is lost and none is sent twice.
#[tokio::test]
async fn many_at_once_are_all_counted() -> Result<()> {
    let Tables { faults, faulty, other, counter } = tables().await?;
    let table = Arc::new(faulty);
    let patches = (0..50).map(|_| {
        let (table, key) = (Arc::clone(&table), counter.key());
        tokio::spawn(async move { table.patch(key).add(|c| c.count, 1).await })
    });
    for patched in futures::future::join_all(patches).await {
        patched.expect("no panic")?;
    }
    assert_eq!(other.read(&counter).consistent().await?.count, 55);
    assert_eq!(faults.requests().len(), 50);
    Ok(())
}
