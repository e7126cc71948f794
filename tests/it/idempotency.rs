//! `.idempotency_key`: a write that is sent again under its key is made once, and says so.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use simpletable::fault::{Failure, Fault, Faults};
use simpletable::{Error, KeyProblem, Result, SettableClock, Table};

use crate::engine;
use crate::faults::impatient;
use crate::kinds::{Account, App, Document, Invoice, Sample, Task, User, for_every_kind};
use crate::stored::{self, Row, n, s};

fn applied<T: std::fmt::Debug>(result: Result<T>) {
    let error = result.expect_err("it was made before");
    assert!(error.is_already_applied() && !error.is_retryable(), "{error:?}");
}

async fn every_write_is_made_once<T: Sample>() -> Result<()> {
    let table = engine::table::<T>().await;
    let one = T::create(&table).idempotency_key("create").await?;
    applied(T::create(&table).idempotency_key("create").await);
    // Under another key it is another write, which finds the first.
    assert!(T::create(&table).idempotency_key("again").await.is_err_and(|error| error.is_already_exists()));

    let two = table.update(one.clone(), |value| *value.count_mut() += 1).idempotency_key("update").await?;
    applied(table.update(one.clone(), |value| *value.count_mut() += 1).idempotency_key("update").await);
    let three = table.modify(&two, |value| *value.count_mut() += 1).idempotency_key("modify").await?;
    applied(table.modify(&two, |value| *value.count_mut() += 1).idempotency_key("modify").await);
    let four = table.update_at(&three, three.revision(), |value| *value.count_mut() += 1).idempotency_key("at").await?;
    applied(table.update_at(&three, three.revision(), |value| *value.count_mut() += 1).idempotency_key("at").await);
    assert_eq!((four.count(), table.read(&one).consistent().await?), (3, four.clone()));

    table.delete(&one).idempotency_key("delete").await?;
    applied(table.delete(&one).idempotency_key("delete").await);
    applied(table.delete(&one).if_unchanged(&four).idempotency_key("delete").await);
    applied(table.modify(&two, |_| {}).idempotency_key("modify").await);
    applied(table.update_at(&three, three.revision(), |_| {}).idempotency_key("at").await);
    assert!(table.delete(&one).idempotency_key("other").await.is_err_and(|error| error.is_not_found()));
    assert!(table.modify(&two, |_| {}).idempotency_key("other").await.is_err_and(|error| error.is_not_found()));
    // Nothing but the keys is left.
    let rows = stored::all(&table).await;
    assert_eq!(rows.len(), 5);
    assert!(rows.iter().all(|row| row["pk"] == row["sk"] && stored::key(row).0.starts_with("_INTERNAL#Idempotency#")));
    Ok(())
}

for_every_kind!(every_write_is_made_once);

#[tokio::test]
async fn a_key_is_kept_for_its_period() -> Result<()> {
    let now = DateTime::<Utc>::from_timestamp(1_800_000_000, 0).expect("in range");
    let clock = SettableClock::new(now);
    let table = engine::builder::<Task>().clock(clock.clone()).build().await?;
    table.create(Task::new("ann")).idempotency_key("k").await?;
    let key = "_INTERNAL#Idempotency#k";
    let expected = Row::from([("pk".into(), s(key)), ("sk".into(), s(key)), ("ttl".into(), n(1_800_000_000u64 + 24 * 3600 + 1))]);
    assert_eq!(stored::one(&table, key, key).await, Some(expected));
    clock.advance(TimeDelta::hours(24));
    applied(table.create(Task::new("ann")).idempotency_key("k").await);
    clock.advance(TimeDelta::seconds(1));
    table.create(Task::new("ann")).idempotency_key("k").await?;
    assert_eq!(table.list::<Task>().count().await?, 2);

    let short = engine::builder::<Task>().clock(clock.clone()).idempotency_period(Duration::from_secs(5)).build().await?;
    let task = short.create(Task::new("ann")).idempotency_key("k").await?;
    short.delete(&task).idempotency_key("gone").await?;
    clock.advance(TimeDelta::seconds(6));
    assert!(short.delete(&task).idempotency_key("gone").await.is_err_and(|error| error.is_not_found()));
    short.create(Task::new("ann")).idempotency_key("k").await?;
    Ok(())
}

/// What it is for: nobody knows what became of the first call, and the second one does.
#[tokio::test]
async fn after_a_lost_answer_the_same_call_tells() -> Result<()> {
    for failure in [Failure::Connection, Failure::TimeOut, Failure::ServerError, Failure::Unreadable] {
        for made in [true, false] {
            let faults = Faults::new();
            let other = engine::table::<App>().await;
            let table = Table::new::<App>(impatient(other.client()), other.name()).with_faults(&faults);
            let user = other.create(User::new("ann@acme.io")).await?;
            // The first attempt arrives or it does not; of the rest nothing does.
            if made {
                faults.inject(Fault::after(failure).on("TransactWriteItems"));
            }
            faults.inject(Fault::before(Failure::Connection).on("TransactWriteItems").nth(1 + usize::from(made)).always());
            let add = || table.modify(&user, |user| user.count += 1).idempotency_key("visit");
            let first = add().await;
            assert!(matches!(first, Err(Error::Unknown { .. })), "{failure:?} {first:?}");
            faults.clear();
            let second = add().await;
            if made {
                applied(second);
            } else {
                second?;
            }
            applied(add().await);
            assert_eq!(other.read(&user).consistent().await?.count, 1, "{failure:?} {made}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn of_many_calls_with_one_key_one_writes() -> Result<()> {
    let table = engine::table::<App>().await;
    let user = table.create(User::new("ann@acme.io")).await?;
    let calls = (0..10).map(|_| {
        let (table, key) = (table.clone(), user.key());
        async move { table.modify(key, |user| user.count += 1).attempts(50).idempotency_key("visit").await }
    });
    let results = futures::future::join_all(calls).await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    for error in results.into_iter().filter_map(Result::err) {
        assert!(error.is_already_applied() || matches!(error, Error::Busy { .. }), "{error:?}");
    }
    assert_eq!(table.read(&user).consistent().await?.count, 1);
    Ok(())
}

#[tokio::test]
async fn a_refused_write_leaves_no_key() -> Result<()> {
    let table = engine::table::<App>().await;
    let one = table.create(Invoice::new(1)).await?;
    let stale = one.clone();
    let one = table.update(one, |invoice| invoice.count = 1).await?;
    assert!(table.create(Invoice::new(1)).idempotency_key("k").await.is_err_and(|error| error.is_already_exists()));
    assert!(table.update(stale, |invoice| invoice.count = 2).idempotency_key("k").await.is_err_and(|error| error.is_conflict()));
    table.rekey(one, |invoice| invoice.number = 2).idempotency_key("k").await?;
    applied(table.create(Invoice::new(1)).idempotency_key("k").await);
    Ok(())
}

#[tokio::test]
async fn a_blind_put_is_made_once() -> Result<()> {
    for made in [true, false] {
        let faults = Faults::new();
        let other = engine::table::<Task>().await;
        let table = Table::new::<Task>(impatient(other.client()), other.name()).with_faults(&faults);
        let put = |name: &str| table.put(Task::new(name)).id("one").idempotency_key("k");
        if made {
            faults.inject(Fault::after(Failure::ServerError).on("TransactWriteItems"));
        }
        faults.inject(Fault::before(Failure::Connection).on("TransactWriteItems").nth(1 + usize::from(made)).always());
        assert!(matches!(put("ann").await, Err(Error::Unknown { .. })), "{made}");
        faults.clear();
        // Somebody else's is not undone by the repeated one.
        if made {
            other.put(Task::new("bob")).id("one").await?;
            applied(put("ann").await);
            assert_eq!(other.read(simpletable::Id::<Task>::from("one")).await?.owner, "bob");
        } else {
            put("ann").await?;
            applied(put("ann").await);
        }
        let put = table.put(Task::new("eve")).id("one").idempotency_key("k").into_input()?;
        assert!(matches!(put, simpletable::WriteRequest::TransactWriteItems(_)));
    }
    Ok(())
}

/// The key of a transaction is of all its operations, beside those that have their own.
#[tokio::test]
async fn a_transaction_is_made_once() -> Result<()> {
    for made in [true, false] {
        let faults = Faults::new();
        let other = engine::table::<App>().await;
        let table = Table::new::<App>(impatient(other.client()), other.name()).with_faults(&faults);
        let user = other.create(User::new("ann@acme.io")).await?;
        let document = other.create(Document::new("plan")).await?;
        if made {
            faults.inject(Fault::after(Failure::ServerError).on("TransactWriteItems"));
        }
        faults.inject(Fault::before(Failure::Connection).on("TransactWriteItems").nth(1 + usize::from(made)).always());
        // The second time the document is gone already, which is read before anything is sent.
        let pay = || {
            let add = table.patch(&user).add(|user| user.count, 1);
            table.transact((add, table.create(Task::new("ann")), table.delete(&document))).idempotency_key("pay")
        };
        let first = pay().await;
        assert!(matches!(first, Err(Error::Unknown { .. })), "{made} {first:?}");
        faults.clear();
        if !made {
            pay().await?;
        }
        applied(pay().await);
        assert_eq!(other.read(&user).consistent().await?.count, 1, "{made}");
        assert_eq!(other.list::<Task>().count().await?, 1);
        // Where no document is read, the key itself refuses.
        applied(table.transact((table.patch(&user).add(|user| user.count, 1),)).idempotency_key("pay").await);
        assert_eq!(other.read(&user).consistent().await?.count, 1, "{made}");

        // A transaction that fails leaves no key, and what has a key of its own is made once beside it.
        let create = || table.create(Task::new("bob")).idempotency_key("bob");
        let failed = table.transact((create(), table.delete(simpletable::Id::<Task>::from("none")))).idempotency_key("more").await;
        assert!(failed.is_err_and(|error| error.is_not_found()));
        table.transact((create(),)).idempotency_key("more").await?;
        let again = table.transact((create(),)).idempotency_key("another").await;
        assert!(matches!(&again, Err(Error::Transaction { position: 0, .. })), "{again:?}");
        applied(again);
    }
    Ok(())
}

#[tokio::test]
async fn a_transaction_s_key_counts_among_its_rows() -> Result<()> {
    use simpletable::TransactionProblem;
    let table = engine::table::<App>().await;
    let tasks = |count: usize| (0..count).map(|_| table.create(Task::new("ann"))).collect::<Vec<_>>();
    let refused = table.transact(tasks(100)).idempotency_key("k").await;
    let actions = TransactionProblem::Actions { actions: 101, limit: 100 };
    assert!(matches!(refused, Err(Error::InvalidTransaction { problem }) if problem == actions));
    assert_eq!(table.transact(tasks(99)).idempotency_key("k").await?.len(), 99);
    // One key for the whole and for a part of it.
    let twice = table.transact((table.create(Task::new("ann")).idempotency_key("twice"),)).idempotency_key("twice").await;
    assert!(matches!(twice, Err(Error::InvalidTransaction { problem: TransactionProblem::SameRow { .. } })));
    let problem = table.transact(tasks(1)).idempotency_key("").await;
    assert!(matches!(problem, Err(Error::KeyValue { problem: KeyProblem::Empty, .. })));
    Ok(())
}

/// The step that takes the head out of service has the key; a call that finds it so ends what another began.
#[tokio::test]
async fn a_long_deletion_is_made_once() -> Result<()> {
    for keyed in [true, false] {
        let faults = Faults::new();
        let other = engine::table::<Document>().await;
        let table = Table::new::<Document>(impatient(other.client()), other.name()).with_faults(&faults);
        let document = table.create(Document::new("plan")).id("one").await?;
        stored::change(&other, ("Document#one", "v0"), "SET version = :v", n(120)).await;
        faults.inject(Fault::before(Failure::Connection).on("Query").always());
        let interrupted = if keyed { table.delete(&document).idempotency_key("k").await } else { table.delete(&document).await };
        interrupted.expect_err("it is interrupted");
        faults.clear();
        table.delete(&document).idempotency_key("k").await?;
        applied(table.delete(&document).idempotency_key("k").await);
        assert_eq!(stored::all(&other).await.len(), 1, "the key");
    }
    Ok(())
}

#[tokio::test]
async fn a_key_that_no_row_can_have_is_refused() -> Result<()> {
    let faults = Faults::new();
    let table = engine::table::<App>().await.with_faults(&faults);
    let problem = |error: Error| match error {
        Error::KeyValue { entity: "User", template: "_INTERNAL#Idempotency#<key>", field: None, problem } => problem,
        error => panic!("{error:?}"),
    };
    let user = User::new("ann@acme.io");
    let create = |key: String| table.create(user.clone()).idempotency_key(key);
    assert_eq!(problem(create(String::new()).await.expect_err("empty")), KeyProblem::Empty);
    assert_eq!(problem(create("x".repeat(1003)).await.expect_err("too long")), KeyProblem::TooLong { limit: 1024 });
    assert_eq!(faults.requests(), Vec::<String>::new());
    create("x".repeat(1002)).await?;
    Ok(())
}

#[tokio::test]
async fn a_restoration_is_made_once() -> Result<()> {
    for made in [true, false] {
        let faults = Faults::new();
        let other = engine::table::<App>().await;
        let table = Table::new::<App>(impatient(other.client()), other.name()).with_faults(&faults);
        // Two versions are kept: that which is restored goes with its restoration.
        let account = other.create(Account::new("ann@acme.io")).await?;
        let account = other.update(account, |account| account.count = 2).await?;
        if made {
            faults.inject(Fault::after(Failure::ServerError).on("TransactWriteItems"));
        }
        faults.inject(Fault::before(Failure::Connection).on("TransactWriteItems").nth(1 + usize::from(made)).always());
        let restore = || table.restore(&account, 1).idempotency_key("back");
        let first = restore().await;
        assert!(matches!(first, Err(Error::Unknown { .. })), "{first:?}");
        faults.clear();
        if !made {
            assert_eq!(restore().await?.version(), 3);
        }
        applied(restore().await);
        let found = other.read(&account).consistent().await?;
        assert_eq!((found.version(), found.count), (3, 0));
        assert!(table.restore(&account, 1).idempotency_key("other").await.is_err_and(|error| error.is_not_found()));
        let restored = table.repository::<Account>().restore_version(&account, 2).idempotency_key("other").await?;
        assert_eq!((restored.version(), restored.count), (4, 2));
    }
    Ok(())
}

/// Whichever of the two it came to.
#[tokio::test]
async fn a_patch_or_a_creation_is_made_once() -> Result<()> {
    for there in [true, false] {
        for made in [true, false] {
            let faults = Faults::new();
            let other = engine::table::<App>().await;
            let table = Table::new::<App>(impatient(other.client()), other.name()).with_faults(&faults);
            if there {
                other.create(User::new("ann@acme.io")).await?;
            }
            let visit = || {
                let patch = table.patch(User::key("ann@acme.io")).add(|user| user.count, 1);
                patch.or_create(User { count: 1, ..User::new("ann@acme.io") }).idempotency_key("visit")
            };
            // Where there is no row, the second transaction creates it.
            let written = 1 + usize::from(!there);
            if made {
                faults.inject(Fault::after(Failure::ServerError).on("TransactWriteItems").nth(written));
            }
            faults.inject(Fault::before(Failure::Connection).on("TransactWriteItems").nth(written + usize::from(made)).always());
            let first = visit().await;
            assert!(matches!(first, Err(Error::Unknown { .. })), "{there} {made} {first:?}");
            faults.clear();
            if !made {
                visit().await?;
            }
            applied(visit().await);
            assert_eq!(other.read(User::key("ann@acme.io")).consistent().await?.count, 1, "{there} {made}");
        }
    }
    Ok(())
}
