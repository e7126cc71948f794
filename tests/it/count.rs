//! `count`: the numbers move with the resources, in the same transaction.

use std::collections::HashSet;
use std::future::IntoFuture;

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use simpletable::fault::{Failure, Fault, Faults};
use simpletable::{Error, Id, Result, Schema, SettableClock, SingleTable, Table, TransactionProblem, WriteRequest};

use crate::concurrency::at_once;
use crate::faults::{LOST, impatient};
use crate::stored::{self, Row, n, s};
use crate::{dynamodb_json, engine};

const STATISTICS: &str = "_INTERNAL#MemoryStats";

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(count, id = "<name>")]
struct Room {
    name: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(versioned, count, name = "Doc")]
struct Document {
    title: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(count, ttl = "seconds", id = "<name>")]
struct Lock {
    name: String,
    seconds: u32,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(singleton, count)]
struct Config {
    greeting: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(count)]
struct Club {
    #[table(set)]
    members: HashSet<u32>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
struct Note {
    text: String,
}

#[derive(SingleTable)]
enum App {
    Room(Room),
    Document(Document),
    Lock(Lock),
    Config(Config),
    Club(Club),
    Note(Note),
}

fn room(name: impl Into<String>) -> Room {
    Room { name: name.into() }
}

fn document(title: &str) -> Document {
    Document { title: title.into() }
}

async fn counts<S: Schema>(table: &Table<S>) -> Vec<(String, i64)> {
    let stats = table.stats().consistent().await.expect("the numbers can be read");
    stats.iter().map(|(name, count)| (name.to_owned(), count)).collect()
}

async fn count_of(table: &Table<App>, name: &str) -> i64 {
    counts(table).await.into_iter().find(|(found, _)| found == name).map_or(0, |(_, count)| count)
}

fn watched(table: &Table<App>) -> (Table<App>, Faults) {
    let faults = Faults::new();
    (Table::new(impatient(table.client()), table.name()).with_faults(&faults), faults)
}

/// A document of more versions than a transaction has room for.
async fn long_history(table: &Table<App>, id: &str, versions: u32) -> Result<()> {
    table.create(document("long")).id(id).await?;
    let pk = format!("Doc#{id}");
    for version in 2..=versions {
        let row = Row::from([("pk".into(), s(pk.as_str())), ("sk".into(), s(format!("v{version}"))), ("version".into(), n(version))]);
        stored::put(table, row).await;
    }
    stored::change(table, (&pk, "v0"), "SET version = :v", n(versions)).await;
    Ok(())
}

#[tokio::test]
async fn creates_and_deletes_count() -> Result<()> {
    let (table, faults) = watched(&engine::table::<App>().await);
    assert_eq!(table.stats().await?.count::<Room>(), 0, "there is no row yet");
    faults.clear();
    let first = table.create(room("first")).await?;
    // The first of all begins the row.
    assert_eq!(faults.requests(), ["TransactWriteItems", "UpdateItem", "TransactWriteItems"]);
    faults.clear();
    table.create(room("second")).await?;
    let plan = table.create(document("plan")).await?;
    table.singleton::<Config>().await?;
    table.create(Note { text: "not counted".into() }).await?;
    let plan = table.update(plan, |plan| plan.title.push('!')).await?;
    let first = table.rekey(first, |room| room.name = "moved".into()).await?;
    let sent = [
        "TransactWriteItems",
        "TransactWriteItems",
        "GetItem",
        "TransactWriteItems",
        "PutItem",
        "TransactWriteItems",
        "TransactWriteItems",
    ];
    assert_eq!(faults.requests(), sent);
    assert_eq!(counts(&table).await, [("Config".into(), 1), ("Doc".into(), 1), ("Room".into(), 2)]);
    assert_eq!(table.stats().await?.count::<Document>(), 1);

    assert!(table.create(room("second")).await.is_err_and(|error| error.is_already_exists()));
    table.delete(&first).if_unchanged(&first).await?;
    assert!(table.delete(&first).await.is_err_and(|error| error.is_not_found()));
    table.delete(&plan).await?;
    table.delete(Config::key()).await?;
    assert_eq!(counts(&table).await, [("Config".into(), 0), ("Doc".into(), 0), ("Room".into(), 1)]);
    Ok(())
}

#[tokio::test]
async fn the_unsent_request_counts() -> Result<()> {
    let table = engine::table::<App>().await;
    let WriteRequest::TransactWriteItems(create) = table.create(room("a")).into_input()? else { panic!("two rows") };
    let WriteRequest::TransactWriteItems(delete) = table.delete(Room::key("a")).into_input()? else { panic!("two rows") };
    for (request, by) in [(create, "1"), (delete, "-1")] {
        let [_, statistics] = request.transact_items() else { panic!("two rows") };
        let update = statistics.update().expect("an update");
        assert_eq!(update.key()["pk"], s(STATISTICS));
        assert!(update.update_expression().contains("ADD "), "{}", update.update_expression());
        assert!(update.expression_attribute_values().expect("values").values().any(|value| *value == n(by)));
    }
    Ok(())
}

/// A transaction returns nothing, so what is deleted is what was read.
#[tokio::test]
async fn what_was_deleted_can_be_returned() -> Result<()> {
    let (table, faults) = watched(&engine::table::<App>().await);
    let first = table.create(room("first")).await?;
    faults.clear();
    assert_eq!(table.delete(&first).return_old().await?, first);
    assert_eq!(faults.requests(), ["GetItem", "TransactWriteItems"]);
    assert_eq!(count_of(&table, "Room").await, 0);
    Ok(())
}

/// What is returned is what was deleted: a set that another writer changes moves no time, and the order of its members is nothing.
#[tokio::test]
async fn a_set_is_part_of_the_state_that_is_deleted() -> Result<()> {
    let (table, faults) = watched(&engine::table::<App>().await);
    for _ in 0..8 {
        // In any order, here and there.
        let club = table.create(Club { members: (1..20).collect() }).id("one").await?;
        assert_eq!(table.delete(&club).if_unchanged(&club).return_old().await?, club);
    }
    for unchanged in [true, false] {
        let club = table.create(Club { members: HashSet::from([1]) }).id("one").await?;
        let writer = table.clone();
        faults.clear();
        let meanwhile =
            async move { stored::change(&writer, ("Club#one", "Club#one"), "ADD members :v", AttributeValue::Ns(vec!["2".into()])).await };
        faults.inject(Fault::meanwhile(meanwhile).on("TransactWriteItems"));
        let delete = table.delete(&club);
        let deleted = if unchanged { delete.if_unchanged(&club).return_old().await } else { delete.return_old().await };
        if unchanged {
            assert!(deleted.is_err_and(|error| error.is_conflict()));
            table.delete(&club).await?;
        } else {
            assert_eq!(deleted?.members, HashSet::from([1, 2]));
        }
    }
    Ok(())
}

/// An idempotency key is a row of the same transaction: what is not made again is not counted again.
#[tokio::test]
async fn what_is_made_once_counts_once() -> Result<()> {
    let table = engine::table::<App>().await;
    let plan = table.create(document("plan")).idempotency_key("1").await?;
    assert!(table.create(document("plan")).idempotency_key("1").await.is_err_and(|error| error.is_already_applied()));
    assert_eq!(count_of(&table, "Doc").await, 1);
    table.delete(&plan).idempotency_key("2").await?;
    assert!(table.delete(&plan).idempotency_key("2").await.is_err_and(|error| error.is_already_applied()));
    assert_eq!(count_of(&table, "Doc").await, 0);
    Ok(())
}

/// One change of the row for all operations, whatever they add up to.
#[tokio::test]
async fn a_transaction_counts_at_once() -> Result<()> {
    let (table, faults) = watched(&engine::table::<App>().await);
    faults.clear();
    let (a, plan, _) = table.transact((table.create(room("a")), table.create(document("plan")), table.create(room("b")))).await?;
    assert_eq!(faults.requests(), ["TransactWriteItems", "UpdateItem", "TransactWriteItems"], "the first begins the row");
    assert_eq!(counts(&table).await, [("Doc".into(), 1), ("Room".into(), 2)]);

    let draft = table.create(document("draft"));
    let note = table.put(Note { text: "not counted".into() });
    let ((), (), _, _) = table.transact((table.delete(&a), table.delete(&plan), draft, note)).await?;
    assert_eq!(counts(&table).await, [("Doc".into(), 1), ("Room".into(), 1)]);

    // As many come as go: the numbers stay as they are.
    let gone = table.client().delete_item().table_name(table.name()).key("pk", s(STATISTICS)).key("sk", s(STATISTICS));
    gone.send().await.expect("the row can be deleted");
    faults.clear();
    table.transact((table.create(room("c")), table.delete(Room::key("b")))).await?;
    assert_eq!(faults.requests(), ["TransactWriteItems"]);
    assert_eq!(counts(&table).await, []);

    table.recount::<Room>().await?;
    let failed = table.transact((table.create(room("d")), table.create(room("c")))).await;
    assert!(failed.is_err_and(|error| matches!(error, Error::Transaction { position: 1, .. }) && error.is_already_exists()));
    assert_eq!(count_of(&table, "Room").await, 1, "nothing was created");
    Ok(())
}

/// The one that fails is told, whether there is a row of statistics or not.
#[tokio::test]
async fn a_transaction_that_fails_counts_nothing() -> Result<()> {
    let table = engine::table::<App>().await;
    let failed = table.transact((table.create(room("a")), table.delete(Room::key("none")))).await;
    assert!(failed.is_err_and(|error| matches!(error, Error::Transaction { position: 1, .. }) && error.is_not_found()));
    assert_eq!(counts(&table).await, []);
    assert!(table.get(Room::key("a")).consistent().await?.is_none());
    Ok(())
}

/// The row is one of the 100, where the numbers move.
#[tokio::test]
async fn the_statistics_are_one_row_of_a_transaction() -> Result<()> {
    let table = engine::table::<App>().await;
    let rooms = |numbers: std::ops::Range<u32>| numbers.map(|number| table.create(room(number.to_string()))).collect::<Vec<_>>();
    let refused = table.transact(rooms(0..100)).await;
    assert!(matches!(refused, Err(Error::InvalidTransaction { problem: TransactionProblem::Actions { actions: 101, limit: 100, .. } })));
    let made = table.transact(rooms(0..99)).await?;
    assert_eq!(count_of(&table, "Room").await, 99);
    table.transact(made.iter().map(|room| table.delete(room)).collect::<Vec<_>>()).await?;
    assert_eq!(count_of(&table, "Room").await, 0);

    long_history(&table, "short", 98).await?;
    long_history(&table, "long", 99).await?;
    let refused = table.transact((table.delete(Id::<Document>::from("long")),)).await;
    let Err(Error::Transaction { source, .. }) = refused else { panic!("it does not fit") };
    assert!(matches!(*source, Error::InvalidTransaction { problem: TransactionProblem::History { limit: 98, .. } }));
    table.transact((table.delete(Id::<Document>::from("short")),)).await?;
    assert_eq!(count_of(&table, "Doc").await, 1);
    Ok(())
}

#[tokio::test]
async fn many_count() -> Result<()> {
    let table = engine::table::<App>().await;
    let made = table.create_many((0..30).map(|number| room(number.to_string()))).await?.into_complete()?;
    table
        .create_many([App::Room(room("29")), App::Document(document("plan")), App::Note(Note { text: "x".into() })])
        .await?
        .errors()
        .count();
    assert_eq!(counts(&table).await, [("Doc".into(), 1), ("Room".into(), 30)]);
    let keys = made.iter().take(20).map(|room| room.id().clone());
    let again = made.iter().take(5).map(|room| room.id().clone());
    table.delete_many(keys.chain(again).chain([Id::from("none")])).await?.errors().count();
    assert_eq!(counts(&table).await, [("Doc".into(), 1), ("Room".into(), 10)]);
    assert_eq!(table.list::<Room>().count().await?, 10);
    Ok(())
}

/// The first writers race for the row, then all of them for the numbers.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_creators_and_deleters_count_exactly() -> Result<()> {
    let table = engine::table::<App>().await;
    let work = (0..24).map(|number| {
        let table = table.clone();
        async move {
            let room = busy(|| table.create(room(number.to_string()))).await?;
            let plan = busy(|| table.create(document("plan"))).await?;
            if number % 3 == 0 {
                busy(|| table.delete(&room)).await?;
            }
            if number % 2 == 0 {
                busy(|| table.delete(&plan)).await?;
            }
            Ok(())
        }
    });
    at_once(work).await.into_iter().collect::<Result<Vec<()>>>()?;
    assert_eq!(counts(&table).await, [("Doc".into(), 12), ("Room".into(), 16)]);
    assert_eq!(stored::all(&table).await.len(), 16 + 2 * 12 + 1, "one row of statistics");
    Ok(())
}

/// Again while the row is busy: nothing was written.
async fn busy<T, O: IntoFuture<Output = Result<T>>>(operation: impl Fn() -> O) -> Result<T> {
    loop {
        match operation().await {
            Err(Error::Busy { .. }) => {}
            result => return result,
        }
    }
}

#[tokio::test]
async fn a_lost_answer_counts_once() -> Result<()> {
    for failure in LOST {
        for fault in [Fault::before as fn(Failure) -> Fault, Fault::after] {
            let other = engine::table::<App>().await;
            let (table, faults) = watched(&other);
            // Of the very first transaction, of the row's beginning, and of the transaction after it.
            faults.inject(fault(failure).on("TransactWriteItems"));
            faults.inject(fault(failure).on("UpdateItem"));
            faults.inject(fault(failure).on("TransactWriteItems").nth(3));
            let first = table.create(room("first")).await?;
            let plan = table.create(document("plan")).await?;
            assert_eq!(counts(&other).await, [("Doc".into(), 1), ("Room".into(), 1)]);
            faults.clear();
            faults.inject(fault(failure).on("TransactWriteItems"));
            table.delete(&first).await?;
            faults.inject(fault(failure).on("TransactWriteItems"));
            table.delete(&plan).await?;
            assert_eq!(counts(&other).await, [("Doc".into(), 0), ("Room".into(), 0)]);
        }
    }
    Ok(())
}

/// The caller is told that nobody knows, and the number is that of the rows, whichever it is.
#[tokio::test]
async fn an_answer_that_never_comes_leaves_the_number_right() -> Result<()> {
    for (fault, made) in [(Fault::before(Failure::TimeOut), 0), (Fault::after(Failure::TimeOut), 1)] {
        let other = engine::table::<App>().await;
        other.create(room("first")).await?;
        let (table, faults) = watched(&other);
        faults.inject(fault.on("TransactWriteItems").always());
        assert!(matches!(table.create(room("second")).await, Err(Error::Unknown { .. })));
        assert_eq!(count_of(&other, "Room").await, 1 + made);
        assert_eq!(other.scan::<Room>().all().await?.len() as i64, 1 + made);
    }
    Ok(())
}

#[tokio::test]
async fn busy_statistics_are_waited_for() -> Result<()> {
    let other = engine::table::<App>().await;
    other.create(room("first")).await?;
    let (table, faults) = watched(&other);
    faults.inject(Fault::before(Failure::TransactionConflict).on("TransactWriteItems").times(2));
    table.create(room("second")).await?;
    faults.inject(Fault::before(Failure::TransactionConflict).on("TransactWriteItems").always());
    assert!(matches!(table.create(room("third")).await, Err(Error::Busy { .. })));
    faults.clear();
    assert_eq!(count_of(&other, "Room").await, 2);
    Ok(())
}

/// Up to version 98 it is one transaction; beyond, the number moves with the request that takes the head out of service.
#[tokio::test]
async fn a_long_deletion_counts_once() -> Result<()> {
    let (table, faults) = watched(&engine::table::<App>().await);
    long_history(&table, "short", 98).await?;
    long_history(&table, "long", 99).await?;
    faults.clear();
    table.delete(Id::<Document>::from("short")).await?;
    assert_eq!(faults.requests(), ["GetItem", "TransactWriteItems"]);
    assert_eq!(count_of(&table, "Doc").await, 1);
    faults.clear();
    table.delete(Id::<Document>::from("long")).await?;
    assert_eq!(faults.requests(), ["GetItem", "TransactWriteItems", "Query", "TransactWriteItems", "DeleteItem"]);
    assert_eq!(count_of(&table, "Doc").await, 0);
    assert_eq!(stored::all(&table).await.len(), 1, "the statistics");
    Ok(())
}

/// Every request of it fails, before and after it is made, and for good; then it is called again.
#[tokio::test]
async fn an_interrupted_long_deletion_counts_once() -> Result<()> {
    let id = || Id::<Document>::from("long");
    let steps =
        [("GetItem", 1), ("TransactWriteItems", 1), ("Query", 1), ("TransactWriteItems", 2), ("TransactWriteItems", 3), ("DeleteItem", 1)];
    for (request, nth) in steps {
        for fault in [Fault::before as fn(Failure) -> Fault, Fault::after] {
            let other = engine::table::<App>().await;
            other.create(document("other")).await?;
            long_history(&other, "long", 120).await?;
            let (table, faults) = watched(&other);
            faults.inject(fault(Failure::TimeOut).on(request).nth(nth).always());
            assert!(table.delete(id()).await.is_err(), "{request} {nth}");
            let gone = other.get(id()).consistent().await?.is_none();
            assert_eq!(count_of(&other, "Doc").await, if gone { 1 } else { 2 }, "{request} {nth}");
            match other.delete(id()).await {
                Ok(()) => {}
                // The last request was made.
                Err(error) => assert!(error.is_not_found() && request == "DeleteItem", "{request}: {error}"),
            }
            assert_eq!(count_of(&other, "Doc").await, 1, "{request} {nth}");
            assert_eq!(stored::all(&other).await.len(), 3, "the other document, and the statistics");
        }
    }
    Ok(())
}

/// Nobody counts what expires, neither when DynamoDB deletes it nor when a create replaces it: `recount` does.
#[tokio::test]
async fn what_expires_stays_in_the_number() -> Result<()> {
    let clock = SettableClock::new("2100-01-01T00:00:00Z".parse().expect("a time"));
    let table: Table<App> = engine::builder().clock(clock.clone()).build().await?;
    let lock = |name: &str| Lock { name: name.into(), seconds: 10 };
    table.create(lock("a")).await?;
    table.create(lock("b")).await?;
    clock.advance(TimeDelta::seconds(10));
    assert_eq!(table.stats().await?.count::<Lock>(), 2);
    assert!(table.delete(Lock::key("a")).await.is_err_and(|error| error.is_not_found()));
    table.create(lock("a")).await?;
    assert_eq!(table.stats().await?.count::<Lock>(), 3);
    assert_eq!(table.recount::<Lock>().await?, 1);
    assert_eq!(table.stats().await?.count::<Lock>(), 1);
    // The one that has expired was not counted, so it may go as it likes.
    table.create(lock("b")).await?;
    table.delete(Lock::key("a")).await?;
    assert_eq!(table.stats().await?.count::<Lock>(), 1);
    Ok(())
}

#[tokio::test]
async fn recount_writes_the_exact_number() -> Result<()> {
    let (table, faults) = watched(&engine::table::<App>().await);
    // No row: it is begun.
    faults.clear();
    assert_eq!(table.recount::<Room>().await?, 0);
    assert_eq!(faults.requests(), ["GetItem", "Query", "UpdateItem", "GetItem", "Query", "UpdateItem"]);
    for number in 0..5 {
        table.create(room(number.to_string())).await?;
    }
    table.create(document("plan")).await?;
    faults.clear();
    assert_eq!(table.recount::<Room>().await?, 5);
    assert_eq!(faults.requests(), ["GetItem", "Query"], "it is right");
    stored::put(&table, drifted(&table, "Room", 77).await).await;
    faults.clear();
    assert_eq!(table.recount::<Room>().await?, 5);
    assert_eq!(faults.requests(), ["GetItem", "Query", "UpdateItem"]);
    assert_eq!(counts(&table).await, [("Doc".into(), 1), ("Room".into(), 5)]);
    Ok(())
}

/// The row of statistics with another number.
async fn drifted(table: &Table<App>, name: &str, number: i64) -> Row {
    let mut row = stored::one(table, STATISTICS, STATISTICS).await.expect("there is a row");
    let counts = row
        .get_mut("counts_by_type")
        .and_then(|counts| if let aws_sdk_dynamodb::types::AttributeValue::M(counts) = counts { Some(counts) } else { None });
    counts.expect("a map").insert(name.into(), n(number));
    row
}

/// Somebody creates between its counting and its writing: it counts again, and gives up where that never ends.
#[tokio::test]
async fn recount_overwrites_nobody() -> Result<()> {
    let other = engine::table::<App>().await;
    other.create(room("first")).await?;
    stored::put(&other, drifted(&other, "Room", 9).await).await;
    let (table, faults) = watched(&other);
    let meanwhile = |name: &'static str| {
        let other = other.clone();
        Fault::meanwhile(async move { drop(other.create(room(name)).await.expect("the key is free")) }).on("UpdateItem")
    };
    faults.inject(meanwhile("second"));
    assert_eq!(table.recount::<Room>().await?, 2);
    assert_eq!(count_of(&other, "Room").await, 2);

    stored::put(&other, drifted(&other, "Room", 9).await).await;
    for (nth, name) in ["a", "b", "c", "d", "e"].into_iter().enumerate() {
        faults.inject(meanwhile(name).nth(nth + 1));
    }
    assert!(table.recount::<Room>().await.is_err_and(|error| error.is_conflict()));
    assert_eq!(count_of(&other, "Room").await, 9 + 5);
    Ok(())
}

#[tokio::test]
async fn a_recount_whose_answer_is_lost_is_found_out() -> Result<()> {
    for failure in LOST {
        let other = engine::table::<App>().await;
        other.create(room("first")).await?;
        stored::put(&other, drifted(&other, "Room", 9).await).await;
        let (table, faults) = watched(&other);
        faults.inject(Fault::after(failure).on("UpdateItem"));
        assert_eq!(table.recount::<Room>().await?, 1);
        assert_eq!(count_of(&other, "Room").await, 1);
    }
    Ok(())
}

/// The row of both releases is read, and what we write to it has the same attributes and types.
#[tokio::test]
async fn the_row_is_pythons() -> Result<()> {
    for release in [include_str!("data/python-10.0.0.json"), include_str!("data/python-22.0.0.json")] {
        let rows: Vec<serde_json::Value> = serde_json::from_str(release).expect("JSON");
        let python = rows.iter().map(dynamodb_json::read).find(|row| stored::text(row, "pk") == STATISTICS).expect("Python counts");
        let table = engine::table::<App>().await;
        stored::put(&table, python.clone()).await;
        assert_eq!(counts(&table).await, [("Document".into(), 2), ("MemoryStats".into(), 1), ("Profile".into(), 2)]);
        table.create(room("first")).await?;
        assert_eq!(count_of(&table, "Room").await, 1);
        let ours = stored::one(&table, STATISTICS, STATISTICS).await.expect("it is there");
        assert_eq!(stored::names(&ours), stored::names(&python));
        assert_eq!(ours["created_at"], python["created_at"]);
        assert_eq!(ours["updated_at"], ours["gsitypesk"]);

        // A row that we begin.
        let table = engine::table::<App>().await;
        table.create(room("first")).await?;
        let begun = stored::one(&table, STATISTICS, STATISTICS).await.expect("it is there");
        assert_eq!(stored::names(&begun), stored::names(&python));
        for name in ["pk", "sk", "gsitype", "resource_id"] {
            assert_eq!(begun[name], python[name]);
        }
        for time in ["created_at", "updated_at", "gsitypesk"] {
            assert!(stored::text(&begun, time).ends_with("+00:00"));
        }
        assert_eq!(table.scan::<App>().all().await?.len(), 1, "it is no row of the schema");
    }
    Ok(())
}

#[tokio::test]
async fn a_row_of_something_else_is_an_error() -> Result<()> {
    let table = engine::table::<App>().await;
    let row = |counts| Row::from([("pk".into(), s(STATISTICS)), ("sk".into(), s(STATISTICS)), ("counts_by_type".into(), counts)]);
    for counts in [s("x"), aws_sdk_dynamodb::types::AttributeValue::M([("Room".to_owned(), s("x"))].into())] {
        stored::put(&table, row(counts)).await;
        assert!(matches!(table.stats().await, Err(Error::Decode { .. })));
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn crosses_threads() -> Result<()> {
    let table = engine::table::<App>().await;
    tokio::spawn(table.create(room("first")).into_future()).await.expect("no panic")?;
    assert_eq!(tokio::spawn(table.recount::<Room>().into_future()).await.expect("no panic")?, 1);
    assert_eq!(tokio::spawn(table.stats().into_future()).await.expect("no panic")?.count::<Room>(), 1);
    Ok(())
}
