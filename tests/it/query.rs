//! `query`, `list` and `scan`: which rows come, in which order, in how many requests.

use std::collections::BTreeSet;
use std::ops::Bound;

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use futures::{StreamExt, TryStreamExt};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde::{Deserialize, Serialize};
use simpletable::fault::{Failure, Fault, Faults};
use simpletable::{Condition, EncodeProblem, Error, Fields, Finder, Id, Resource, Result, SingleTable, Table};

use crate::engine;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[gsi(name = "owner", pk = "owner#<owner>", sk = "<priority:03>#<due>")]
#[gsi(name = "title", index = "gsi1", pk = "titles", sk = "<title>")]
struct Task {
    title: String,
    owner: String,
    priority: u8,
    due: NaiveDate,
    done: bool,
    note: Option<String>,
}

/// Shares the index `gsi1`, and its partition, with tasks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(versioned)]
#[gsi(name = "title", index = "gsi1", pk = "titles", sk = "<title>")]
struct Book {
    title: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(pk = "SHELF#<shelf>", sk = "PLACE#<place:04>")]
struct Place {
    shelf: String,
    place: u16,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(pk = "SHELF#<shelf>", sk = "LABEL#<text>")]
struct Label {
    shelf: String,
    text: String,
}

#[derive(Debug, SingleTable)]
enum App {
    Task(Task),
    Book(Book),
    Place(Place),
    Label(Label),
}

fn day(day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 3, day).expect("a day of March")
}

fn task(title: &str, priority: u8) -> Task {
    Task { title: title.into(), owner: "ann".into(), priority, due: day(1), done: false, note: None }
}

async fn tasks(table: &Table<App>, count: u32) -> Result<()> {
    for number in 0..count {
        let done = number % 20 == 19;
        let note = (number % 2 == 0).then(|| format!("note {number}"));
        let priority = u8::try_from(number % 7).unwrap_or_default();
        table.create(Task { done, note, ..task(&format!("task {number:03}"), priority) }).await?;
    }
    Ok(())
}

fn titles(rows: &[Resource<Task>]) -> Vec<&str> {
    rows.iter().map(|row| row.title.as_str()).collect()
}

#[tokio::test]
async fn pages_join_to_the_whole_and_the_last_has_no_cursor() -> Result<()> {
    let table = engine::table::<App>().await;
    tasks(&table, 30).await?;
    let all = table.query(Task::by_title()).all().await?;
    assert_eq!(all.len(), 30);
    for size in [1, 7, 10, 15, 29, 30, 31] {
        let mut seen = Vec::new();
        let mut cursor = None;
        loop {
            let page = table.query(Task::by_title()).limit(size).after(cursor).await?;
            assert_eq!(page.len(), size.min(30 - seen.len()), "every page is full but the last");
            cursor = page.next_cursor().map(ToString::to_string);
            seen.extend(page);
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(seen, all, "pages of {size}");
    }
    Ok(())
}

#[tokio::test]
async fn a_full_page_is_one_request() -> Result<()> {
    let faults = Faults::new();
    let table = engine::table::<App>().await.with_faults(&faults);
    tasks(&table, 30).await?;
    faults.clear();
    let page = table.query(Task::by_title()).limit(10).await?;
    assert_eq!((page.len(), page.requests(), page.scanned()), (10, 1, 11));
    assert_eq!(table.query(Task::by_title()).limit(30).await?.next_cursor(), None);
    assert_eq!(faults.requests(), ["Query", "Query"]);
    Ok(())
}

#[tokio::test]
async fn over_fetch_adapts_to_the_matches() -> Result<()> {
    let table = engine::table::<App>().await;
    tasks(&table, 100).await?;
    let page = table.query(Task::by_title()).filter(|t| t.done.eq(true)).limit(5).await?;
    assert_eq!((page.len(), page.requests(), page.next_cursor()), (5, 2, None));
    let page = table.query(Task::by_title()).filter_fn(|t| t.done).limit(5).await?;
    assert_eq!((page.len(), page.requests(), page.next_cursor()), (5, 2, None));
    Ok(())
}

#[tokio::test]
async fn a_bound_on_requests_loses_no_rows() -> Result<()> {
    let table = engine::table::<App>().await;
    tasks(&table, 100).await?;
    let (mut seen, mut cursor, mut pages) = (Vec::new(), None, 0);
    loop {
        let page = table.query(Task::by_title()).filter(|t| t.done.eq(true)).limit(2).max_requests(1).after(cursor).await?;
        assert!(page.requests() <= 1);
        cursor = page.next_cursor().cloned();
        seen.extend(page);
        pages += 1;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(titles(&seen), ["task 019", "task 039", "task 059", "task 079", "task 099"]);
    assert!(pages > 3);
    Ok(())
}

#[tokio::test]
async fn another_querys_cursor_is_refused() -> Result<()> {
    let table = engine::table::<App>().await;
    tasks(&table, 10).await?;
    let page = table.query(Task::by_title()).limit(3).await?;
    let cursor = page.next_cursor().expect("more");
    let refused = |result: Result<_>| matches!(result, Err(Error::InvalidCursor { entity: "Task" }));
    assert!(refused(table.query(Task::by_title()).descending().after(cursor).await));
    assert!(refused(table.query(Task::by_title().begins_with("task")).after(cursor).await));
    assert!(refused(table.query(Task::by_owner("ann")).after(cursor).await));
    assert!(refused(table.list::<Task>().after(cursor).await));
    assert!(refused(table.scan::<Task>().after(cursor).await));
    assert!(refused(table.query(Task::by_title()).filter(|t| t.done.eq(false)).after(cursor).await));
    assert!(refused(table.query(Task::by_title()).after("no cursor").await));
    assert_eq!(table.query(Task::by_title()).limit(9).after(cursor).await?.len(), 7);
    Ok(())
}

#[tokio::test]
async fn lists_have_the_last_update_first() -> Result<()> {
    let table = engine::table::<App>().await;
    tasks(&table, 5).await?;
    let first = table.query(Task::by_title()).limit(1).await?.into_vec().remove(0);
    let first = table.update(first, |t| t.done = true).await?;
    let listed = table.list::<Task>().all().await?;
    assert_eq!(listed.first(), Some(&first));
    assert!(listed.windows(2).all(|pair| pair[0].updated_at() > pair[1].updated_at()));
    let mut reversed = table.list::<Task>().ascending().all().await?;
    reversed.reverse();
    assert_eq!(reversed, listed);
    Ok(())
}

#[tokio::test]
async fn streams_and_counts_agree_with_all() -> Result<()> {
    let table = engine::table::<App>().await;
    tasks(&table, 45).await?;
    table.create(Book { title: "task 000".into() }).await?;
    let all = table.query(Task::by_title()).all().await?;
    let streamed: Vec<_> = table.query(Task::by_title()).stream().try_collect().await?;
    assert_eq!(streamed, all);
    let limited: Vec<_> = table.query(Task::by_title()).limit(7).stream().try_collect().await?;
    assert_eq!(limited, all[..7]);
    let paged: Vec<_> = table.query(Task::by_title()).limit(10).pages().try_collect().await?;
    assert_eq!(paged.iter().map(|page| page.len()).collect::<Vec<_>>(), [10, 10, 10, 10, 5]);
    assert_eq!(table.query(Task::by_title()).count().await?, 45);
    assert_eq!(table.list::<Task>().count().await?, 45);
    assert_eq!(table.query(Task::by_title()).filter_fn(|t| t.done).count().await?, 2);
    assert_eq!(table.query(Task::by_title().range(.."task 010")).count().await?, 10, "the upper end is read and dropped");
    for segments in [1, 2, 5] {
        let mut scanned = table.scan::<Task>().segments(segments).all().await?;
        scanned.sort_by(|a, b| a.title.cmp(&b.title));
        assert_eq!(scanned, all, "{segments} segments");
        assert_eq!(table.scan::<Task>().segments(segments).count().await?, 45);
        let done = table.scan::<Task>().segments(segments).filter_fn(|t| t.done).all().await?;
        assert_eq!(done.len(), 2);
    }
    assert_eq!(table.scan::<App>().consistent().count().await?, 46, "history has no type");
    Ok(())
}

#[tokio::test]
async fn entities_on_one_index_do_not_see_each_other() -> Result<()> {
    let table = engine::table::<App>().await;
    tasks(&table, 5).await?;
    for number in 0..5 {
        let book = table.create(Book { title: format!("task 00{number}") }).await?;
        table.update(book, |_| {}).await?;
    }
    assert_eq!(table.query(Task::by_title()).all().await?.len(), 5);
    assert_eq!(table.query(Book::by_title()).all().await?.len(), 5);
    let both = table.query(Task::by_title().rows_of::<App>()).all().await?;
    assert_eq!(both.len(), 10);
    let mut books = 0;
    for row in both {
        match row.downcast::<Book>() {
            Ok(book) => {
                assert_eq!(book.version(), 2);
                assert_eq!(table.read(book.id()).await?, book);
                books += 1;
            }
            Err(row) => assert!(matches!(&*row, App::Task(_))),
        }
    }
    assert_eq!(books, 5);
    Ok(())
}

#[tokio::test]
async fn partitions_give_each_row_as_its_own_type() -> Result<()> {
    let table = engine::table::<App>().await;
    for place in [1, 2, 10, 300] {
        table.create(Place { shelf: "a".into(), place }).await?;
    }
    table.create(Label { shelf: "a".into(), text: "PLACE#0001".into() }).await?;
    table.create(Label { shelf: "ab".into(), text: "other".into() }).await?;
    let rows = table.query(App::partition_of(Place::key("a", 1))).consistent().all().await?;
    assert_eq!(rows.len(), 5);
    let places = table.query(Place::in_partition("a").range(2..)).all().await?;
    assert_eq!(places.iter().map(|row| row.place).collect::<Vec<_>>(), [2, 10, 300]);
    let places = table.query(Place::in_partition("a")).descending().limit(2).await?;
    assert_eq!(places.iter().map(|row| row.place).collect::<Vec<_>>(), [300, 10]);
    assert_eq!(table.query(Place::in_partition("a").place(10)).await?.len(), 1);
    assert_eq!(table.query(Label::in_partition("a")).await?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn unknown_rows_are_an_error_or_passed_over() -> Result<()> {
    let table = engine::table::<App>().await;
    table.create(Place { shelf: "a".into(), place: 1 }).await?;
    let s = |text: &str| AttributeValue::S(text.to_owned());
    let foreign = table.client().put_item().table_name(table.name());
    foreign.item("pk", s("SHELF#a")).item("sk", s("WHAT")).item("gsitype", s("Alien")).send().await.expect("stored");
    let query = || table.query(App::partition_of(Place::key("a", 1)));
    assert!(matches!(query().all().await, Err(Error::Decode { .. })));
    assert_eq!(query().skip_unknown().all().await?.len(), 1);
    assert_eq!(table.query(Place::in_partition("a")).all().await?.len(), 1);
    Ok(())
}

/// A condition of the user's own, in a function of its own.
fn open(t: &Fields<Task>) -> Condition<Task> {
    t.done.eq(false).and(t.note.exists())
}

/// A finder of the user's own.
fn urgent(owner: &str) -> impl Finder<Item = Task> {
    Task::by_owner(owner).range(5..)
}

#[tokio::test]
async fn filters_say_what_they_mean() -> Result<()> {
    let table = engine::table::<App>().await;
    tasks(&table, 40).await?;
    let count = async |filter: fn(&Fields<Task>) -> Condition<Task>| -> Result<usize> {
        let found = table.list::<Task>().filter(filter).all().await?.len();
        assert_eq!(u64::try_from(found).ok(), Some(table.list::<Task>().filter(filter).count().await?));
        Ok(found)
    };
    assert_eq!(count(open).await?, 20);
    assert_eq!(count(|t| !open(t)).await?, 20);
    assert_eq!(count(|t| t.note.not_exists()).await?, 20);
    assert_eq!(count(|t| t.priority.gt(4)).await?, 10);
    assert_eq!(count(|t| t.priority.between(1, 2)).await?, 12);
    assert_eq!(count(|t| t.priority.in_([0, 6, 9])).await?, 11);
    assert_eq!(count(|t| t.priority.in_(Vec::<u8>::new())).await?, 0);
    assert_eq!(count(|t| t.title.begins_with("task 01")).await?, 10);
    assert_eq!(count(|t| t.title.begins_with("")).await?, 40);
    assert_eq!(count(|t| t.title.contains("9")).await?, 4);
    assert_eq!(count(|t| t.note.size().gt(6)).await?, 15);
    assert_eq!(count(|t| t.due.le(day(1)).and(t.owner.ne("bob"))).await?, 40);
    assert_eq!(count(|t| t.done.eq(true).or(t.priority.eq(0))).await?, 8);
    assert_eq!(table.query(urgent("ann")).all().await?.len(), 10);
    let too_many = table.list::<Task>().filter(|t| t.priority.in_((0..=100).map(|n: u8| n))).await;
    assert!(matches!(too_many, Err(Error::Expression { .. })));
    Ok(())
}

#[tokio::test]
async fn an_empty_range_asks_nothing() -> Result<()> {
    let faults = Faults::new();
    let table = engine::table::<App>().await.with_faults(&faults);
    assert!(table.query(Task::by_owner("ann").range(5..5)).all().await?.is_empty());
    assert!(table.query(Task::by_owner("ann").priority(4).range(day(9)..=day(3))).await?.is_empty());
    assert_eq!(table.query(Task::by_owner("ann").range(5..5)).count().await?, 0);
    assert!(table.query(Task::by_owner("ann")).limit(0).await?.is_empty());
    assert!(faults.requests().is_empty());
    Ok(())
}

fn title() -> impl Strategy<Value = String> {
    let one = prop::sample::select(vec!['a', 'b', '"', '#', '$', '\u{7f}', '\u{e9}', '\u{ffff}', '\u{10000}', '\u{10ffff}']);
    prop::collection::vec(one, 1..4).prop_map(|text| text.into_iter().collect())
}

fn ends<V: Clone + std::fmt::Debug>(value: impl Strategy<Value = V>) -> impl Strategy<Value = Bound<V>> {
    (value, 0..3u8).prop_map(|(value, kind)| match kind {
        0 => Bound::Unbounded,
        1 => Bound::Included(value),
        _ => Bound::Excluded(value),
    })
}

/// Ranges against a filter over all rows, through the engine under test.
#[test]
fn ranges_are_exact() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let table = runtime.block_on(engine::table::<App>());
    let cases = 150;
    let mut runner = TestRunner::new(ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() });
    let rows: BTreeSet<(String, u8)> = {
        let mut tree = Vec::new();
        for _ in 0..60 {
            let value = (title(), any::<u8>()).new_tree(&mut runner).expect("a value").current();
            tree.push(value);
        }
        tree.into_iter().collect()
    };
    let all: Vec<Task> = rows.into_iter().map(|(title, priority)| task(&title, priority)).collect();
    runtime.block_on(async {
        for row in &all {
            table.create(row.clone()).await.expect("created");
        }
    });
    let strategy = (ends(title()), ends(title()), ends(any::<u8>()), ends(any::<u8>()));
    let result = runner.run(&strategy, |(low, high, least, most)| {
        runtime.block_on(async {
            let inside = |title: &String| std::ops::RangeBounds::contains(&(low.clone(), high.clone()), title);
            let found = table.query(Task::by_title().range((low.clone(), high.clone()))).all().await.expect("read");
            let mut expected: Vec<&str> = all.iter().map(|row| &row.title).filter(|title| inside(title)).map(String::as_str).collect();
            expected.sort_unstable();
            prop_assert_eq!(titles(&found), expected);

            let inside = |priority: &u8| std::ops::RangeBounds::contains(&(least, most), priority);
            let found = table.query(Task::by_owner("ann").range((least, most))).all().await.expect("read");
            let mut expected: Vec<u8> = all.iter().map(|row| row.priority).filter(|priority| inside(priority)).collect();
            expected.sort_unstable();
            prop_assert_eq!(found.iter().map(|row| row.priority).collect::<Vec<_>>(), expected);
            Ok(())
        })
    });
    result.expect("exact");
    println!("{cases} pairs of ranges over {} rows", all.len());
}

#[tokio::test]
async fn every_way_of_reading_is_send() -> Result<()> {
    let table = engine::table::<App>().await;
    let shared = table.clone();
    tokio::spawn(async move {
        let least = 3;
        shared.query(Task::by_owner("ann")).filter_fn(move |t| t.priority > least).await?;
        shared.query(Task::by_owner("ann")).all().await?;
        shared.list::<Task>().count().await?;
        shared.scan::<App>().segments(2).stream().try_for_each(|_| async { Ok(()) }).await?;
        shared.query(Task::by_owner("ann")).pages().try_for_each(|_| async { Ok(()) }).await
    })
    .await
    .expect("joined")?;
    assert!(table.get(Id::<Task>::from("none")).await?.is_none());
    Ok(())
}

#[tokio::test]
async fn over_fetch_adapts_in_streams_too() -> Result<()> {
    let faults = Faults::new();
    let table = engine::table::<App>().await.with_faults(&faults);
    tasks(&table, 100).await?;
    for number in 0..50 {
        table.create(Book { title: format!("a {number}") }).await?;
    }
    faults.clear();
    let found = table.query(Task::by_owner("ann")).filter(|t| t.done.eq(true)).limit(5).all().await?;
    assert_eq!((found.len(), faults.requests().len() <= 2), (5, true), "{:?}", faults.requests());
    faults.clear();
    // Books come first in the partition, and are not what the finder is of.
    let found: Vec<_> = table.query(Task::by_title()).limit(1).stream().try_collect().await?;
    assert_eq!((titles(&found), faults.requests().len() <= 4), (vec!["task 000"], true), "{:?}", faults.requests());
    Ok(())
}

#[tokio::test]
async fn limits_at_their_ends() -> Result<()> {
    let table = engine::table::<App>().await;
    tasks(&table, 5).await?;
    assert_eq!(table.query(Task::by_title()).limit(usize::MAX).await?.len(), 5);
    assert_eq!(table.query(Task::by_title()).limit(usize::MAX).all().await?.len(), 5);
    let page = table.query(Task::by_title()).limit(2).await?;
    let none = table.query(Task::by_title()).limit(0).after(page.next_cursor()).await?;
    assert!(none.is_empty());
    let rest = table.query(Task::by_title()).after(none.next_cursor()).await?;
    assert_eq!(titles(&rest), ["task 002", "task 003", "task 004"]);
    // Pages of nothing lead nowhere.
    let pages: Vec<_> = table.query(Task::by_title()).limit(0).after(page.next_cursor()).pages().take(9).try_collect().await?;
    assert_eq!(pages.len(), 1);
    Ok(())
}

#[tokio::test]
async fn descending_pages_join_too_and_ranges_are_cut_exactly() -> Result<()> {
    let table = engine::table::<App>().await;
    tasks(&table, 20).await?;
    let query = || table.query(Task::by_title().range("task 003".."task 015")).descending();
    let all = query().all().await?;
    assert_eq!((all.len(), all[0].title.as_str()), (12, "task 014"));
    for size in [1, 5, 11, 12, 13] {
        let pages: Vec<_> = query().limit(size).pages().try_collect().await?;
        let joined: Vec<_> = pages.into_iter().flatten().collect();
        assert_eq!(joined, all, "pages of {size}");
    }
    assert_eq!(table.query(Task::by_title().range(""..="task 001")).all().await?.len(), 2);
    assert_eq!(table.query(Task::by_title().range("".."")).all().await?.len(), 0);
    Ok(())
}

#[tokio::test]
async fn large_pages_are_joined() -> Result<()> {
    let table = engine::table::<App>().await;
    for number in 0..8 {
        table.create(Task { note: Some("x".repeat(300_000)), ..task(&format!("task {number}"), 1) }).await?;
    }
    let first = table.query(Task::by_title()).await?;
    assert!(first.len() < 8 && first.next_cursor().is_some(), "one request brings 1 MB");
    let rest = table.query(Task::by_title()).after(first.next_cursor()).all().await?;
    assert_eq!(first.len() + rest.len(), 8);
    assert_eq!(table.query(Task::by_title()).stream().try_collect::<Vec<_>>().await?.len(), 8);
    assert_eq!(table.query(Task::by_title()).limit(8).await?.len(), 8);
    assert_eq!(table.query(Task::by_title()).count().await?, 8);
    Ok(())
}

#[tokio::test]
async fn unknown_rows_are_the_same_for_counts() -> Result<()> {
    let table = engine::table::<App>().await;
    table.create(Place { shelf: "a".into(), place: 1 }).await?;
    let s = |text: &str| AttributeValue::S(text.to_owned());
    let foreign = table.client().put_item().table_name(table.name());
    foreign.item("pk", s("SHELF#a")).item("sk", s("A")).item("gsitype", s("Alien")).send().await.expect("stored");
    let query = || table.query(App::partition_of(Place::key("a", 1)));
    assert!(matches!(query().count().await, Err(Error::Decode { .. })));
    assert_eq!(query().skip_unknown().count().await?, 1);
    let page = query().skip_unknown().limit(1).await?;
    assert_eq!((page.len(), page.next_cursor()), (1, None));
    Ok(())
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, simpletable::Nested)]
struct Address {
    city: String,
    #[serde(rename = "zip")]
    code: u32,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
struct Person {
    address: Address,
    nickname: Option<String>,
    born: DateTime<Utc>,
    #[serde(with = "simpletable::time")]
    seen: DateTime<Utc>,
    version: i64,
}

#[tokio::test]
async fn nested_fields_nulls_times_and_a_version_of_its_own() -> Result<()> {
    let table = engine::table::<Person>().await;
    let at = |millis| DateTime::from_timestamp_millis(millis).expect("a time");
    let person = |city: &str, millis| Person {
        address: Address { city: city.into(), code: 7 },
        nickname: None,
        born: at(millis),
        seen: at(millis),
        version: -1,
    };
    let ann = table.create(person("Oslo", 1_000)).await?;
    table.create(person("Rome", 1_500)).await?;
    assert_eq!(table.read(ann.id()).await?.version, -1, "no head that is out of service");
    assert_eq!(table.get_many([ann.id()]).await?.iter().flatten().count(), 1);
    let null = table.client().update_item().table_name(table.name());
    let id = AttributeValue::S(format!("Person#{}", ann.id()));
    let null = null.key("pk", id.clone()).key("sk", id).update_expression("SET nickname = :null");
    null.expression_attribute_values(":null", AttributeValue::Null(true)).send().await.expect("stored");
    let count = async |filter: fn(&Fields<Person>) -> Condition<Person>| table.list::<Person>().filter(filter).count().await;
    assert_eq!(count(|p| p.address.at(|a| a.city).eq("Oslo")).await?, 1);
    assert_eq!(count(|p| p.address.at(|a| a.code).ge(7)).await?, 2);
    assert_eq!(count(|p| p.nickname.not_exists()).await?, 2);
    assert_eq!(count(|p| p.nickname.begins_with("")).await?, 0);
    assert_eq!(count(|p| p.seen.gt(DateTime::UNIX_EPOCH + TimeDelta::seconds(1))).await?, 1);
    // chrono's own form does not sort: 00:00:01.5Z is below 00:00:01Z as text.
    let refused = count(|p| p.born.gt(DateTime::UNIX_EPOCH + TimeDelta::seconds(1))).await;
    assert!(matches!(refused, Err(Error::Encode { problem: EncodeProblem::UnorderedTime, .. })), "{refused:?}");
    assert_eq!(count(|p| p.born.eq(DateTime::UNIX_EPOCH + TimeDelta::seconds(1))).await?, 1);
    Ok(())
}

#[tokio::test]
async fn a_stream_gives_what_came_before_its_error() -> Result<()> {
    let faults = Faults::new();
    let table = engine::table::<App>().await;
    for number in 0..8 {
        table.create(Task { note: Some("x".repeat(300_000)), ..task(&format!("task {number}"), 1) }).await?;
    }
    let table = table.with_faults(&faults);
    faults.inject(Fault::before(Failure::ServerError).on("Query").nth(2).always());
    let mut stream = table.query(Task::by_title()).stream();
    let mut rows = 0;
    let error = loop {
        match stream.try_next().await {
            Ok(Some(_)) => rows += 1,
            Ok(None) => panic!("it fails"),
            Err(error) => break error,
        }
    };
    assert!(rows > 0 && error.is_retryable());
    assert!(stream.try_next().await?.is_none(), "an error is the end");
    Ok(())
}

#[tokio::test]
async fn parallel_scans_keep_to_the_limit() -> Result<()> {
    let table = engine::table::<App>().await;
    tasks(&table, 30).await?;
    assert_eq!(table.scan::<Task>().segments(3).limit(7).all().await?.len(), 7);
    assert_eq!(table.scan::<Task>().segments(3).filter_fn(|t| t.done).limit(7).all().await?.len(), 1);
    Ok(())
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[gsi(name = "level", index = "gsi1", pk = "levels", sk = "LEVEL#<level:019>#<day>")]
#[gsi(name = "day", index = "gsi2", pk = "days#<even>", sk = "<day>#<level:019>")]
#[gsi(name = "time", index = "gsi3", pk = "times", sk = "<time>")]
struct Reading {
    level: i64,
    day: NaiveDate,
    even: bool,
    time: DateTime<Utc>,
}

fn level() -> impl Strategy<Value = i64> {
    prop_oneof![-3i64..4, Just(i64::MIN), Just(i64::MIN + 1), Just(i64::MAX - 1), Just(i64::MAX)]
}

fn any_day() -> impl Strategy<Value = NaiveDate> {
    let end = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).expect("a day");
    prop_oneof![Just(NaiveDate::MIN), Just(end(0, 1, 1)), (1u32..6).prop_map(day), Just(end(9999, 12, 31)), Just(NaiveDate::MAX)]
}

fn any_time() -> impl Strategy<Value = DateTime<Utc>> {
    let near = prop_oneof![0i64..3, 999_999i64..1_000_002];
    prop_oneof![4 => near.prop_map(|micros| DateTime::UNIX_EPOCH + TimeDelta::microseconds(micros)), 1 => Just(DateTime::<Utc>::MAX_UTC)]
}

fn holds<V: PartialOrd>(ends: &(Bound<V>, Bound<V>), value: &V) -> bool {
    std::ops::RangeBounds::contains(ends, value)
}

/// The same for integers, dates and times at the ends of what they and keys can hold, in both places of a template.
#[test]
fn ranges_of_numbers_dates_and_times_are_exact() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let table = runtime.block_on(engine::table::<Reading>());
    let cases = 100;
    let mut runner = TestRunner::new(ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() });
    let mut all = Vec::new();
    while all.len() < 60 {
        let (level, day, time) = (level(), any_day(), any_time()).new_tree(&mut runner).expect("a value").current();
        // A year that no key can hold is refused, and so is never a row.
        let row = Reading { level, day, even: level % 2 == 0, time };
        if runtime.block_on(async { table.create(row.clone()).await }).is_ok() {
            all.push(row);
        }
    }
    let strategy =
        ((ends(level()), ends(level())), (ends(any_day()), ends(any_day())), (ends(any_time()), ends(any_time())), any::<bool>());
    let result = runner.run(&strategy, |(levels, days, times, even)| {
        runtime.block_on(async {
            let found = table.query(Reading::by_level().range(levels)).count().await.expect("read");
            prop_assert_eq!(found, all.iter().filter(|row| holds(&levels, &row.level)).count() as u64, "{:?}", levels);
            let found = table.query(Reading::by_day(even).range(days)).count().await.expect("read");
            prop_assert_eq!(found, all.iter().filter(|row| row.even == even && holds(&days, &row.day)).count() as u64, "{:?}", days);
            let found = table.query(Reading::by_time().range(times)).count().await.expect("read");
            prop_assert_eq!(found, all.iter().filter(|row| holds(&times, &row.time)).count() as u64, "{:?}", times);
            for level in [i64::MIN, -1, 0, i64::MAX] {
                let found = table.query(Reading::by_level().level(level).range(days)).count().await.expect("read");
                prop_assert_eq!(found, all.iter().filter(|row| row.level == level && holds(&days, &row.day)).count() as u64);
            }
            Ok(())
        })
    });
    result.expect("exact");
    println!("{cases} triples of ranges over {} rows", all.len());
}
