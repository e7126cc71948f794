//! `rebuild_claims`: `v1` wrote the rows before their values were declared unique, as Python does; `v2` claims them.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, TimeDelta, Utc};
use futures::future::join_all;
use simpletable::fault::{Failure, Fault, Faults};
use simpletable::{Error, Resource, Result, Schema, SettableClock, SingleTable, Table};

use crate::engine;
use crate::faults::impatient;
use crate::stored::{self, Row, n, s};

mod v1 {
    use super::{DateTime, Utc};
    use serde::{Deserialize, Serialize};
    use simpletable::SingleTable;

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
    #[table(ttl = "expires")]
    pub(super) struct Person {
        pub(super) email: String,
        pub(super) badge: Option<u32>,
        pub(super) visits: u32,
        pub(super) expires: Option<DateTime<Utc>>,
    }

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
    #[table(versioned)]
    pub(super) struct Article {
        pub(super) slug: String,
    }
}

mod v2 {
    use super::{DateTime, Utc};
    use serde::{Deserialize, Serialize};
    use simpletable::SingleTable;

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
    #[table(ttl = "expires", unique(name = "email", value = "<email>", fold = "lower"), unique(name = "badge", value = "<badge>"))]
    pub(super) struct Person {
        pub(super) email: String,
        pub(super) badge: Option<u32>,
        pub(super) visits: u32,
        pub(super) expires: Option<DateTime<Utc>>,
    }

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
    #[table(versioned, unique(name = "slug", value = "<slug>"))]
    pub(super) struct Article {
        pub(super) slug: String,
    }
}

#[derive(SingleTable)]
enum Old {
    Person(v1::Person),
    Article(v1::Article),
}

#[derive(SingleTable)]
enum New {
    Person(v2::Person),
    Article(v2::Article),
}

fn old(email: &str, badge: Option<u32>) -> v1::Person {
    v1::Person { email: email.into(), badge, visits: 0, expires: None }
}

fn new(email: &str) -> v2::Person {
    v2::Person { email: email.into(), badge: None, visits: 0, expires: None }
}

/// One table under both declarations.
async fn both() -> (Table<Old>, Table<New>) {
    let table = engine::table::<New>().await;
    (Table::new(table.client().clone(), table.name()), table)
}

/// The claims that there are, and the partitions of the rows that they name.
async fn claims<S: Schema>(table: &Table<S>) -> BTreeMap<String, String> {
    let rows = stored::all(table).await.into_iter();
    let claim = |row: Row| {
        let value = stored::text(&row, "pk").strip_prefix("_INTERNAL#Unique#")?.to_owned();
        Some((value, row["owner"].as_m().map_or_else(|_| String::new(), |owner| stored::text(owner, "pk").to_owned())))
    };
    rows.filter_map(claim).collect()
}

fn expected<const N: usize>(claims: [(&str, &str); N]) -> BTreeMap<String, String> {
    claims.map(|(value, owner)| (value.to_owned(), owner.to_owned())).into()
}

async fn put_claim<S: Schema>(table: &Table<S>, value: &str, owner: AttributeValue) {
    let key = format!("_INTERNAL#Unique#{value}");
    stored::put(table, Row::from([("pk".into(), s(&key)), ("sk".into(), s(&key)), ("owner".into(), owner)])).await;
}

fn owner(pk: &str) -> AttributeValue {
    AttributeValue::M([("pk".to_owned(), s(pk)), ("sk".to_owned(), s(pk))].into())
}

#[tokio::test]
async fn rows_without_claims_are_given_theirs() -> Result<()> {
    let (before, table) = both().await;
    before.create(old("Ann@acme.io", Some(7))).id("ann").await?;
    before.create(old("bob@acme.io", None)).id("bob").await?;
    let article = before.create(v1::Article { slug: "plan".into() }).id("one").await?;
    before.update(article, |article| article.slug = "map".into()).await?;

    let done = table.rebuild_claims::<v2::Person>().await?;
    assert_eq!((done.rows(), done.created(), done.removed(), done.is_complete()), (2, 3, 0, true));
    assert!(done.scanned() >= 2);
    // The other entity's are its own matter, and of a history the newest version counts.
    let people = [("Person#badge#7", "Person#ann"), ("Person#email#ann@acme.io", "Person#ann"), ("Person#email#bob@acme.io", "Person#bob")];
    assert_eq!(claims(&table).await, expected(people));
    let done = table.rebuild_claims::<v2::Article>().await?;
    assert_eq!((done.rows(), done.created(), done.removed()), (1, 1, 0));
    assert_eq!(claims(&table).await["Article#slug#map"], "Article#one");
    assert_eq!(claims(&table).await.len(), 4);

    // They are claims as any: they are found, they keep others out, and go with their row.
    assert_eq!(table.find(v2::Person::find_by_email("ann@acme.io")).await?.map(|ann| ann.id().to_string()), Some("ann".into()));
    assert!(table.create(new("BOB@acme.io")).await.is_err_and(|error| error.is_unique_violation()));
    assert!(table.create(v2::Article { slug: "map".into() }).await.is_err_and(|error| error.is_unique_violation()));
    table.delete(table.read(simpletable::Id::<v2::Person>::from("bob")).await?.id()).await?;
    assert!(!claims(&table).await.contains_key("Person#email#bob@acme.io"));

    // Again: nothing is left to do, and nothing is written.
    let rows = stored::all(&table).await;
    let done = table.rebuild_claims::<v2::Person>().await?;
    assert_eq!((done.rows(), done.created(), done.removed(), done.is_complete()), (1, 0, 0, true));
    assert_eq!(stored::all(&table).await, rows);
    Ok(())
}

#[tokio::test]
async fn claims_without_a_row_that_has_the_value_go() -> Result<()> {
    let start = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
    let clock = SettableClock::new(start);
    let table = engine::builder::<New>().clock(clock.clone()).build().await?;
    let ann = table.create(new("ann@acme.io")).id("ann").await?;
    let bob = table.create(v2::Person { expires: Some(start + TimeDelta::seconds(5)), ..new("bob@acme.io") }).id("bob").await?;
    // Its row is gone; its row has another value; it is of a constraint that is no more; it names no row; its row has expired.
    put_claim(&table, "Person#email#gone@acme.io", owner("Person#gone")).await;
    put_claim(&table, "Person#email#anna@acme.io", owner("Person#ann")).await;
    put_claim(&table, "Person#name#ann", owner("Person#ann")).await;
    put_claim(&table, "Person#email#nobody", s("nobody")).await;
    put_claim(&table, "Person#email#bob@acme.io", owner("Person#bob")).await;
    // Another entity's.
    put_claim(&table, "Article#slug#gone", owner("Article#gone")).await;
    clock.advance(TimeDelta::seconds(6));

    let done = table.rebuild_claims::<v2::Person>().await?;
    assert_eq!((done.rows(), done.created(), done.removed(), done.is_complete()), (1, 0, 5, true));
    assert_eq!(claims(&table).await, expected([("Article#slug#gone", "Article#gone"), ("Person#email#ann@acme.io", "Person#ann")]));
    assert_eq!(table.read(&ann).await?, ann);
    assert_eq!(table.get(&bob).await?, None);
    Ok(())
}

/// What another row has lost is taken from it, and a claim expires with its row.
#[tokio::test]
async fn claims_that_say_something_else_are_mended() -> Result<()> {
    let (before, table) = both().await;
    let expires = DateTime::from_timestamp(4_000_000_000, 0);
    before.create(v1::Person { expires, ..old("ann@acme.io", Some(1)) }).id("ann").await?;
    before.create(old("bob@acme.io", None)).id("bob").await?;
    put_claim(&table, "Person#email#ann@acme.io", owner("Person#ann")).await;
    put_claim(&table, "Person#badge#1", owner("Person#bob")).await;
    put_claim(&table, "Person#email#bob@acme.io", owner("Person#gone")).await;
    let done = table.rebuild_claims::<v2::Person>().await?;
    assert!(done.is_complete());
    // A claim that was met before its row was is removed, and made anew.
    assert_eq!(done.created(), 3);
    let right = [("Person#badge#1", "Person#ann"), ("Person#email#ann@acme.io", "Person#ann"), ("Person#email#bob@acme.io", "Person#bob")];
    assert_eq!(claims(&table).await, expected(right));
    let ttl = async |value: &str| {
        let key = format!("_INTERNAL#Unique#{value}");
        stored::one(&table, &key, &key).await.expect("the claim").remove("ttl")
    };
    assert_eq!(ttl("Person#email#ann@acme.io").await, Some(n(4_000_000_000u64)));
    assert_eq!(ttl("Person#badge#1").await, Some(n(4_000_000_000u64)));
    assert_eq!(ttl("Person#email#bob@acme.io").await, None);
    Ok(())
}

#[tokio::test]
async fn duplicates_are_told_by_key() -> Result<()> {
    let (before, table) = both().await;
    for number in 0..120 {
        before.create(old("Ann@acme.io", Some(number))).id(format!("p{number:03}")).await?;
    }
    let done = table.rebuild_claims::<v2::Person>().await?;
    assert_eq!((done.rows(), done.created(), done.duplicate(), done.failed()), (120, 121, 119, 0));
    assert!(!done.is_complete());
    // As many as fit in memory whatever the table has.
    assert_eq!(done.duplicates().len(), 100);
    let holder = claims(&table).await["Person#email#ann@acme.io"].clone();
    for duplicate in done.duplicates() {
        assert_eq!(duplicate.constraint(), "email");
        let person = table.read(duplicate.key()).await?;
        assert_ne!(format!("Person#{}", person.id()), holder);
    }
    assert!(!format!("{done:?}").to_lowercase().contains("acme"));

    // The one who has it keeps it; the others are given values of their own, by updates that claim them.
    let done = table.rebuild_claims::<v2::Person>().await?;
    assert_eq!((done.created(), done.duplicate()), (0, 119));
    assert_eq!(claims(&table).await["Person#email#ann@acme.io"], holder);
    for person in table.scan::<v2::Person>().consistent().all().await? {
        if format!("Person#{}", person.id()) != holder {
            let email = format!("{}@acme.io", person.id());
            table.update(person, |person| person.email = email).await?;
        }
    }
    let done = table.rebuild_claims::<v2::Person>().await?;
    assert_eq!((done.created(), done.removed(), done.is_complete()), (0, 0, true));
    Ok(())
}

/// Neither claimed nor taken for one without its value.
#[tokio::test]
async fn a_row_that_cannot_be_read_is_told_and_left_alone() -> Result<()> {
    let table = engine::table::<New>().await;
    table.create(new("ann@acme.io")).id("ann").await?;
    stored::change(&table, ("Person#ann", "Person#ann"), "SET visits = :v", s("many")).await;
    let rows = stored::all(&table).await;
    let done = table.rebuild_claims::<v2::Person>().await?;
    assert_eq!((done.rows(), done.created(), done.removed(), done.failed(), done.is_complete()), (1, 0, 0, 1, false));
    let [failure] = done.failures() else { panic!("{done:?}") };
    assert_eq!((failure.pk(), failure.sk()), ("Person#ann", "Person#ann"));
    assert!(matches!(failure.error(), Error::Decode { .. }));
    assert_eq!(stored::all(&table).await, rows);
    Ok(())
}

/// Between the look at a row and the claim, others update it (and leave its claim missing), change its value, delete it, or take the value.
#[tokio::test]
async fn what_others_do_meanwhile_is_looked_at() -> Result<()> {
    for case in 0..4 {
        let faults = Faults::new();
        let (before, other) = both().await;
        let table = other.with_faults(&faults);
        let ann = before.create(old("ann@acme.io", None)).id("ann").await?;
        let (meanwhile, seen) = (other.clone(), ann.clone());
        faults.inject(
            Fault::meanwhile(async move {
                let ann: simpletable::Id<v2::Person> = seen.id().as_str().into();
                match case {
                    0 => drop(before.update(seen, |ann| ann.visits = 1).await.expect("updated")),
                    1 => drop(before.update(seen, |ann| ann.email = "anna@acme.io".into()).await.expect("updated")),
                    2 => meanwhile.delete(ann).await.expect("deleted"),
                    _ => drop(meanwhile.create(new("ann@acme.io")).id("bob").await.expect("the value is free")),
                }
            })
            .on("TransactWriteItems"),
        );
        let done = table.rebuild_claims::<v2::Person>().await?;
        let wanted = match case {
            0 => expected([("Person#email#ann@acme.io", "Person#ann")]),
            1 => expected([("Person#email#anna@acme.io", "Person#ann")]),
            2 => BTreeMap::new(),
            _ => expected([("Person#email#ann@acme.io", "Person#bob")]),
        };
        assert_eq!(claims(&other).await, wanted, "{case}");
        assert_eq!((done.failed(), done.duplicate()), (0, u64::from(case == 3)), "{case}");
    }
    Ok(())
}

/// A claim is not removed from a row that gets the value back between the look and the deletion.
#[tokio::test]
async fn a_claim_stays_with_a_row_that_gets_its_value_back() -> Result<()> {
    let faults = Faults::new();
    let other = engine::table::<New>().await;
    let table = other.with_faults(&faults);
    put_claim(&other, "Person#email#ann@acme.io", owner("Person#ann")).await;
    let meanwhile = other.clone();
    faults.inject(
        Fault::meanwhile(async move {
            meanwhile.create(new("ann@acme.io")).id("ann").await.expect("the claim is its own");
        })
        .on("TransactWriteItems"),
    );
    let done = table.rebuild_claims::<v2::Person>().await?;
    assert_eq!((done.removed(), done.is_complete()), (0, true));
    assert_eq!(claims(&other).await, expected([("Person#email#ann@acme.io", "Person#ann")]));
    Ok(())
}

/// Writers of few values run beside it; at the end one more run finds nothing to do.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn it_runs_beside_writers() -> Result<()> {
    let (before, table) = both().await;
    for number in 0..30 {
        before.create(old(&format!("{number}@acme.io"), Some(number))).id(format!("p{number}")).await?;
    }
    let writers = (0..4u32).map(|writer| {
        let table = table.clone();
        tokio::spawn(async move {
            for round in 0..15 {
                let id: simpletable::Id<v2::Person> = format!("p{}", (writer * 7 + round) % 30).into();
                let email = format!("{}@acme.io", (writer + round) % 40);
                let _ = table.modify(&id, |person| person.email = email.clone()).await;
                if round % 5 == 0 {
                    let _ = table.delete(&id).await;
                }
            }
        })
    });
    let (_, done) = tokio::join!(join_all(writers), async { table.rebuild_claims::<v2::Person>().await });
    let _ = done?;
    let _ = table.rebuild_claims::<v2::Person>().await?;
    let done = table.rebuild_claims::<v2::Person>().await?;
    assert_eq!((done.created(), done.removed(), done.failed()), (0, 0, 0));
    let mut owners = BTreeMap::<String, Vec<String>>::new();
    for person in table.scan::<v2::Person>().consistent().all().await? {
        owners.entry(format!("Person#email#{}", person.email)).or_default().push(format!("Person#{}", person.id()));
    }
    let claims = claims(&table).await;
    for (value, holders) in &owners {
        assert!(holders.contains(&claims[value]), "{value}");
    }
    assert_eq!(done.duplicate() as usize, owners.values().map(|holders| holders.len() - 1).sum::<usize>());
    assert_eq!(claims.keys().filter(|value| value.starts_with("Person#email#")).count(), owners.len());
    Ok(())
}

/// Every request fails in every way: what is told was done, and another run does the rest.
#[tokio::test]
async fn a_failure_leaves_what_another_run_mends() -> Result<()> {
    for failure in [Failure::Connection, Failure::ServerError, Failure::TransactionConflict] {
        for (after, request) in [(false, 1), (true, 1), (false, 2), (true, 2), (false, 3), (true, 3)] {
            if after && failure == Failure::TransactionConflict {
                continue;
            }
            let faults = Faults::new();
            let (before, other) = both().await;
            let table = Table::new::<New>(impatient(other.client()), other.name()).with_faults(&faults);
            before.create(old("ann@acme.io", Some(1))).id("ann").await?;
            let fault = if after { Fault::after(failure) } else { Fault::before(failure) };
            faults.inject(fault.nth(request));
            let _ = table.rebuild_claims::<v2::Person>().await;
            faults.clear();
            let done = table.rebuild_claims::<v2::Person>().await?;
            assert!(done.is_complete(), "{failure:?} {after} {request}");
            assert_eq!(claims(&other).await, expected([("Person#badge#1", "Person#ann"), ("Person#email#ann@acme.io", "Person#ann")]));
        }
    }
    Ok(())
}

/// Many rows, in several requests, at a rate.
#[tokio::test]
async fn it_keeps_to_its_rate() -> Result<()> {
    let faults = Faults::new();
    let (before, other) = both().await;
    let table = other.with_faults(&faults);
    let people: Vec<Resource<v1::Person>> =
        before.create_many((0..25).map(|n| old(&format!("{n}@acme.io"), None))).await?.into_complete()?;
    let began = std::time::Instant::now();
    let done = table.rebuild_claims::<v2::Person>().rows_per_second(100).await?;
    assert_eq!((done.rows(), done.created()), (people.len() as u64, 25));
    assert!(began.elapsed().as_millis() >= 200, "10 rows, 10 rows, and the rest");
    assert!(faults.requests().iter().filter(|request| **request == "Scan").count() >= 3);
    Ok(())
}
