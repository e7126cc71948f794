//! Singletons: created on first use, once.

use std::collections::BTreeSet;

use chrono::{TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use simpletable::fault::{Failure, Fault, Faults};
use simpletable::{Error, Id, Initial, Resource, Result, SettableClock, SingleTable, Singleton, Table};

use crate::concurrency::at_once;
use crate::dynamodb_json;
use crate::engine;
use crate::faults::{LOST, impatient};
use crate::kinds::{App, Config, Policy, Sample, Task};
use crate::stored;

const FIRST_USERS: usize = 20;

/// What both kinds have in common.
trait Sole: Sample + Singleton + Initial {
    /// The keys of its rows after one write.
    const KEYS: &'static [(&'static str, &'static str)];
    const CREATE: &'static str = Self::WRITE;
}

impl Sole for Config {
    const KEYS: &'static [(&'static str, &'static str)] = &[("SINGLETON#Config", "SINGLETON#Config")];
}

impl Sole for Policy {
    const KEYS: &'static [(&'static str, &'static str)] = &[("SINGLETON#Terms", "v0"), ("SINGLETON#Terms", "v1")];
}

macro_rules! for_both {
    ($($test:ident),+ $(,)?) => {$(
        mod $test {
            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn plain() -> simpletable::Result<()> {
                super::$test::<crate::kinds::Config>().await
            }
            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn versioned() -> simpletable::Result<()> {
                super::$test::<crate::kinds::Policy>().await
            }
        }
    )+};
}

async fn keys<T: Sole>(table: &Table<T>) -> Vec<(String, String)> {
    stored::all(table).await.iter().map(stored::key).collect()
}

fn expected<T: Sole>() -> Vec<(String, String)> {
    T::KEYS.iter().map(|(pk, sk)| ((*pk).to_owned(), (*sk).to_owned())).collect()
}

async fn is_created_on_first_use<T: Sole>() -> Result<()> {
    let faults = Faults::new();
    let table = engine::table::<T>().await.with_faults(&faults);
    let first = table.singleton::<T>().await?;
    assert_eq!(faults.requests(), ["GetItem", T::CREATE]);
    assert_eq!(*first, T::initial());
    assert_eq!(keys(&table).await, expected::<T>());

    faults.clear();
    assert_eq!(table.singleton::<T>().await?, first);
    assert_eq!(faults.requests(), ["GetItem"]);

    let changed = table.update(first, |value| *value.count_mut() = 7).await?;
    assert_eq!(table.singleton::<T>().await?, changed);
    Ok(())
}

async fn of_many_first_uses_one_creates<T: Sole>() -> Result<()> {
    let table = engine::table::<T>().await;
    let uses = (0..FIRST_USERS).map(|_| {
        let table = table.clone();
        async move { table.singleton::<T>().await }
    });
    let got = at_once(uses).await.into_iter().collect::<Result<Vec<Resource<T>>>>()?;
    assert!(got.iter().all(|one| *one == got[0]), "all got the same");
    assert_eq!(keys(&table).await, expected::<T>());
    Ok(())
}

/// Each changes it right away, which a second creation would undo.
async fn no_first_use_undoes_a_change<T: Sole>() -> Result<()> {
    let table = engine::table::<T>().await;
    let uses = (0..8).map(|_| {
        let table = table.clone();
        async move {
            let one = table.singleton::<T>().await?;
            table.modify(&one, |value| *value.count_mut() += 1).attempts(200).await
        }
    });
    let counts = at_once(uses).await.into_iter().map(|one| one.map(|one| one.count())).collect::<Result<BTreeSet<_>>>()?;
    assert_eq!(counts, (1..=8).collect());
    assert_eq!(table.singleton::<T>().await?.count(), 8);
    Ok(())
}

/// Another program creates it between our read and our write, and we take what it made.
async fn a_lost_race_reads_again<T: Sole>() -> Result<()> {
    let faults = Faults::new();
    let table = engine::table::<T>().await;
    let theirs = table.clone();
    let meanwhile = async move { drop(T::create(&theirs).await.expect("the key is free")) };
    faults.inject(Fault::meanwhile(meanwhile).on(T::CREATE));
    let got = table.with_faults(&faults).singleton::<T>().await?;
    assert_eq!(faults.requests(), ["GetItem", T::CREATE, "GetItem"]);
    assert_eq!(table.read(&got).consistent().await?, got);
    assert_ne!(*got, T::initial(), "it is theirs");
    assert_eq!(keys(&table).await, expected::<T>());
    Ok(())
}

/// Whether it was made or not, it is made once, and returned.
async fn a_lost_answer_is_found_out<T: Sole>() -> Result<()> {
    for failure in LOST {
        for fault in [Fault::before(failure), Fault::after(failure)] {
            let faults = Faults::new();
            let table = engine::table::<T>().await;
            let faulty = Table::builder::<T>(table.name()).client(impatient(table.client())).build().await?.with_faults(&faults);
            faults.inject(fault.on(T::CREATE));
            let got = faulty.singleton::<T>().await?;
            assert_eq!(table.read(&got).consistent().await?, got);
            assert_eq!(keys(&table).await, expected::<T>());
        }
    }
    Ok(())
}

/// The SDK gives up: what is there is returned, if anything is.
async fn an_answer_that_never_comes_is_found_out<T: Sole>() -> Result<()> {
    for (fault, made) in [(Fault::before(Failure::TimeOut), false), (Fault::after(Failure::TimeOut), true)] {
        let faults = Faults::new();
        let table = engine::table::<T>().await;
        let faulty = Table::builder::<T>(table.name()).client(impatient(table.client())).build().await?.with_faults(&faults);
        faults.inject(fault.on(T::CREATE).always());
        match faulty.singleton::<T>().await {
            Ok(got) => assert!(made && table.read(&got).consistent().await? == got),
            Err(error) => assert!(!made && matches!(error, Error::Unknown { .. }), "{error:?}"),
        }
        assert_eq!(stored::all(&table).await.is_empty(), !made);
    }
    Ok(())
}

async fn every_operation_reaches_it<T: Sole>() -> Result<()> {
    let table = engine::table::<T>().await;
    let one = table.singleton::<T>().await?;
    assert_eq!(table.get(&one).await?.as_ref(), Some(&one));
    assert_eq!(table.get(one.id()).await?.as_ref(), Some(&one));
    assert_eq!(table.read(one.key()).await?, one);
    assert!(T::create(&table).await.is_err_and(|error| error.is_already_exists()));
    let one = table.modify(&one, |value| *value.count_mut() = 1).await?;
    let one = table.update_at(&one, one.revision(), |value| *value.count_mut() = 2).await?;
    table.delete(&one).await?;
    assert_eq!(table.get(&one).await?, None);
    assert!(stored::all(&table).await.is_empty());
    assert_eq!(*table.singleton::<T>().await?, T::initial());
    Ok(())
}

/// An id of another text names no row: not another singleton's either.
#[tokio::test]
async fn it_has_one_id() -> Result<()> {
    let table = engine::table::<App>().await;
    table.singleton::<Config>().await?;
    table.singleton::<Policy>().await?;
    assert!(table.delete(Id::<Config>::from("Terms")).await.is_err_and(|error| error.is_not_found()));
    assert!(table.delete(Id::<Policy>::from("Config")).await.is_err_and(|error| error.is_not_found()));
    assert!(table.get(Id::<Config>::from("Terms")).await?.is_none());
    assert_eq!(table.singleton::<Config>().await?.id().as_str(), "Config");
    assert_eq!(table.singleton::<Policy>().await?.id().as_str(), "Terms");
    assert_eq!(table.get(Config::key()).await?, Some(table.singleton::<Config>().await?));
    assert_eq!(table.list::<Policy>().all().await?.len(), 1);
    assert_eq!(stored::all(&table).await.len(), 3);
    Ok(())
}

for_both!(
    is_created_on_first_use,
    of_many_first_uses_one_creates,
    no_first_use_undoes_a_change,
    a_lost_race_reads_again,
    a_lost_answer_is_found_out,
    an_answer_that_never_comes_is_found_out,
    every_operation_reaches_it,
);

/// One whose time can be over, with an index key that holds the id.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(singleton, ttl = "seconds")]
#[gsi(name = "all", index = "gsi1", pk = "all#<id>")]
struct Notice {
    text: String,
    seconds: Option<u32>,
}

#[tokio::test]
async fn an_expired_one_is_replaced() -> Result<()> {
    let clock = SettableClock::new("2100-01-01T00:00:00Z".parse().expect("a time"));
    let table: Table<Notice> = engine::builder().clock(clock.clone()).build().await?;
    table.create(Notice { text: "closed today".into(), seconds: Some(10) }).await?;
    assert_eq!(table.singleton::<Notice>().await?.text, "closed today");
    clock.advance(TimeDelta::seconds(10));
    let fresh = table.singleton::<Notice>().await?;
    assert_eq!(*fresh, Notice::default());
    assert_eq!(table.read(&fresh).consistent().await?, fresh);
    assert_eq!(table.query(Notice::by_all(fresh.id())).all().await?, [fresh]);
    Ok(())
}

/// A deletion that was interrupted has the key until it is brought to its end.
#[tokio::test]
async fn one_that_is_being_deleted_is_in_the_way() -> Result<()> {
    let table = engine::table::<Policy>().await;
    let policy = table.singleton::<Policy>().await?;
    stored::change(&table, ("SINGLETON#Terms", "v0"), "SET version = :v", stored::n(-1)).await;
    let finished = table.clone();
    let faults = Faults::new();
    let finish = async move { finished.delete(Policy::key()).await.expect("it is brought to its end") };
    faults.inject(Fault::meanwhile(finish).on("TransactWriteItems").nth(2));
    let fresh = table.with_faults(&faults).singleton::<Policy>().await?;
    assert_ne!(fresh.created_at(), policy.created_at());
    assert_eq!(faults.requests(), ["GetItem", "TransactWriteItems", "GetItem", "TransactWriteItems"]);
    Ok(())
}

/// What the Python library writes for `class Config(SingletonResource)`.
#[tokio::test]
async fn the_row_is_pythons() -> Result<()> {
    let table = engine::table::<App>().await;
    let row = serde_json::json!({
        "pk": {"S": "SINGLETON#Config"}, "sk": {"S": "SINGLETON#Config"}, "gsitype": {"S": "Config"},
        "gsitypesk": {"S": "2024-01-02T03:04:05.678900+00:00"}, "resource_id": {"S": "Config"},
        "created_at": {"S": "2024-01-02T03:04:05.678900+00:00"}, "updated_at": {"S": "2024-01-02T03:04:05.678900+00:00"},
        "greeting": {"S": "hello"}, "count": {"N": "3"},
    });
    stored::put(&table, dynamodb_json::read(&row)).await;
    let config = table.singleton::<Config>().await?;
    assert_eq!((config.greeting.as_str(), config.count, config.id().as_str()), ("hello", 3, "Config"));
    let config = table.update(config, |config| config.count = 4).await?;
    let stored = stored::one(&table, "SINGLETON#Config", "SINGLETON#Config").await.expect("it is there");
    assert_eq!(stored::names(&stored), "count created_at greeting gsitype gsitypesk pk resource_id sk updated_at");
    assert_eq!(stored::text(&stored, "resource_id"), "Config");
    assert!(config.updated_at() < Utc::now());
    table.create(Task::new("ann")).await?;
    Ok(())
}
