//! Every request of every write on a history is failed in every way that the fault connector knows. After each, the rows agree, and the caller
//! was told the truth.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::types::{PutRequest, WriteRequest};
use futures::StreamExt;
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use simpletable::fault::{Failure, Fault, Faults};
use simpletable::{Error, Id, Result, SingleTable, Table};

use crate::engine;
use crate::faults::impatient;
use crate::stored::{self, Row, n, s};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(versioned, max_versions = 3)]
#[gsi(name = "owner", index = "gsi1", pk = "owner#<owner>")]
struct Kept {
    owner: String,
    count: u32,
}

const PK: &str = "Kept#one";

fn id() -> Id<Kept> {
    Id::from("one")
}

/// Failures before the request arrives.
const BEFORE: [Failure; 7] = [
    Failure::Connection,
    Failure::TimeOut,
    Failure::ServerError,
    Failure::Unreadable,
    Failure::Throttling,
    Failure::TransactionConflict,
    Failure::Cancelled(&["None", "ItemCollectionSizeLimitExceeded"]),
];

/// Failures after it was done. DynamoDB does nothing that it says it has refused, so the others are none.
const AFTER: [Failure; 4] = [Failure::Connection, Failure::TimeOut, Failure::ServerError, Failure::Unreadable];

/// How many ways there are for a request to fail: once, and from there on.
const WAYS: usize = BEFORE.len() + AFTER.len() + 4;

/// A fault that happens to the n-th request, or from there on.
#[derive(Debug, Clone, Copy)]
enum Injected {
    Before(Failure),
    After(Failure),
    Unprocessed(usize),
}

impl Injected {
    /// All that can happen to a request of this operation, and whether it lasts.
    fn all(request: &str) -> Vec<(Self, bool)> {
        let once = BEFORE.into_iter().map(Self::Before).chain(AFTER.into_iter().map(Self::After)).map(|fault| (fault, false));
        let lasting = [Failure::Connection, Failure::Throttling, Failure::TransactionConflict].map(Self::Before);
        let lasting = lasting.into_iter().chain([Self::After(Failure::TimeOut)]).map(|fault| (fault, true));
        let batch = request.starts_with("Batch");
        let left = [Self::Unprocessed(1), Self::Unprocessed(usize::MAX)].map(|fault| (fault, false));
        once.chain(lasting).chain(left.into_iter().filter(|_| batch)).collect()
    }

    fn at(self, nth: usize, lasts: bool) -> Fault {
        let fault = match self {
            Self::Before(failure) => Fault::before(failure),
            Self::After(failure) => Fault::after(failure),
            Self::Unprocessed(last) => Fault::unprocessed(last),
        };
        if lasts { fault.nth(nth).always() } else { fault.nth(nth) }
    }
}

type Operation = fn(Table<Kept>) -> BoxFuture<'static, Result<()>>;
type Setup = fn(Table<Kept>) -> BoxFuture<'static, ()>;

/// An operation under test.
#[derive(Clone, Copy)]
struct Case {
    name: &'static str,
    setup: Setup,
    operation: Operation,
    /// Whether it takes several writes, so that an error may leave a part done, which calling it again completes.
    in_steps: bool,
}

async fn kept(table: &Table<Kept>, versions: u32) {
    let mut kept = table.create(Kept { owner: "ann".into(), count: 1 }).id("one").await.expect("created");
    for count in 2..=versions {
        kept = table.update(kept, |kept| kept.count = count).await.expect("updated");
    }
}

async fn long(table: &Table<Kept>) {
    kept(table, 1).await;
    for number in 148..=150 {
        let mut row = stored::one(table, PK, "v1").await.expect("the row");
        row.insert("sk".into(), s(format!("v{number}")));
        row.insert("version".into(), n(number));
        stored::put(table, row).await;
    }
    remove(table, "v1").await;
    stored::change(table, (PK, "v0"), "SET version = :v", n(150)).await;
}

/// More rows than one transaction deletes: what an earlier declaration without a limit left.
async fn unlimited(table: &Table<Kept>) {
    kept(table, 1).await;
    let row = stored::one(table, PK, "v1").await.expect("the row");
    let own = |number| [("sk".to_owned(), s(format!("v{number}"))), ("version".to_owned(), n(number))];
    put(table, (2..=101).map(|number| row.clone().into_iter().chain(own(number)).collect()).collect()).await;
    stored::change(table, (PK, "v0"), "SET version = :v", n(101)).await;
}

async fn put(table: &Table<Kept>, rows: Vec<Row>) {
    let put = |row| PutRequest::builder().set_item(Some(row)).build().expect("an item");
    let rows: Vec<WriteRequest> = rows.into_iter().map(|row| WriteRequest::builder().put_request(put(row)).build()).collect();
    for rows in rows.chunks(25) {
        table.client().batch_write_item().request_items(table.name(), rows.to_vec()).send().await.expect("written");
    }
}

async fn remove(table: &Table<Kept>, sk: &str) {
    table.client().delete_item().table_name(table.name()).key("pk", s(PK)).key("sk", s(sk)).send().await.expect("removed");
}

/// Without its row, with rows above it, and in another index.
async fn broken(table: &Table<Kept>) {
    kept(table, 5).await;
    let mut above = stored::one(table, PK, "v5").await.expect("the row");
    above.insert("sk".into(), s("v7"));
    stored::put(table, above).await;
    remove(table, "v5").await;
    stored::change(table, (PK, "v0"), "SET gsi1pk = :v", s("owner#bob")).await;
}

const CASES: [Case; 12] = [
    Case {
        name: "create",
        setup: |_| Box::pin(async {}),
        operation: |table| Box::pin(async move { table.create(Kept { owner: "ann".into(), count: 1 }).id("one").await.map(drop) }),
        in_steps: false,
    },
    Case {
        name: "update",
        setup: |table| Box::pin(async move { kept(&table, 5).await }),
        operation: |table| Box::pin(async move { table.modify(id(), |kept| kept.count = 60).await.map(drop) }),
        in_steps: false,
    },
    Case {
        name: "restore",
        setup: |table| Box::pin(async move { kept(&table, 5).await }),
        operation: |table| Box::pin(async move { table.restore(id(), 3).await.map(drop) }),
        in_steps: false,
    },
    Case {
        name: "delete, short",
        setup: |table| Box::pin(async move { kept(&table, 5).await }),
        operation: |table| Box::pin(async move { table.delete(id()).await }),
        in_steps: false,
    },
    Case {
        name: "delete, long",
        setup: |table| Box::pin(async move { long(&table).await }),
        operation: |table| Box::pin(async move { table.delete(id()).await }),
        in_steps: true,
    },
    Case {
        name: "delete of 101 rows",
        setup: |table| Box::pin(async move { unlimited(&table).await }),
        operation: |table| Box::pin(async move { table.delete(id()).await }),
        in_steps: true,
    },
    Case {
        name: "delete_version",
        setup: |table| Box::pin(async move { kept(&table, 5).await }),
        operation: |table| Box::pin(async move { table.delete_version(id(), 3).await }),
        in_steps: false,
    },
    Case {
        name: "prune_versions_to",
        setup: |table| Box::pin(async move { kept(&table, 5).await }),
        operation: |table| Box::pin(async move { table.prune_versions_to(id(), 1).await.map(drop) }),
        in_steps: false,
    },
    Case {
        name: "repair of a head",
        setup: |table| Box::pin(async move { broken(&table).await }),
        operation: |table| Box::pin(async move { table.repair(id()).await.map(drop) }),
        in_steps: true,
    },
    Case {
        name: "repair of a row that differs",
        setup: |table| {
            Box::pin(async move {
                kept(&table, 5).await;
                let mut row = stored::one(&table, PK, "v4").await.expect("the row");
                row.extend([("sk".to_owned(), s("v5")), ("version".to_owned(), n(5))]);
                stored::put(&table, row).await;
            })
        },
        operation: |table| Box::pin(async move { table.repair(id()).await.map(drop) }),
        in_steps: true,
    },
    Case {
        name: "repair of an interrupted deletion",
        setup: |table| {
            Box::pin(async move {
                kept(&table, 5).await;
                stored::change(&table, (PK, "v0"), "SET version = :v", n(-1)).await;
            })
        },
        operation: |table| Box::pin(async move { table.repair(id()).await.map(drop) }),
        in_steps: true,
    },
    Case {
        name: "repair of orphans",
        setup: |table| {
            Box::pin(async move {
                kept(&table, 5).await;
                remove(&table, "v0").await;
            })
        },
        operation: |table| Box::pin(async move { table.repair(id()).await.map(drop) }),
        in_steps: true,
    },
];

/// What the rows say, without their times.
fn state(rows: &[Row]) -> BTreeMap<String, (String, Option<u64>, Option<String>)> {
    let text = |row: &Row, name: &str| row.get(name).map(|value| format!("{value:?}"));
    rows.iter()
        .map(|row| {
            let count = stored::data(row)["count"].as_u64();
            (stored::text(row, "sk").to_owned(), (text(row, "version").unwrap_or_default(), count, text(row, "gsi1pk")))
        })
        .collect()
}

/// What is wrong with rows that nothing is under way on.
fn violations(rows: &[Row]) -> Vec<String> {
    let mut wrong = Vec::new();
    let number = |row: &Row| stored::text(row, "sk")[1..].parse::<u64>().expect("a number");
    let numbers: BTreeSet<u64> = rows.iter().map(number).filter(|number| *number > 0).collect();
    let Some(head) = rows.iter().find(|row| stored::text(row, "sk") == "v0") else {
        return if numbers.is_empty() { wrong } else { vec![format!("orphans {numbers:?}")] };
    };
    let version: i64 = head["version"].as_n().expect("a number").parse().expect("an integer");
    if version < 0 {
        return wrong;
    }
    let latest = version.unsigned_abs();
    match rows.iter().find(|row| number(row) == latest) {
        None => wrong.push("a head without its row".to_owned()),
        Some(row) if (&row["data"], &row["version"]) != (&head["data"], &head["version"]) => wrong.push("v0 is not vN".to_owned()),
        Some(_) => {}
    }
    if numbers.last() > Some(&latest) {
        wrong.push(format!("rows above the head: {numbers:?}"));
    }
    if numbers.first().is_some_and(|first| *first + 3 <= latest) {
        wrong.push(format!("rows below the bound: {numbers:?}"));
    }
    if numbers.first().is_some_and(|first| *first + numbers.len() as u64 - 1 != latest) {
        wrong.push(format!("a gap: {numbers:?}"));
    }
    wrong
}

fn is_retired(rows: &[Row]) -> bool {
    rows.iter().any(|row| row.get("version") == Some(&n(-1)))
}

/// A table with faults, the same without, and the faults.
async fn tables() -> (Table<Kept>, Table<Kept>, Faults) {
    let table = engine::table::<Kept>().await;
    let other: Table<Kept> = Table::new(impatient(table.client()), table.name());
    let faults = Faults::new();
    (other.with_faults(&faults), other, faults)
}

async fn fresh(case: Case) -> (Table<Kept>, Table<Kept>, Faults) {
    let (table, other, faults) = tables().await;
    (case.setup)(other.clone()).await;
    (table, other, faults)
}

/// The states before and after, and the requests between.
async fn clean(case: Case) -> (Vec<Row>, Vec<Row>, Vec<String>) {
    let (table, other, faults) = fresh(case).await;
    let before = stored::all(&other).await;
    (case.operation)(table).await.expect("nothing fails");
    let after = stored::all(&other).await;
    assert_eq!(violations(&after), Vec::<String>::new(), "{}", case.name);
    (before, after, faults.requests())
}

/// What is wrong after one fault.
async fn one(case: Case, fault: (Injected, bool), nth: usize, before: &[Row], after: &[Row]) -> Vec<String> {
    let (table, other, faults) = tables().await;
    put(&other, before.to_vec()).await;
    faults.inject(fault.0.at(nth, fault.1));
    let result = (case.operation)(table).await;
    assert!(faults.requests().len() >= nth, "{}, request {nth}: it never came", case.name);
    faults.clear();
    let rows = stored::all(&other).await;
    let (old, new, now) = (state(before), state(after), state(&rows));
    let mut wrong = Vec::new();
    let mut check = |holds: bool, what: &str| {
        if !holds {
            wrong.push(what.to_owned());
        }
    };
    match &result {
        Ok(()) => check(now == new, "told of success, and it is not there"),
        Err(Error::Unknown { .. }) => check(case.in_steps || now == old || now == new, "unknown, and neither the old nor the new state"),
        Err(Error::Sdk { .. } | Error::Busy { .. }) => {
            check(case.in_steps || now == old, "told that nothing was written, and something was")
        }
        Err(_) => check(false, "told of another writer, and there was none"),
    }
    let is_repair = case.name.starts_with("repair");
    if !is_repair {
        check(!is_retired(&rows) || case.in_steps, "out of service");
        if !(is_retired(&rows) && result.is_err()) {
            let there_before = violations(before);
            wrong.extend(violations(&rows).into_iter().filter(|violation| !there_before.contains(violation)));
        }
    }
    if result.is_err() && case.in_steps {
        let again = (case.operation)(other.clone()).await;
        let gone = now == new && again.as_ref().is_err_and(Error::is_not_found);
        if !(again.is_ok() || gone) || state(&stored::all(&other).await) != new {
            wrong.push(format!("calling it again does not complete it: {again:?}"));
        }
    }
    // The id is free after a deletion, and what is created there is whole.
    match other.delete(id()).await {
        Ok(()) | Err(Error::NotFound { .. }) => {}
        Err(error) => wrong.push(format!("cannot be deleted: {error:?}")),
    }
    if !stored::all(&other).await.is_empty() {
        wrong.push("something is left after a deletion".to_owned());
    }
    kept(&other, 2).await;
    wrong.extend(violations(&stored::all(&other).await));
    wrong.into_iter().map(|wrong| format!("{}, request {nth}, {fault:?}: {wrong} ({result:?})", case.name)).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_request_of_a_write_fails_in_every_way() {
    every_request_fails_in_every_way(300, |case| !case.name.starts_with("repair")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_request_of_a_repair_fails_in_every_way() {
    every_request_fails_in_every_way(400, |case| case.name.starts_with("repair")).await;
}

#[expect(clippy::print_stdout, reason = "the counts are for the reader: `cargo test --test it history_faults -- --nocapture`")]
async fn every_request_fails_in_every_way(at_least: usize, is_wanted: fn(&Case) -> bool) {
    let mut wrong = Vec::new();
    let mut injected = 0;
    println!("\n| operation | requests | faults | violated |\n|---|---|---|---|");
    for case in CASES.into_iter().filter(is_wanted) {
        let (before, after, requests) = clean(case).await;
        let numbered = requests.iter().enumerate();
        let runs = numbered.flat_map(|(at, request)| Injected::all(request).into_iter().map(move |fault| (at + 1, fault)));
        let (before, after) = (Arc::new(before), Arc::new(after));
        // Most of the time passes in pauses before repetitions, which the runs spend together.
        let found: Vec<Vec<String>> = futures::stream::iter(runs)
            .map(|(nth, fault)| {
                let (before, after) = (Arc::clone(&before), Arc::clone(&after));
                async move { tokio::spawn(async move { one(case, fault, nth, &before, &after).await }).await.expect("no panic") }
            })
            .buffer_unordered(if engine::is_remote() { 16 } else { 64 })
            .collect()
            .await;
        let faults = found.len();
        assert!(faults >= requests.len() * WAYS, "{}: {faults}", case.name);
        injected += faults;
        let violated: Vec<String> = found.into_iter().flatten().collect();
        println!("| {} | {} | {faults} | {} |", case.name, requests.len(), violated.len());
        wrong.extend(violated);
    }
    println!("\n{injected} faults injected, {} invariants violated", wrong.len());
    assert!(injected >= at_least, "{injected} faults");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// An update before each request of a deletion: it is before the deletion began, or it makes it a conflict and everything stays, or it is
/// refused.
#[tokio::test]
async fn an_update_during_a_deletion_wins_or_conflicts() -> Result<()> {
    for case in CASES.into_iter().filter(|case| case.name.starts_with("delete, ")) {
        let (_, _, requests) = clean(case).await;
        for nth in 1..=requests.len() {
            let (table, other, faults) = fresh(case).await;
            let held = other.read(id()).await?;
            let (writer, updated) = (other.clone(), Arc::new(Mutex::new(None)));
            let told = Arc::clone(&updated);
            let update = async move {
                let result = writer.update(held, |kept| kept.count = 77).await;
                *told.lock().expect("no panic") = Some(result);
            };
            faults.inject(Fault::meanwhile(update).nth(nth));
            let deleted = (case.operation)(table).await;
            let rows = stored::all(&other).await;
            let updated = updated.lock().expect("no panic").take().expect("the request came");
            let what = format!("{}, request {nth}: {updated:?} {deleted:?}", case.name);
            match updated {
                Ok(_) if nth == 1 => assert!(deleted.is_ok() && rows.is_empty(), "{what}"),
                Ok(updated) => {
                    assert!(deleted.is_err_and(|error| error.is_conflict()), "{what}");
                    assert_eq!(violations(&rows), Vec::<String>::new(), "{what}");
                    assert_eq!(other.read(id()).await?, updated, "{what}");
                    assert_eq!(other.versions(id()).limit(3).await?.len(), 3, "{what}");
                }
                Err(error) => assert!(error.is_conflict() && deleted.is_ok() && rows.is_empty(), "{what}"),
            }
        }
    }
    Ok(())
}
