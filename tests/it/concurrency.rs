//! Many writers at once, and clocks that stand still or go back.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use futures::future::join_all;
use simpletable::fault::{Failure, Fault, Faults};
use simpletable::{Error, Member, Result, Schema, SettableClock, Table};

use crate::engine;
use crate::faults::impatient;
use crate::kinds::{Account, App, Sample, Task, User, for_every_kind};
use crate::stored;

const WRITERS: u32 = 20;
/// Fewer, because each tries until it is made.
const MODIFIERS: u32 = 8;

/// Runs them on the runtime's threads, all at once.
pub(crate) async fn at_once<T: Send + 'static>(writes: impl Iterator<Item = impl Future<Output = T> + Send + 'static>) -> Vec<T> {
    let started: Vec<_> = writes.map(tokio::spawn).collect();
    join_all(started).await.into_iter().map(|joined| joined.expect("no writer panics")).collect()
}

async fn of_many_writers_from_one_revision_one_wins<T: Sample>() -> Result<()> {
    let table = engine::table::<T>().await;
    let seen = T::create(&table).await?;
    let writes = (1..=WRITERS).map(|writer| {
        let (table, seen) = (table.clone(), seen.clone());
        async move { table.update(seen, |value| *value.count_mut() = writer).await }
    });
    let (won, lost): (Vec<_>, Vec<_>) = at_once(writes).await.into_iter().partition(Result::is_ok);
    assert_eq!(won.len(), 1);
    let winner = won.into_iter().next().expect("one")?;
    for error in lost.into_iter().filter_map(Result::err) {
        assert!(matches!(error, Error::Conflict { .. } | Error::Busy { .. }), "{error:?}");
    }
    assert_eq!(table.read(&seen).consistent().await?, winner);
    assert_eq!(stored::all(&table).await.len(), T::rows(2));
    // The winner's copy is the state: it can be changed.
    table.update(winner, |value| *value.count_mut() = 0).await?;
    Ok(())
}

async fn every_modification_counts<T: Sample>() -> Result<()> {
    let table = engine::table::<T>().await;
    let created = T::create(&table).await?;
    let writes = (0..MODIFIERS).map(|_| {
        let (table, key) = (table.clone(), created.key());
        async move { table.modify(key, |value| *value.count_mut() += 1).attempts(200).await }
    });
    let counts = at_once(writes).await.into_iter().map(|result| result.map(|value| value.count())).collect::<Result<BTreeSet<_>>>()?;
    assert_eq!(counts, (1..=MODIFIERS).collect(), "each saw a state of its own");
    assert_eq!(table.read(&created).consistent().await?.count(), MODIFIERS);
    Ok(())
}

async fn of_many_creators_of_one_key_one_wins<T: Sample>() -> Result<()> {
    let table = engine::table::<T>().await;
    let writes = (0..WRITERS).map(|_| {
        let table = table.clone();
        async move { T::create(&table).await }
    });
    let (won, lost): (Vec<_>, Vec<_>) = at_once(writes).await.into_iter().partition(Result::is_ok);
    assert_eq!(won.len(), 1);
    for error in lost.into_iter().filter_map(Result::err) {
        assert!(matches!(error, Error::AlreadyExists { .. } | Error::Busy { .. }), "{error:?}");
    }
    let winner = won.into_iter().next().expect("one")?;
    assert_eq!(table.read(&winner).consistent().await?, winner);
    assert_eq!(stored::all(&table).await.len(), T::rows(1));
    Ok(())
}

async fn of_many_deletions_one_finds_it<T: Sample>() -> Result<()> {
    let table = engine::table::<T>().await;
    let created = T::create(&table).await?;
    let writes = (0..WRITERS).map(|_| {
        let (table, key) = (table.clone(), created.key());
        async move { table.delete(key).await }
    });
    let (done, lost): (Vec<_>, Vec<_>) = at_once(writes).await.into_iter().partition(Result::is_ok);
    assert_eq!(done.len(), 1);
    for error in lost.into_iter().filter_map(Result::err) {
        assert!(matches!(error, Error::NotFound { .. } | Error::Busy { .. }), "{error:?}");
    }
    assert!(stored::all(&table).await.is_empty());
    Ok(())
}

for_every_kind!(
    on threads: of_many_writers_from_one_revision_one_wins,
    every_modification_counts,
    of_many_creators_of_one_key_one_wins,
    of_many_deletions_one_finds_it,
);

fn midnight() -> DateTime<Utc> {
    "2024-01-02T00:00:00Z".parse().expect("a time")
}

/// A table whose clock shows midnight until it is told otherwise.
async fn stopped<S: Schema>() -> (Table<S>, SettableClock) {
    let clock = SettableClock::new(midnight());
    (with_clock(&engine::table().await, clock.clone()).await, clock)
}

/// The same table from another process: its clock is its own, and shows the same time.
async fn another_process<S: Schema>(table: &Table<S>) -> Table<S> {
    with_clock(table, SettableClock::new(midnight())).await
}

async fn with_clock<S: Schema>(table: &Table<S>, clock: SettableClock) -> Table<S> {
    let builder = Table::builder(table.name()).client(impatient(table.client())).clock(clock);
    builder.build().await.expect("the table is there")
}

async fn a_held_copy_is_refused_after_recreation<T: Sample>() -> Result<()> {
    let (table, clock) = stopped::<T>().await;
    // The clock stands still, goes on, and goes back.
    for seconds in [0, 1, -1, 0, 5, -5] {
        let held = T::create(&table).await?;
        table.delete(&held).await?;
        clock.set(midnight() + TimeDelta::seconds(seconds));
        let anew = T::create(&table).await?;
        let error = table.update(held.clone(), |value| *value.count_mut() += 1).await.expect_err("it is another one");
        assert!(error.is_conflict());
        assert!(table.delete(&held).if_unchanged(&held).await.expect_err("it is another one").is_conflict());
        let by_tag = table.update_at(&held, held.revision(), |value| *value.count_mut() += 1).await;
        assert!(by_tag.expect_err("it is another one").is_conflict());
        assert_eq!(table.read(&held).consistent().await?, anew);
        table.delete(&anew).await?;
    }
    Ok(())
}

async fn updates_move_forward_under_any_clock<T: Sample>() -> Result<()> {
    let (table, clock) = stopped::<T>().await;
    let mut resource = T::create(&table).await?;
    let created_at = resource.created_at();
    for seconds in [0, 0, -3600, -3600, 10, -10, 0] {
        clock.set(midnight() + TimeDelta::seconds(seconds));
        let before = resource.updated_at();
        resource = table.update(resource, |value| *value.count_mut() += 1).await?;
        assert!(resource.updated_at() > before);
        assert!(resource.updated_at() >= midnight() + TimeDelta::seconds(seconds));
        assert_eq!(resource.created_at(), created_at);
        assert_eq!(table.read(&resource).consistent().await?, resource);
    }
    Ok(())
}

async fn two_updates_in_one_microsecond_are_two<T: Sample>() -> Result<()> {
    let (table, clock) = stopped::<T>().await;
    for (other, back) in [(table.clone(), 0), (table.clone(), 60), (another_process(&table).await, 0), (another_process(&table).await, 60)]
    {
        let seen = T::create(&table).await?;
        clock.set(midnight() - TimeDelta::seconds(back));
        let first = table.update(seen.clone(), |value| *value.count_mut() = 1).await?;
        assert!(other.update(seen.clone(), |value| *value.count_mut() = 1).await.expect_err("it is late").is_conflict());
        assert_eq!(table.read(&seen).consistent().await?, first);
        table.delete(&seen).await?;
        clock.set(midnight());
    }
    Ok(())
}

/// One update is lost before it arrives; the other is made in the same microsecond. The first must not take the other's row for its own,
/// though both write the same fields, and differ in numbers at most.
async fn the_answer_of_one_of_two_is_lost<T: Sample>() -> Result<()> {
    for (counts, another, back) in
        [([1, 2], false, 0), ([1, 1], false, 0), ([1, 2], false, 60), ([1, 1], false, 60), ([1, 2], true, 0), ([1, 2], true, 60)]
    {
        let faults = Faults::new();
        let (table, clock) = stopped::<T>().await;
        let other = if another { another_process(&table).await } else { table.clone() };
        let seen = T::create(&table).await?;
        // Behind the row: every update is one microsecond after it.
        clock.set(midnight() - TimeDelta::seconds(back));
        let held = seen.clone();
        let write = async move { drop(other.update(held, |value| *value.count_mut() = counts[1]).await.expect("the other writer writes")) };
        faults.inject(Fault::before(Failure::Connection));
        faults.inject(Fault::meanwhile(write).nth(2));
        let result = table.with_faults(&faults).update(seen.clone(), |value| *value.count_mut() = counts[0]).await;
        let error = result.expect_err("it was not made");
        assert!(error.is_unknown() || T::VERSIONED && error.is_conflict(), "{error:?}");
        assert_eq!(table.read(&seen).consistent().await?.count(), counts[1]);
    }
    Ok(())
}

for_every_kind!(
    a_held_copy_is_refused_after_recreation,
    updates_move_forward_under_any_clock,
    two_updates_in_one_microsecond_are_two,
    the_answer_of_one_of_two_is_lost,
);

#[tokio::test]
async fn ids_hold_the_time_of_creation_under_any_clock() -> Result<()> {
    let (table, clock) = stopped::<App>().await;
    let mut ids = BTreeSet::new();
    let mut last = None;
    for seconds in [0, 0, 0, -60, -60, 1, 0] {
        clock.set(midnight() + TimeDelta::seconds(seconds));
        let task = table.create(Task::new("ann")).await?;
        let ulid: ulid::Ulid = task.id().as_str().parse().expect("a ULID");
        assert_eq!(i64::try_from(ulid.timestamp_ms()).ok(), Some(task.created_at().timestamp_millis()));
        assert!(last < Some(ulid), "ids ascend");
        last = Some(ulid);
        assert!(ids.insert(ulid));
    }
    Ok(())
}

/// Whoever holds a natural id last, holds the row.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn create_and_delete_in_turns() -> Result<()> {
    async fn check<T: Sample + Member<App>>(table: &Table<App>, create: impl Fn(u32) -> T + Send + Sync + Copy + 'static) -> Result<()> {
        let writes = (0..WRITERS).map(|writer| {
            let table = table.clone();
            async move {
                let made = table.create(create(writer)).await;
                let Ok(made) = made else { return made.map(drop) };
                let made = table.update(made, |value| *value.count_mut() += 100).await?;
                assert_eq!(made.count(), writer + 100);
                table.delete(&made).if_unchanged(&made).await
            }
        });
        let results = at_once(writes).await;
        assert!(results.iter().any(Result::is_ok));
        for error in results.into_iter().filter_map(Result::err) {
            assert!(matches!(error, Error::AlreadyExists { .. } | Error::Busy { .. }), "{error:?}");
        }
        assert!(stored::all(table).await.is_empty());
        Ok(())
    }
    let table = engine::table::<App>().await;
    check(&table, |count| User { email: "ann@acme.io".into(), count }).await?;
    check(&table, |count| Account { email: "ann@acme.io".into(), count }).await
}
