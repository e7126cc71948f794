//! Unique values: claims are taken and released with the rows that have the values, whatever happens in between.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, TimeDelta, Utc};
use futures::future::join_all;
use serde::{Deserialize, Serialize};
use simpletable::fault::{Failure, Fault, Faults};
use simpletable::{Error, KeyProblem, Resource, Result, Schema, SettableClock, SingleTable, Table};

use crate::engine;
use crate::faults::impatient;
use crate::stored::{self, Row, n, s};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(unique(name = "email", value = "<email>", fold = "lower"), unique(name = "badge", value = "<team>#<badge:04>"))]
struct Person {
    email: String,
    team: String,
    badge: Option<u32>,
    visits: u32,
}

impl Person {
    fn new(email: &str) -> Self {
        Self { email: email.into(), team: "red".into(), badge: None, visits: 0 }
    }

    fn badge(self, badge: u32) -> Self {
        Self { badge: Some(badge), ..self }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(versioned, max_versions = 2, unique(name = "slug", value = "<slug>"))]
struct Article {
    slug: String,
    text: String,
}

impl Article {
    fn new(slug: &str) -> Self {
        Self { slug: slug.into(), text: String::new() }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(pk = "ROOM#<room>", sk = "SEAT#<seat>", unique(name = "holder", value = "<holder>"))]
struct Seat {
    room: String,
    seat: String,
    holder: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(ttl = "expires", unique(name = "token", value = "<token>"))]
struct Session {
    token: String,
    expires: Option<DateTime<Utc>>,
}

#[derive(Debug, SingleTable)]
enum App {
    Person(Person),
    Article(Article),
    Seat(Seat),
    Session(Session),
}

/// The claims that there are, and the rows that they name.
async fn claims<S: Schema>(table: &Table<S>) -> BTreeMap<String, (String, String)> {
    let rows = stored::all(table).await.into_iter().filter(|row| row["pk"].as_s().is_ok_and(|pk| pk.starts_with("_INTERNAL#Unique#")));
    rows.map(|row| {
        let key = stored::key(&row);
        assert_eq!(key.0, key.1);
        (key.0, stored::key(row["owner"].as_m().expect("a key")))
    })
    .collect()
}

/// The claims that there should be: one for each value of each row, and no others.
async fn values(table: &Table<App>) -> Result<BTreeMap<String, (String, String)>> {
    let mut values = BTreeMap::new();
    let mut claim = |key: String, (pk, sk): (String, String)| {
        assert_eq!(values.insert(format!("_INTERNAL#Unique#{key}"), (pk, sk)), None, "two rows have one value");
    };
    for person in table.scan::<Person>().consistent().all().await? {
        let key = format!("Person#{}", person.id());
        claim(format!("Person#email#{}", person.email.to_lowercase()), (key.clone(), key.clone()));
        if let Some(badge) = person.badge {
            claim(format!("Person#badge#{}#{badge:04}", person.team), (key.clone(), key));
        }
    }
    for article in table.scan::<Article>().consistent().all().await? {
        claim(format!("Article#slug#{}", article.slug), (format!("Article#{}", article.id()), "v0".into()));
    }
    for seat in table.scan::<Seat>().consistent().all().await? {
        if let Some(holder) = &seat.holder {
            claim(format!("Seat#holder#{holder}"), (format!("ROOM#{}", seat.room), format!("SEAT#{}", seat.seat)));
        }
    }
    for session in table.scan::<Session>().consistent().all().await? {
        let key = format!("Session#{}", session.id());
        claim(format!("Session#token#{}", session.token), (key.clone(), key));
    }
    Ok(values)
}

async fn assert_claims(table: &Table<App>) -> Result<()> {
    assert_eq!(claims(table).await, values(table).await?);
    Ok(())
}

fn violated<T: std::fmt::Debug>(result: Result<T>, constraint: &str) {
    let error = result.expect_err("another one has the value");
    assert!(error.is_unique_violation());
    assert!(matches!(error, Error::UniqueViolation { constraint: found, .. } if found == constraint), "{error:?}");
}

#[tokio::test]
async fn a_value_is_of_one_resource() -> Result<()> {
    let table = engine::table::<App>().await;
    let ann = table.create(Person::new("Ann@acme.io").badge(7)).await?;
    // In another case, and where only the other value differs.
    violated(table.create(Person::new("ann@ACME.io")).await, "email");
    violated(table.create(Person::new("bob@acme.io").badge(7)).await, "badge");
    // A value in two parts is one value; `None` is none.
    table.create(Person { team: "blue".into(), ..Person::new("bob@acme.io").badge(7) }).await?;
    table.create(Person::new("cid@acme.io")).await?;
    table.create(Person::new("dan@acme.io")).await?;
    // Without folding, case tells values apart.
    table.create(Article::new("Plan")).await?;
    table.create(Article::new("plan")).await?;
    violated(table.create(Article::new("plan")).await, "slug");
    // Seen through a transaction, too.
    let together = table.transact((table.create(Article::new("new")), table.create(Person::new("ann@acme.io")))).await;
    assert!(together.expect_err("it is ann's").is_unique_violation());
    assert_claims(&table).await?;
    assert_eq!(table.list::<Person>().count().await?, 4);
    assert_eq!(table.list::<Article>().count().await?, 2);
    assert_eq!(table.read(&ann).consistent().await?, ann);
    Ok(())
}

#[tokio::test]
async fn a_transaction_says_which_operation_found_a_value_taken() -> Result<()> {
    let table = engine::table::<App>().await;
    table.create(Person::new("ann@acme.io")).await?;
    let both = (table.create(Article::new("plan")), table.create(Person::new("ann@acme.io")));
    let error = table.transact(both).await.expect_err("the value is taken");
    assert!(error.is_unique_violation() && matches!(error, Error::Transaction { position: 1, entity: "Person", .. }), "{error:?}");
    assert_eq!(table.list::<Article>().count().await?, 0);
    assert_claims(&table).await
}

/// `layout.md` says how.
#[tokio::test]
async fn a_claim_is_a_row_that_names_its_owner() -> Result<()> {
    let table = engine::table::<App>().await;
    let expires = DateTime::from_timestamp(4_000_000_000, 0).expect("in range");
    table.create(Session { token: "secret".into(), expires: Some(expires) }).id("one").await?;
    let key = "_INTERNAL#Unique#Session#token#secret";
    let owner = map([("pk", s("Session#one")), ("sk", s("Session#one"))]);
    let expected = Row::from([("pk".into(), s(key)), ("sk".into(), s(key)), ("owner".into(), owner), ("ttl".into(), n(4_000_000_000u64))]);
    assert_eq!(stored::one(&table, key, key).await, Some(expected));
    // In no index, so that nothing lists it.
    let indexed = stored::in_index(&table, "gsitype").await;
    assert!(indexed.iter().all(|(pk, _)| !pk.starts_with("_INTERNAL")));
    assert_eq!(table.scan::<App>().all().await?.len(), 1);
    Ok(())
}

fn map<const N: usize>(members: [(&str, AttributeValue); N]) -> AttributeValue {
    AttributeValue::M(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

#[tokio::test]
async fn an_update_moves_the_claims_that_change() -> Result<()> {
    let faults = Faults::new();
    let other = engine::table::<App>().await;
    let table = other.with_faults(&faults);
    let ann = table.create(Person::new("ann@acme.io").badge(1)).await?;
    let bob = table.create(Person::new("bob@acme.io")).await?;
    faults.clear();
    let ann = table.update(ann, |person| person.visits = 1).await?;
    let ann = table.update(ann, |person| person.email = "ANN@acme.io".into()).await?;
    assert_eq!(faults.requests(), ["PutItem", "PutItem"], "the same value, folded");
    let ann = table.update(ann, |person| person.email = "ann@acme.com".into()).await?;
    assert_claims(&other).await?;
    violated(table.update(bob.clone(), |person| person.email = "ann@acme.com".into()).await, "email");
    violated(table.modify(&bob, |person| (person.team, person.badge) = ("red".into(), Some(1))).await, "badge");
    let bob = table.update_at(&bob, bob.revision(), |person| person.email = "ann@acme.io".into()).await?;
    let ann = table.update(ann, |person| person.badge = None).await?;
    let bob = table.update(bob, |person| person.badge = Some(1)).await?;
    assert_claims(&other).await?;
    // A stale copy changes nothing, and takes nothing.
    let stale = bob.clone();
    table.update(bob, |person| person.visits = 1).await?;
    let refused = table.update(stale, |person| person.email = "new@acme.io".into()).await;
    assert!(refused.is_err_and(|error| error.is_conflict()));
    table.delete(&ann).await?;
    assert_claims(&other).await?;

    let article = table.create(Article::new("plan")).await?;
    let article = table.update(article, |article| article.text = "more".into()).await?;
    let article = table.update(article, |article| article.slug = "plan-b".into()).await?;
    assert_claims(&other).await?;
    table.create(Article::new("plan")).await?;
    violated(table.update(article, |article| article.slug = "plan".into()).await, "slug");
    assert_claims(&other).await
}

#[tokio::test]
async fn a_restored_version_takes_its_values_back() -> Result<()> {
    let table = engine::table::<App>().await;
    let article = table.create(Article::new("plan")).await?;
    table.update(article.clone(), |article| article.slug = "map".into()).await?;
    table.restore(&article, 1).await?;
    assert_claims(&table).await?;
    assert!(table.find(Article::find_by_slug("plan")).await?.is_some());
    let other = table.create(Article::new("map")).await?;
    violated(table.restore(&article, 2).await, "slug");
    table.delete(&other).await?;
    table.restore(&article, 2).await?;
    assert_claims(&table).await
}

#[tokio::test]
async fn a_row_that_moves_takes_its_claims_along() -> Result<()> {
    let table = engine::table::<App>().await;
    let seat = |seat: &str, holder: Option<&str>| Seat { room: "a".into(), seat: seat.into(), holder: holder.map(Into::into) };
    let ann = table.create(seat("1", Some("ann"))).await?;
    let bob = table.create(seat("2", Some("bob"))).await?;
    let ann = table.rekey(ann, |seat| seat.seat = "3".into()).await?;
    assert_claims(&table).await?;
    let ann = table.rekey(ann, |seat| (seat.room, seat.holder) = ("b".into(), Some("anna".into()))).await?;
    assert_claims(&table).await?;
    violated(table.rekey(bob, |seat| (seat.seat, seat.holder) = ("4".into(), Some("anna".into()))).await, "holder");
    let ann = table.rekey(ann, |seat| seat.holder = None).await?;
    table.rekey(ann, |seat| seat.seat = "5".into()).await?;
    assert_claims(&table).await
}

#[tokio::test]
async fn a_deletion_frees_the_values() -> Result<()> {
    let faults = Faults::new();
    let other = engine::table::<App>().await;
    let table = other.with_faults(&faults);
    let people = ["ann", "bob", "cid"].map(|name| Person::new(&format!("{name}@acme.io")));
    let people = table.create_many(people.clone()).concurrency(1).await?.into_complete()?;
    let article = table.create(Article::new("plan")).await?;
    let article = table.update(article, |article| article.text = "more".into()).await?;
    faults.clear();
    table.delete(people[0].id()).await?;
    assert_eq!(faults.requests(), ["GetItem", "TransactWriteItems"]);
    faults.clear();
    // The copy says what its values are.
    table.delete(&people[1]).if_unchanged(&people[1]).await?;
    assert_eq!(faults.requests(), ["TransactWriteItems"]);
    table.delete_many([&people[2]]).await?.into_complete()?;
    table.delete(&article).if_unchanged(&article).await?;
    assert!(table.delete(&article).await.is_err_and(|error| error.is_not_found()));
    assert!(table.delete(&people[0]).await.is_err_and(|error| error.is_not_found()));
    assert_eq!(stored::all(&other).await, Vec::<Row>::new());
    Ok(())
}

#[tokio::test]
async fn a_deletion_sees_what_others_change_meanwhile() -> Result<()> {
    let faults = Faults::new();
    let other = engine::table::<App>().await;
    let table = other.with_faults(&faults);
    let ann = table.create(Person::new("ann@acme.io")).await?;
    let (meanwhile, seen) = (other.clone(), ann.clone());
    faults.inject(
        Fault::meanwhile(async move {
            meanwhile.update(seen, |person| person.email = "ann@acme.com".into()).await.expect("nobody else writes");
        })
        .on("TransactWriteItems"),
    );
    table.delete(ann.id()).await?;
    assert_eq!(stored::all(&other).await, Vec::<Row>::new());
    let ann = table.create(Person::new("ann@acme.io")).await?;
    table.update(ann.clone(), |person| person.email = "ann@acme.com".into()).await?;
    assert!(table.delete(&ann).if_unchanged(&ann).await.is_err_and(|error| error.is_conflict()));
    assert_claims(&other).await
}

#[tokio::test]
async fn a_long_deletion_frees_the_values_at_once_and_can_be_finished() -> Result<()> {
    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
    #[table(versioned, unique(name = "slug", value = "<slug>"))]
    struct Book {
        slug: String,
    }
    let faults = Faults::new();
    let other = engine::table::<Book>().await;
    let table = Table::new::<Book>(impatient(other.client()), other.name()).with_faults(&faults);
    let book = table.create(Book { slug: "rust".into() }).id("one").await?;
    stored::change(&other, ("Book#one", "v0"), "SET version = :v", n(99)).await;
    faults.inject(Fault::before(Failure::Connection).on("Query").always());
    table.delete(&book).await.expect_err("it is interrupted");
    faults.clear();
    assert_eq!(claims(&other).await, BTreeMap::new());
    // Its id is not free yet, its value is.
    let next = table.create(Book { slug: "rust".into() }).await?;
    assert!(table.create(Book { slug: "go".into() }).id("one").await.is_err_and(|error| error.is_already_exists()));
    table.delete(&book).await?;
    assert_eq!(table.find(Book::find_by_slug("rust")).await?, Some(next.clone()));
    table.delete(&next).await?;
    assert_eq!(stored::all(&other).await, Vec::<Row>::new());
    // 98 versions, the head and the claim are a transaction's 100 actions.
    let book = table.create(Book { slug: "rust".into() }).id("two").await?;
    stored::change(&other, ("Book#two", "v0"), "SET version = :v", n(98)).await;
    faults.clear();
    table.delete(&book).await?;
    assert_eq!(faults.requests(), ["GetItem", "TransactWriteItems"]);
    assert_eq!(stored::all(&other).await, Vec::<Row>::new());
    Ok(())
}

/// Python's deletion, and DynamoDB's own, know of no claims.
#[tokio::test]
async fn a_claim_without_its_row_is_taken_over() -> Result<()> {
    let faults = Faults::new();
    let start = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
    let clock = SettableClock::new(start);
    let other = engine::builder::<App>().clock(clock.clone()).build().await?;
    let table = other.with_faults(&faults);
    table.create(Person::new("ann@acme.io").badge(1)).id("gone").await?;
    remove(&other, "Person#gone").await;
    faults.clear();
    let ann = table.create(Person::new("ann@acme.io").badge(1)).await?;
    // For each claim a look at its row, which both find gone.
    let look = ["TransactWriteItems", "GetItem"];
    assert_eq!(faults.requests(), [look, look].concat().into_iter().chain(["TransactWriteItems"]).collect::<Vec<_>>());
    assert_claims(&other).await?;

    // Somebody else gave the row another value, and told no claim.
    stored::change(&other, (&key(&ann), &key(&ann)), "SET email = :v", s("ann@acme.com")).await;
    let next = table.create(Person::new("ann@acme.io")).await?;
    assert_eq!(claims(&other).await["_INTERNAL#Unique#Person#email#ann@acme.io"].0, key(&next));
    violated(table.create(Person::new("Ann@acme.io")).await, "email");

    // Its time is over.
    let soon = Some(start + TimeDelta::seconds(10));
    table.create(Session { token: "t".into(), expires: soon }).await?;
    violated(table.create(Session { token: "t".into(), expires: None }).await, "token");
    clock.advance(TimeDelta::seconds(10));
    let session = table.create(Session { token: "t".into(), expires: None }).await?;
    assert_eq!(table.find(Session::find_by_token("t")).await?, Some(session));
    Ok(())
}

fn key(person: &Resource<Person>) -> String {
    format!("Person#{}", person.id())
}

/// Removes a plain row as others do.
async fn remove(table: &Table<App>, key: &str) {
    table.client().delete_item().table_name(table.name()).key("pk", s(key)).key("sk", s(key)).send().await.expect("deleted");
}

/// Between the look and the write: the row comes back, or another takes the value.
#[tokio::test]
async fn a_claim_is_taken_over_only_from_what_was_seen() -> Result<()> {
    for back in [true, false] {
        let faults = Faults::new();
        let other = engine::table::<App>().await;
        let table = other.with_faults(&faults);
        table.create(Person::new("ann@acme.io")).id("gone").await?;
        remove(&other, "Person#gone").await;
        let meanwhile = other.clone();
        faults.inject(
            Fault::meanwhile(async move {
                let id = if back { "gone" } else { "other" };
                meanwhile.create(Person::new("ann@acme.io")).id(id).await.expect("the value is free");
            })
            .on("TransactWriteItems")
            .nth(2),
        );
        violated(table.create(Person::new("ann@acme.io")).await, "email");
        assert_claims(&other).await?;
        assert_eq!(other.list::<Person>().count().await?, 1);
    }
    Ok(())
}

/// A claim that another row has taken over is not released with ours.
#[tokio::test]
async fn a_lost_claim_is_left_to_its_owner() -> Result<()> {
    let table = engine::table::<App>().await;
    for delete in [true, false] {
        let ann = table.create(Person::new("ann@acme.io")).await?;
        let claim = "_INTERNAL#Unique#Person#email#ann@acme.io";
        let owner = map([("pk", s("Person#other")), ("sk", s("Person#other"))]);
        stored::change(&table, (claim, claim), "SET owner = :v", owner).await;
        if delete {
            table.delete(&ann).await?;
        } else {
            table.update(ann, |person| person.email = "ann@acme.com".into()).await?;
        }
        assert_eq!(claims(&table).await[claim].0, "Person#other");
    }
    Ok(())
}

#[tokio::test]
async fn claims_expire_with_their_rows() -> Result<()> {
    let table = engine::table::<App>().await;
    let at = |seconds: i64| DateTime::from_timestamp(4_000_000_000 + seconds, 0);
    let claim = "_INTERNAL#Unique#Session#token#t";
    let session = table.create(Session { token: "t".into(), expires: at(0) }).await?;
    for expires in [at(5), None, at(7)] {
        table.modify(&session, |session| session.expires = expires).await?;
        let found = stored::one(&table, claim, claim).await.expect("the claim").remove("ttl");
        assert_eq!(found, expires.map(|at| n(at.timestamp())));
    }
    assert_claims(&table).await
}

#[tokio::test]
async fn finds_by_value() -> Result<()> {
    let faults = Faults::new();
    let other = engine::table::<App>().await;
    let table = other.with_faults(&faults);
    let ann = table.create(Person::new("Ann@acme.io").badge(3)).await?;
    let article = table.create(Article::new("plan")).await?;
    let article = table.update(article, |article| article.text = "more".into()).await?;
    faults.clear();
    assert_eq!(table.find(Person::find_by_email("aNN@acme.io")).await?, Some(ann.clone()));
    assert_eq!(faults.requests(), ["GetItem", "GetItem"]);
    assert_eq!(table.find(Person::find_by_badge("red", 3)).consistent().await?, Some(ann.clone()));
    assert_eq!(table.find(Article::find_by_slug("plan")).await?, Some(article));
    faults.clear();
    assert_eq!(table.find(Person::find_by_badge("blue", 3)).await?, None);
    assert_eq!(faults.requests(), ["GetItem"]);

    // Moved between the two reads.
    let seat = table.create(Seat { room: "a".into(), seat: "1".into(), holder: Some("ann".into()) }).await?;
    let meanwhile = other.clone();
    faults.clear();
    faults.inject(
        Fault::meanwhile(async move {
            meanwhile.rekey(seat, |seat| seat.seat = "2".into()).await.expect("nobody else writes");
        })
        .on("GetItem")
        .nth(2),
    );
    assert_eq!(table.find(Seat::find_by_holder("ann")).consistent().await?.expect("it moved").seat, "2");

    // A row that has lost the value, and one that is gone.
    stored::change(&other, (&key(&ann), &key(&ann)), "SET email = :v", s("ann@acme.com")).await;
    faults.clear();
    assert_eq!(table.find(Person::find_by_email("ann@acme.io")).await?, None);
    assert_eq!(faults.requests(), ["GetItem", "GetItem", "GetItem"]);
    remove(&other, &key(&ann)).await;
    assert_eq!(table.find(Person::find_by_badge("red", 3)).await?, None);
    Ok(())
}

#[tokio::test]
async fn a_value_that_no_key_can_hold_is_refused() -> Result<()> {
    let table = engine::table::<App>().await;
    let room = 1024 - "_INTERNAL#Unique#Person#email#".len();
    let longest = "x".repeat(room);
    let ann = table.create(Person::new(&longest)).await?;
    assert_eq!(table.find(Person::find_by_email(&longest)).await?, Some(ann.clone()));
    let longer = format!("{longest}x");
    let problem = |error: Error| match error {
        Error::KeyValue { entity: "Person", template, field, problem } => (template, field, problem),
        error => panic!("{error:?}"),
    };
    let too_long = ("<email>", None, KeyProblem::TooLong { limit: 1024 });
    assert_eq!(problem(table.create(Person::new(&longer)).await.expect_err("too long")), too_long);
    assert_eq!(problem(table.update(ann, |person| person.email = longer.clone()).await.expect_err("too long")), too_long);
    assert_eq!(problem(table.find(Person::find_by_email(&longer)).await.expect_err("too long")), too_long);
    let delimiter = Person { team: "a#b".into(), ..Person::new("bob@acme.io").badge(1) };
    assert_eq!(
        problem(table.create(delimiter).await.expect_err("ambiguous")),
        ("<team>#<badge:04>", Some("team"), KeyProblem::Delimiter('#'))
    );
    // No value at all is a value too: one may have it.
    table.create(Person::new("")).await?;
    violated(table.create(Person::new("")).await, "email");
    assert_claims(&table).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_creators_of_one_value_one_wins() -> Result<()> {
    let table = engine::table::<App>().await;
    for round in 0..4 {
        let value = format!("{round}@acme.io");
        let creators = (0..20).map(|_| {
            let (table, value) = (table.clone(), value.clone());
            tokio::spawn(async move { table.create(Person::new(&value)).await })
        });
        let results: Vec<_> = join_all(creators).await.into_iter().map(|joined| joined.expect("no creator panics")).collect();
        assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
        for error in results.into_iter().filter_map(Result::err) {
            assert!(error.is_unique_violation() || matches!(error, Error::Busy { .. }), "{error:?}");
        }
        assert_claims(&table).await?;
    }
    Ok(())
}

/// Creators, movers and deleters of few values at once: whatever they come to, claims and values agree.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn claims_and_values_agree_after_any_race() -> Result<()> {
    let table = engine::table::<App>().await;
    let writers = (0..12u32).map(|writer| {
        let table = table.clone();
        tokio::spawn(async move {
            let value = |number: u32| format!("{}@acme.io", number % 4);
            for round in 0..6 {
                let Ok(person) = table.create(Person::new(&value(writer + round)).badge((writer + round) % 3)).await else { continue };
                let _ = table.modify(&person, |person| person.email = value(writer * round)).await;
                if round % 2 == 0 {
                    let _ = table.delete(&person).await;
                }
            }
        })
    });
    join_all(writers).await.into_iter().for_each(|joined| joined.expect("no writer panics"));
    assert_claims(&table).await
}

/// Every request of every operation fails in every way: no claim is left without a row, and no row without its claims.
#[tokio::test]
async fn no_failure_leaves_a_claim_behind() -> Result<()> {
    const FAILURES: [Failure; 5] =
        [Failure::Connection, Failure::ServerError, Failure::Unreadable, Failure::Throttling, Failure::TransactionConflict];
    for operation in 0..6 {
        let cases = FAILURES.into_iter().flat_map(|failure| {
            let always = [false, true].into_iter().filter(move |always| !always || failure == Failure::Connection);
            let cases =
                always.flat_map(move |always| [(false, 1), (true, 1), (false, 2), (true, 2)].map(|case| (failure, case.0, case.1, always)));
            // These say that nothing was done, so they are no lost answers.
            cases.filter(|(failure, after, ..)| !after || !matches!(failure, Failure::Throttling | Failure::TransactionConflict))
        });
        for (failure, after, request, always) in cases {
            let faults = Faults::new();
            let other = engine::table::<App>().await;
            let table = Table::new::<App>(impatient(other.client()), other.name()).with_faults(&faults);
            let ann = other.create(Person::new("ann@acme.io").badge(1)).await?;
            let article = other.create(Article::new("plan")).await?;
            let seat = other.create(Seat { room: "a".into(), seat: "1".into(), holder: Some("ann".into()) }).await?;
            let start = claims(&other).await;
            let fault = if after { Fault::after(failure) } else { Fault::before(failure) }.nth(request);
            faults.inject(if always { fault.always() } else { fault });
            let told = match operation {
                0 => table.create(Person::new("bob@acme.io").badge(2)).await.map(drop),
                1 => table.create(Person::new("bob@acme.io").badge(1)).await.map(drop),
                2 => table.modify(&ann, |person| person.email = "bob@acme.io".into()).await.map(drop),
                3 => table.delete(&ann).await,
                4 => table.update(article, |article| article.slug = "other".into()).await.map(drop),
                _ => table.rekey(seat, |seat| seat.seat = "2".into()).await.map(drop),
            };
            let stated = claims(&other).await;
            assert_eq!(stated, values(&other).await?, "{operation} {failure:?} {after} {request} {told:?}");
            let made = stated != start;
            match told {
                Ok(()) => assert!(made, "{operation} {failure:?} {after} {request}"),
                Err(Error::Unknown { .. }) => {}
                Err(error) => assert!(!made, "{operation} {failure:?} {after} {request} {error:?}"),
            }
        }
    }
    Ok(())
}
