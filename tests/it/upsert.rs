//! `upsert`: what the struct knows is written, and nothing else of the row.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use simpletable::fault::{Failure, Fault, Faults};
use simpletable::{
    Context, Error, Id, PatchProblem, Resource, Result, SettableClock, SingleTable, Table, TransactionProblem, WriteRequest,
};

use crate::engine;
use crate::faults::impatient;
use crate::stored::{self, Row, n, s};

/// Answers that the SDK waits for in vain, and so sends the request again.
const LOST: [Failure; 3] = [Failure::Connection, Failure::TimeOut, Failure::ServerError];

/// With an index that not every row is in, one that every write moves, and a field of another name before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(id = "<email>")]
#[gsi(name = "team", index = "gsi1", pk = "team#<team>", sk = "<rank:03>")]
#[gsi(name = "seen", index = "gsi2", pk = "seen", sk = "<updated_at>#<rank:03>")]
struct User {
    email: String,
    team: Option<String>,
    rank: u8,
    #[table(set)]
    tags: BTreeSet<String>,
    #[serde(alias = "remark")]
    note: Option<String>,
    #[serde(alias = "inviter")]
    invited_by: Option<String>,
}

impl User {
    fn new(rank: u8) -> Self {
        let text = |text: &str| Some(format!("{text} {rank}"));
        Self {
            email: "ann".into(),
            team: Some("red".into()),
            rank,
            tags: ["new".to_owned()].into(),
            note: text("note"),
            invited_by: text("bob"),
        }
    }
}

/// Each attribute that a row of it can have, but for those of its keys.
fn bare(rank: u8) -> User {
    User { team: None, tags: BTreeSet::new(), note: None, invited_by: None, ..User::new(rank) }
}

/// With an end, and an id that can be given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(ttl = "until")]
struct Session {
    user: String,
    note: Option<String>,
    until: Option<DateTime<Utc>>,
}

/// With composed keys, and an index key that a function makes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(pk = "SHELF#<shelf>", sk = "BOOK#<number:04>")]
#[gsi(name = "title", index = "gsi3", pk_with = Book::initial)]
struct Book {
    shelf: String,
    number: u32,
    title: String,
}

impl Book {
    fn initial(&self) -> Option<String> {
        self.title.chars().next().map(|first| format!("title#{first}"))
    }
}

/// To be patched.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
struct Counter {
    count: u32,
}

#[derive(SingleTable)]
enum App {
    User(User),
    Session(Session),
    Book(Book),
    Counter(Counter),
}

/// The table behind faults, and past them.
async fn tables() -> (Table<App>, Table<App>, Faults) {
    let table = engine::table::<App>().await;
    let other = Table::new::<App>(impatient(table.client()), table.name());
    let faults = Faults::new();
    (other.with_faults(&faults), other, faults)
}

async fn row(table: &Table<App>) -> Row {
    stored::one(table, "User#ann", "User#ann").await.expect("it is there")
}

/// What a new resource of the same value is stored as, but for its times.
async fn assert_stored_as_new(table: &Table<App>, user: &Resource<User>) -> Result<()> {
    let mut found = row(table).await;
    let fresh = engine::table::<App>().await;
    fresh.create((**user).clone()).await?;
    let mut expected = row(&fresh).await;
    let stamp = stored::text(&found, "updated_at").to_owned();
    assert_eq!((stored::text(&found, "gsitypesk"), stored::text(&found, "gsi2sk")), (&*stamp, &*format!("{stamp}#{:03}", user.rank)));
    for name in ["created_at", "updated_at", "gsitypesk", "gsi2sk"] {
        assert!(found.remove(name).is_some() && expected.remove(name).is_some(), "{name}");
    }
    assert_eq!(found, expected);
    Ok(())
}

#[tokio::test]
async fn nothing_is_there_and_it_is_created() -> Result<()> {
    let (table, other, faults) = tables().await;
    let user = table.upsert(User::new(1)).await?;
    assert_eq!(faults.requests(), ["UpdateItem"]);
    assert_eq!((&*user, user.created_at()), (&User::new(1), user.updated_at()));
    assert_eq!(other.read(&user).consistent().await?, user);
    assert_stored_as_new(&other, &user).await?;
    // What it answers with is as good as what was read.
    other.update(user, |user| user.rank = 2).await?;
    // A generated id, and a given one.
    let session = |user: &str| Session { user: user.into(), note: None, until: None };
    let first = table.upsert(session("ann")).await?;
    let second = table.upsert(session("ann")).await?;
    assert_ne!(first.id(), second.id());
    assert_eq!(table.upsert(session("ann")).id("one").await?.id().as_str(), "one");
    Ok(())
}

#[tokio::test]
async fn what_is_there_is_overwritten_and_keeps_its_birth() -> Result<()> {
    let (table, other, faults) = tables().await;
    let first = other.create(User::new(1)).await?;
    let second = table.upsert(User { team: Some("blue".into()), ..User::new(2) }).await?;
    assert_eq!(faults.requests(), ["UpdateItem"]);
    assert_eq!(second.created_at(), first.created_at());
    assert!(second.updated_at() > first.updated_at());
    assert_eq!((second.rank, second.note.as_deref(), second.team.as_deref()), (2, Some("note 2"), Some("blue")));
    assert_eq!(other.read(&second).consistent().await?, second);
    assert_stored_as_new(&other, &second).await?;
    assert!(other.query(User::by_team("red")).all().await?.is_empty());
    assert_eq!(other.query(User::by_team("blue")).all().await?, [second]);
    Ok(())
}

#[tokio::test]
async fn what_is_none_is_removed_and_sparse_indexes_follow() -> Result<()> {
    let (table, other, _) = tables().await;
    table.upsert(User::new(1)).await?;
    assert_eq!(stored::in_index(&other, "gsi1").await.len(), 1);
    let user = table.upsert(bare(2)).await?;
    assert_eq!(*user, bare(2));
    assert_stored_as_new(&other, &user).await?;
    assert_eq!(stored::in_index(&other, "gsi1").await, []);
    let user = table.upsert(User::new(3)).await?;
    assert_stored_as_new(&other, &user).await?;
    assert_eq!(stored::in_index(&other, "gsi1").await.len(), 1);
    // A key that a function makes is of the new value.
    let book = |title: &str| Book { shelf: "a".into(), number: 7, title: title.into() };
    table.upsert(book("Emma")).await?;
    table.upsert(book("Dracula")).await?;
    let shelved = stored::one(&other, "SHELF#a", "BOOK#0007").await.expect("it is there");
    assert_eq!(shelved["gsi3pk"], s("title#D"));
    table.upsert(book("")).await?;
    assert_eq!(stored::in_index(&other, "gsi3").await, []);
    Ok(())
}

#[tokio::test]
async fn what_the_struct_does_not_know_stays() -> Result<()> {
    let (table, other, _) = tables().await;
    table.upsert(User::new(1)).await?;
    stored::change(&other, ("User#ann", "User#ann"), "SET foreign = :v", s("x")).await;
    let user = table.upsert(bare(2)).await?;
    assert_eq!(row(&other).await["foreign"], s("x"));
    // The resource brings it along.
    other.update(user, |user| user.rank = 3).await?;
    assert_eq!(row(&other).await["foreign"], s("x"));
    Ok(())
}

#[tokio::test]
async fn create_only_fields_stay() -> Result<()> {
    let (table, other, _) = tables().await;
    let upsert = |user: User| table.upsert(user).create_only(|user| user.invited_by).create_only(|user| user.tags);
    let first = upsert(User::new(1)).await?;
    assert_eq!(*first, User::new(1));
    let second = upsert(User { tags: ["old".to_owned()].into(), ..User::new(2) }).await?;
    assert_eq!((second.invited_by.as_deref(), &second.tags, second.rank), (Some("bob 1"), &first.tags, 2));
    // Nothing to write is no reason to remove.
    let third = upsert(bare(3)).await?;
    assert_eq!((third.invited_by.as_deref(), &third.tags, third.note.as_deref()), (Some("bob 1"), &first.tags, None));
    assert_eq!(other.read(&third).consistent().await?, third);
    // Where there is none, it is written.
    let fourth = table.upsert(bare(4)).await?;
    assert_eq!((fourth.invited_by.as_deref(), fourth.tags.len()), (None, 0));
    assert_eq!(upsert(User::new(5)).await?.invited_by.as_deref(), Some("bob 5"));
    Ok(())
}

#[tokio::test]
async fn other_names_of_a_field_do_not_stand_beside_it() -> Result<()> {
    let (table, other, _) = tables().await;
    let key = ("User#ann", "User#ann");
    table.upsert(bare(1)).await?;
    stored::change(&other, key, "SET remark = :v", s("old")).await;
    assert_eq!(table.upsert(User::new(2)).await?.note.as_deref(), Some("note 2"));
    assert!(!row(&other).await.contains_key("remark"));
    stored::change(&other, key, "SET remark = :v", s("old")).await;
    assert_eq!(table.upsert(bare(3)).await?.note, None);

    stored::change(&other, key, "SET inviter = :v", s("eve")).await;
    let before = row(&other).await;
    let refused = table.upsert(User::new(4)).create_only(|user| user.invited_by).await;
    assert!(matches!(refused, Err(Error::Patch { problem: PatchProblem::Renamed, .. })), "{refused:?}");
    assert_eq!(row(&other).await, before);
    let kept = table.upsert(bare(5)).create_only(|user| user.invited_by).await?;
    assert_eq!(kept.invited_by.as_deref(), Some("eve"));
    Ok(())
}

#[tokio::test]
async fn null_of_others_is_overwritten_or_told() -> Result<()> {
    let (table, other, _) = tables().await;
    let (key, null) = (("User#ann", "User#ann"), || AttributeValue::Null(true));
    table.upsert(User::new(1)).await?;
    for name in ["note", "tags", "invited_by"] {
        stored::change(&other, key, &format!("SET {name} = :v"), null()).await;
    }
    assert_eq!(*table.upsert(User::new(2)).await?, User::new(2));
    for name in ["invited_by", "created_at"] {
        let before = row(&other).await;
        stored::change(&other, key, &format!("SET {name} = :v"), null()).await;
        let nulled = row(&other).await;
        match table.upsert(User::new(3)).create_only(|user| user.invited_by).await {
            Err(Error::Patch { entity: "User", path, problem: PatchProblem::Null }) => assert_eq!(path, name),
            other => panic!("{other:?}"),
        }
        assert_eq!(row(&other).await, nulled);
        stored::put(&other, before).await;
    }
    // NULL is no end.
    let session = |user: &str| Session { user: user.into(), note: None, until: None };
    table.upsert(session("ann")).id("one").await?;
    stored::change(&other, ("Session#one", "Session#one"), "SET ttl = :v", null()).await;
    table.upsert(session("bob")).id("one").await?;
    let row = stored::one(&other, "Session#one", "Session#one").await.expect("it is there");
    assert!(row["user"] == s("bob") && !row.contains_key("ttl"), "{:?}", stored::names(&row));
    Ok(())
}

#[tokio::test]
async fn its_condition_is_asked_of_what_is_there() -> Result<()> {
    let (table, _, faults) = tables().await;
    let upsert = |rank| table.upsert(User::new(rank)).when(move |user| user.rank.not_exists().or(user.rank.lt(rank)));
    let first = upsert(3).await?;
    let error = upsert(3).await.expect_err("it is not higher");
    assert!(matches!(error, Error::ConditionFailed { entity: "User", operation: "upsert", .. }));
    assert_eq!(error.current(), Some(first));
    assert_eq!(upsert(4).await?.rank, 4);
    assert_eq!(faults.requests(), ["UpdateItem"; 3]);
    Ok(())
}

/// A table whose clock shows a time far ahead, so that no engine deletes what is expired here.
async fn stopped() -> (Table<App>, SettableClock, DateTime<Utc>) {
    let start: DateTime<Utc> = "2100-01-01T00:00:00.5Z".parse().expect("a time");
    let clock = SettableClock::new(start);
    (engine::builder().clock(clock.clone()).build().await.expect("the engine under test is there"), clock, start)
}

fn until(until: DateTime<Utc>, note: Option<&str>) -> Session {
    Session { user: "ann".into(), note: note.map(str::to_owned), until: Some(until) }
}

#[tokio::test]
async fn the_end_moves_with_the_value() -> Result<()> {
    let (table, _, start) = stopped().await;
    let key = ("Session#one", "Session#one");
    let row = async || stored::one(&table, key.0, key.1).await.expect("it is there");
    table.upsert(until(start + TimeDelta::seconds(10), None)).id("one").await?;
    assert_eq!(row().await["ttl"], n(start.timestamp() + 10));
    table.upsert(until(start + TimeDelta::seconds(20), None)).id("one").await?;
    assert_eq!(row().await["ttl"], n(start.timestamp() + 20));
    table.upsert(Session { until: None, ..until(start, None) }).id("one").await?;
    assert!(!row().await.contains_key("ttl"));
    Ok(())
}

#[tokio::test]
async fn what_has_expired_is_replaced_whole() -> Result<()> {
    let (plain, clock, start) = stopped().await;
    let faults = Faults::new();
    let table = plain.with_faults(&faults);
    let first = table.upsert(until(start + TimeDelta::seconds(10), Some("first"))).id("one").await?;
    stored::change(&plain, ("Session#one", "Session#one"), "SET foreign = :v", s("x")).await;
    faults.clear();
    clock.set(start + TimeDelta::seconds(10));
    let later = start + TimeDelta::days(1);
    let second = table.upsert(until(later, Some("second"))).id("one").create_only(|session| session.note).await?;
    assert_eq!(faults.requests(), ["UpdateItem", "PutItem"]);
    assert!(second.created_at() > first.created_at() && second.created_at() == second.updated_at());
    assert_eq!(second.note.as_deref(), Some("second"));
    assert_eq!(plain.read(&second).consistent().await?, second);
    let row = stored::one(&plain, "Session#one", "Session#one").await.expect("it is there");
    assert!(!row.contains_key("foreign"));
    plain.update(second, |session| session.note = None).await?;

    // The condition is asked of the expired row, too.
    clock.set(later);
    let refused = table.upsert(until(later + TimeDelta::days(1), None)).id("one").when(|session| session.user.eq("bob")).await;
    assert!(refused.expect_err("it is ann's").is_condition_failed());
    // In a transaction it is read first.
    faults.clear();
    let in_one = (table.upsert(until(later + TimeDelta::days(1), None)).id("one"), table.upsert(User::new(1)));
    table.transact(in_one).await?;
    assert_eq!(faults.requests(), ["TransactGetItems", "TransactWriteItems"]);
    let third = plain.read(&first).consistent().await?;
    assert!(third.created_at() > first.created_at() && third.created_at() == third.updated_at());
    // And under an idempotency key.
    clock.set(later + TimeDelta::days(1));
    faults.clear();
    let last = later + TimeDelta::days(9);
    table.upsert(until(last, None)).id("one").idempotency_key("k").await?;
    assert_eq!(faults.requests(), ["TransactWriteItems", "TransactWriteItems"]);
    assert_eq!(plain.read(&first).consistent().await?.until, Some(last));
    Ok(())
}

/// Between the refusal and the replacement, somebody else replaces the expired row.
#[tokio::test]
async fn what_others_replaced_is_overwritten_in_place() -> Result<()> {
    let (plain, clock, start) = stopped().await;
    let faults = Faults::new();
    let table = plain.with_faults(&faults);
    plain.upsert(until(start + TimeDelta::seconds(10), None)).id("one").await?;
    clock.set(start + TimeDelta::seconds(10));
    let later = start + TimeDelta::days(1);
    let writer = plain.clone();
    let theirs = async move { drop(writer.create(until(later, Some("theirs"))).id("one").await.expect("it is created")) };
    faults.inject(Fault::meanwhile(theirs).on("PutItem"));
    let ours = table.upsert(until(later, Some("ours"))).id("one").create_only(|session| session.note).await?;
    assert_eq!(faults.requests(), ["UpdateItem", "PutItem", "UpdateItem"]);
    assert_eq!(ours.note.as_deref(), Some("theirs"));
    Ok(())
}

#[tokio::test]
async fn a_lost_answer_is_a_success_if_the_row_shows_it() -> Result<()> {
    for failure in LOST {
        for fault in [Fault::before(failure), Fault::after(failure)] {
            let (table, other, faults) = tables().await;
            faults.inject(fault);
            let user = table.upsert(User::new(1)).await?;
            assert_eq!(faults.requests(), ["UpdateItem", "UpdateItem"]);
            assert_eq!(other.read(&user).consistent().await?, user);
            // Its own first attempt makes this condition false.
            let second = other.upsert(User::new(2)).when(|user| user.rank.eq(1)).await?;
            assert_eq!(second.created_at(), user.created_at());
            other.update(user.clone(), |user| user.rank = 3).await.expect_err("the copy is stale");
        }
        let (table, other, faults) = tables().await;
        other.create(User::new(1)).await?;
        faults.inject(Fault::after(failure));
        let user = table.upsert(User::new(2)).when(|user| user.rank.eq(1)).await?;
        assert_eq!(other.read(&user).consistent().await?, user);
        faults.clear();
        faults.inject(Fault::after(failure).always());
        assert!(table.upsert(User::new(3)).await.expect_err("no answer").is_unknown());
    }
    Ok(())
}

/// Under a key, and in a transaction, nothing that others write between is overwritten.
#[tokio::test]
async fn a_transaction_is_made_once() -> Result<()> {
    for failure in LOST {
        for in_transaction in [false, true] {
            let (table, other, faults) = tables().await;
            let user = other.create(User::new(1)).await?;
            let (writer, key) = (other.clone(), user.key());
            faults.inject(Fault::after(failure));
            faults.inject(Fault::meanwhile(async move { drop(writer.modify(key, |user| user.rank = 9).await.expect("theirs")) }).nth(2));
            if in_transaction {
                let ((),) = table.transact((table.upsert(User::new(2)),)).await?;
            } else {
                table.upsert(User::new(2)).idempotency_key("k").await?;
            }
            assert_eq!(faults.requests(), ["TransactWriteItems", "TransactWriteItems"]);
            assert_eq!(other.read(&user).consistent().await?.rank, 9);
        }
    }
    let (table, other, _) = tables().await;
    table.upsert(User::new(1)).idempotency_key("k").await?;
    let again = table.upsert(User::new(2)).idempotency_key("k").await.expect_err("it was made");
    assert!(matches!(again, Error::AlreadyApplied { entity: "User", operation: "upsert" }));
    let counter = other.create(Counter { count: 1 }).await?;
    let patched = || table.patch(&counter).add(|c| c.count, 1).when(|c| c.count.eq(1)).idempotency_key("p");
    patched().await?;
    assert!(patched().await.expect_err("it was made").is_already_applied());
    assert!(table.transact((patched(),)).await.expect_err("it was made").is_already_applied());
    assert_eq!(other.read(&counter).consistent().await?.count, 2);
    Ok(())
}

#[tokio::test]
async fn it_is_a_part_of_a_transaction() -> Result<()> {
    let (table, other, _) = tables().await;
    let book = Book { shelf: "a".into(), number: 1, title: "Emma".into() };
    let first = other.create(User::new(1)).await?;
    let upserts = (table.upsert(User::new(2)).create_only(|user| user.note), table.upsert(book.clone()), table.upsert(session()));
    let ((), (), ()) = table.transact(upserts).await?;
    let second = other.read(&first).consistent().await?;
    assert_eq!((second.rank, second.note.as_deref(), second.created_at()), (2, Some("note 1"), first.created_at()));
    assert_eq!(*other.read(Book::key("a", 1)).consistent().await?, book);

    let missed = (table.upsert(book.clone()), table.upsert(User::new(3)).when(|user| user.rank.eq(7)));
    let error = table.transact(missed).await.expect_err("the rank is 2");
    assert!(matches!(error, Error::Transaction { position: 1, entity: "User", operation: "upsert", .. }) && error.is_condition_failed());
    let twice = table.transact((table.upsert(book.clone()), table.upsert(book))).await.expect_err("one row");
    assert!(matches!(twice, Error::InvalidTransaction { problem: TransactionProblem::SameRow { first: 0, second: 1 } }));

    // Patches too: both, or none.
    let counter = other.create(Counter { count: 2 }).await?;
    let patches = |by| (table.patch(&counter).subtract(|c| c.count, by), table.patch(Id::<Session>::from("one")).set(|s| s.note, "x"));
    let error = table.transact(patches(1)).await.expect_err("there is no such session");
    assert!(matches!(error, Error::Transaction { position: 1, operation: "patch", .. }) && error.is_not_found());
    table.upsert(session()).id("one").await?;
    let ((), ()) = table.transact(patches(1)).await?;
    assert_eq!(other.read(&counter).consistent().await?.count, 1);
    let error = table.transact(patches(2)).await.expect_err("it would be less than nothing");
    let source = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
    assert!(matches!(error, Error::Transaction { position: 0, .. }) && source.contains("out of the field's range"), "{source}");
    Ok(())
}

fn session() -> Session {
    Session { user: "ann".into(), note: None, until: None }
}

/// Of many at once one value remains, whole, and all have succeeded.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_at_once_leave_one_row() -> Result<()> {
    let (_, table, _) = tables().await;
    for _ in 0..5 {
        let upserts: Vec<_> = (0..16_u8)
            .map(|rank| {
                let table = table.clone();
                let user = if rank % 2 == 0 { bare(rank) } else { User { team: Some(format!("t{rank}")), ..User::new(rank) } };
                tokio::spawn(async move { table.upsert(user).await })
            })
            .collect();
        let mut born = BTreeSet::new();
        for upsert in upserts {
            born.insert(upsert.await.expect("no upsert panics")?.created_at());
        }
        assert_eq!(born.len(), 1, "it was born once");
        let user = table.read(User::key("ann")).consistent().await?;
        let expected =
            if user.rank % 2 == 0 { bare(user.rank) } else { User { team: Some(format!("t{}", user.rank)), ..User::new(user.rank) } };
        assert_eq!(*user, expected);
        assert_stored_as_new(&table, &user).await?;
        assert_eq!(stored::all(&table).await.len(), 1);
        table.delete(&user).await?;
    }
    Ok(())
}

#[tokio::test]
async fn what_cannot_be_sent_is_told_before() -> Result<()> {
    let (table, _, faults) = tables().await;
    assert!(matches!(table.upsert(User { email: String::new(), ..User::new(1) }).await, Err(Error::KeyValue { .. })));
    let big = User { note: Some("x".repeat(410_000)), ..User::new(1) };
    assert!(matches!(table.upsert(big).await, Err(Error::ItemTooLarge { .. })));
    assert!(faults.requests().is_empty());
    Ok(())
}

/// A row of the time when the entity was compressed: its `created_at` is where no update finds it.
#[tokio::test]
async fn compressed_rows_are_left_alone() -> Result<()> {
    let (table, other, _) = tables().await;
    table.upsert(User::new(1)).await?;
    stored::change(&other, ("User#ann", "User#ann"), "SET data = :v", AttributeValue::B(vec![1].into())).await;
    let before = row(&other).await;
    let refused = table.upsert(User::new(2)).await;
    assert!(matches!(refused, Err(Error::Patch { problem: PatchProblem::Compressed, .. })));
    assert_eq!(row(&other).await, before);
    Ok(())
}

#[tokio::test]
async fn the_same_value_makes_the_same_request() -> Result<()> {
    let (table, _, _) = tables().await;
    let text = |user: User| -> Result<String> {
        let WriteRequest::UpdateItem(update) = table.upsert(user).create_only(|user| user.invited_by).into_input()? else {
            unreachable!("one row")
        };
        Ok(update.update_expression().expect("it has steps").to_owned())
    };
    assert_eq!(text(User::new(1))?, text(User::new(2))?);
    let WriteRequest::TransactWriteItems(once) = table.upsert(User::new(1)).idempotency_key("k").into_input()? else {
        unreachable!("two rows")
    };
    assert_eq!(once.transact_items().len(), 2);
    Ok(())
}

/// The context and the faults of the table that the transaction is begun on count, wherever its operations were.
#[tokio::test]
async fn operations_of_the_table_with_a_context_are_of_the_table() -> Result<()> {
    let (table, other, faults) = tables().await;
    let tagged = other.with(Context::new().actor("ann").tag("job", "1"));
    let late = other.with(Context::new().deadline(std::time::Instant::now()));
    let other_faults = Faults::new();
    let faulty = other.with_faults(&other_faults);
    let (spans, guard) = crate::spans::listen();
    let operations = (late.upsert(User::new(1)), faulty.create(session()), table.upsert(session()));
    tagged.transact(operations).await?;
    assert!(faults.requests().is_empty() && other_faults.requests().is_empty());
    let told: Vec<_> = spans.take().iter().map(|span| (span.get("actor").cloned(), span.get("tags").cloned())).collect();
    drop(guard);
    assert_eq!(told, [(Some("ann".to_owned()), Some("job=1".to_owned()))]);
    let error = late.transact((tagged.upsert(User::new(2)),)).await.expect_err("its deadline has passed");
    assert!(error.is_deadline_exceeded());
    assert_eq!(other.read(User::key("ann")).consistent().await?.rank, 1);
    Ok(())
}
