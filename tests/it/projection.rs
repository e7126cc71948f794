//! Indexes that do not hold whole rows: keys, or the resources from the table.

use aws_sdk_dynamodb::types::{AttributeValue, ProjectionType};
use chrono::{DateTime, TimeDelta, Utc};
use futures::TryStreamExt;
use serde::{Deserialize, Serialize};
use simpletable::fault::{Fault, Faults};
use simpletable::{Error, Finder, KeyPage, KeysOrFetch, Resource, Result, SingleTable, Table};

use crate::engine;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[gsi(name = "owner", pk = "owner#<owner>", sk = "<number:05>", projection = "done")]
#[gsi(name = "title", index = "gsi1", pk = "titles", sk = "<title>", projection = "keys_only")]
struct Task {
    owner: String,
    number: u32,
    title: String,
    #[serde(rename = "is_done")]
    done: bool,
    description: String,
}

/// Shares the index `gsi1`, and its partition, with tasks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(versioned, ttl = "expires")]
#[gsi(name = "title", index = "gsi1", pk = "titles", sk = "<title>", projection = "keys_only")]
struct Book {
    title: String,
    expires: Option<DateTime<Utc>>,
}

#[derive(Debug, SingleTable)]
enum App {
    Task(Task),
    Book(Book),
}

fn task(number: u32) -> Task {
    Task { owner: "ann".into(), number, title: format!("task {number:05}"), done: number.is_multiple_of(10), description: "long".into() }
}

fn book(title: &str) -> Book {
    Book { title: title.into(), expires: None }
}

/// Tasks 0 to `count`, in order.
async fn tasks(table: &Table<App>, count: u32) -> Result<Vec<Resource<Task>>> {
    table.put_many((0..count).map(task)).await?.into_complete()
}

fn numbers(rows: &[Resource<Task>]) -> Vec<u32> {
    rows.iter().map(|row| row.number).collect()
}

#[tokio::test]
async fn keys_come_in_pages_from_the_index_alone() -> Result<()> {
    let faults = Faults::new();
    let table = engine::table::<App>().await.with_faults(&faults);
    let all = tasks(&table, 25).await?;
    faults.clear();
    let mut keys = Vec::new();
    let mut cursor = None;
    loop {
        let page: KeyPage<Task> = table.query(Task::by_owner("ann")).limit(10).after(cursor).keys().await?;
        assert_eq!(page.len(), 10.min(25 - keys.len()), "every page is full but the last");
        cursor = page.next_cursor().cloned();
        keys.extend(page);
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(faults.requests(), ["Query", "Query", "Query"]);
    let found: Vec<_> = table.get_many(keys).await?.into_iter().flatten().collect();
    assert_eq!(found, all);
    Ok(())
}

#[tokio::test]
async fn fetched_resources_are_whole_and_in_order() -> Result<()> {
    let faults = Faults::new();
    let table = engine::table::<App>().await.with_faults(&faults);
    let all = tasks(&table, 230).await?;
    faults.clear();
    let page = table.query(Task::by_owner("ann")).fetch().await?;
    assert_eq!(faults.requests(), ["Query", "BatchGetItem", "BatchGetItem", "BatchGetItem"]);
    assert_eq!((page.requests(), page.scanned(), page.next_cursor()), (4, 230, None));
    assert_eq!(*page, all[..]);

    let mut backwards = table.query(Task::by_owner("ann")).descending().fetch().all().await?;
    backwards.reverse();
    assert_eq!(backwards, all);
    assert_eq!(table.query(Task::by_owner("ann")).fetch().stream().try_collect::<Vec<_>>().await?, all);
    assert_eq!(numbers(&table.query(Task::by_owner("ann").range(227..)).fetch().all().await?), [227, 228, 229]);
    assert_eq!(table.query(Task::by_owner("bob")).fetch().all().await?, []);
    Ok(())
}

#[tokio::test]
async fn more_than_one_answer_of_the_index() -> Result<()> {
    let table = engine::table::<App>().await;
    let all = tasks(&table, 410).await?;
    let first = table.query(Task::by_owner("ann")).fetch().await?;
    assert_eq!(first.len(), 400);
    let second = table.query(Task::by_owner("ann")).after(first.next_cursor()).fetch().await?;
    assert_eq!((second.len(), second.next_cursor()), (10, None));
    assert_eq!(table.query(Task::by_owner("ann")).fetch().all().await?, all);
    assert_eq!(*table.query(Task::by_owner("ann")).limit(405).fetch().await?, all[..405]);
    Ok(())
}

#[tokio::test]
async fn pages_of_resources_are_full_and_go_on_where_keys_stopped() -> Result<()> {
    let table = engine::table::<App>().await;
    let all = tasks(&table, 30).await?;
    let keys = table.query(Task::by_owner("ann")).limit(7).keys().await?;
    let page = table.query(Task::by_owner("ann")).limit(7).after(keys.next_cursor()).fetch().await?;
    assert_eq!(*page, all[7..14]);
    let rest = table.query(Task::by_owner("ann")).after(page.next_cursor()).fetch().all().await?;
    assert_eq!(rest, all[14..]);
    let pages: Vec<_> = table.query(Task::by_owner("ann")).limit(8).fetch().pages().try_collect().await?;
    assert_eq!(pages.iter().map(|page| page.len()).collect::<Vec<_>>(), [8, 8, 8, 6]);
    Ok(())
}

#[tokio::test]
async fn filters_see_what_the_index_holds() -> Result<()> {
    let table = engine::table::<App>().await;
    tasks(&table, 30).await?;
    let done = || table.query(Task::by_owner("ann")).filter(|t| t.done.eq(true));
    assert_eq!(numbers(&done().fetch().all().await?), [0, 10, 20]);
    assert_eq!(done().keys().await?.len(), 3);
    assert_eq!(done().count().await?, 3);
    assert_eq!(numbers(&done().fetch().filter_fn(|t| t.number > 5).limit(1).await?), [10]);
    assert_eq!(table.query(Task::by_owner("ann")).fetch().filter_fn(|t| t.number < 5).count().await?, 5);
    // An exclusive upper end on text is dropped here.
    assert_eq!(table.query(Task::by_title().range("task 00001".."task 00004")).count().await?, 3);
    assert_eq!(table.query(Task::by_title().range("task 00001".."task 00004")).keys().await?.len(), 3);
    Ok(())
}

#[tokio::test]
async fn filters_on_anything_else_are_refused() -> Result<()> {
    let faults = Faults::new();
    let table = engine::table::<App>().await.with_faults(&faults);
    let query = || table.query(Task::by_owner("ann")).filter(|t| t.done.eq(true).or(!t.description.begins_with("l")));
    for error in [query().fetch().await.err(), query().keys().await.err(), query().count().await.err()] {
        let Some(error) = error else { unreachable!("it is refused") };
        assert!(matches!(error, Error::NotProjected { entity: "Task", index: "owner", attribute: "description" }), "{error:?}");
        assert_eq!(error.to_string(), "cannot filter Task by `description`: the index `owner` does not hold it");
    }
    let nothing = table.query(Task::by_title()).filter(|t| t.done.eq(true)).fetch().await;
    assert!(matches!(nothing, Err(Error::NotProjected { attribute: "is_done", .. })));
    assert_eq!(faults.requests(), [""; 0]);
    Ok(())
}

#[tokio::test]
async fn one_type_of_several_and_several_together() -> Result<()> {
    let table = engine::table::<App>().await;
    let tasks = tasks(&table, 2).await?;
    let first = table.create(book("a book")).await?;
    let second = table.update(first, |book| book.title.push_str(" of two")).await?;
    let gone = Book { expires: Some(Utc::now() - TimeDelta::hours(1)), ..book("gone") };
    table.create(gone).await?;

    assert_eq!(table.query(Task::by_title()).fetch().all().await?, tasks);
    assert_eq!(table.query(Book::by_title()).fetch().all().await?, [second]);
    assert_eq!(table.query(Book::by_title()).keys().await?.len(), 1);
    assert_eq!(table.query(Book::by_title()).include_expired().keys().await?.len(), 2);
    assert_eq!(table.query(Book::by_title()).include_expired().fetch().all().await?.len(), 2);
    let together = table.query(Task::by_title().rows_of::<App>()).fetch().all().await?;
    let names: Vec<&str> = together
        .iter()
        .map(|row| match &**row {
            App::Task(task) => task.title.as_str(),
            App::Book(book) => book.title.as_str(),
        })
        .collect();
    assert_eq!(names, ["a book of two", "task 00000", "task 00001"]);
    Ok(())
}

#[tokio::test]
async fn rows_that_are_gone_or_moved_meanwhile_are_left_out() -> Result<()> {
    let faults = Faults::new();
    let table = engine::table::<App>().await;
    let all = tasks(&table, 5).await?;
    let (slow, keys) = (table.with_faults(&faults), all.iter().map(Resource::key).collect::<Vec<_>>());
    let meanwhile = async move {
        table.delete(&keys[1]).await.expect("deleted");
        table.modify(&keys[2], |task| task.owner = "bob".into()).await.expect("moved");
        table.modify(&keys[3], |task| task.description = "new".into()).await.expect("changed");
    };
    faults.inject(Fault::meanwhile(meanwhile).on("BatchGetItem"));
    let page = slow.query(Task::by_owner("ann")).fetch().await?;
    assert_eq!(numbers(&page), [0, 3, 4]);
    assert_eq!(page[1].description, "new");
    Ok(())
}

/// A finder of the user's own says whether it gives resources.
#[tokio::test]
async fn finders_in_functions() -> Result<()> {
    fn late(owner: &str) -> impl Finder<KeysOrFetch, Item = Task> {
        Task::by_owner(owner).range(3..)
    }
    let table = engine::table::<App>().await;
    tasks(&table, 5).await?;
    assert_eq!(numbers(&table.query(late("ann")).fetch().all().await?), [3, 4]);
    assert_eq!(table.query(late("ann")).keys().await?.len(), 2);
    Ok(())
}

#[tokio::test]
async fn the_index_is_made_as_declared() -> Result<()> {
    let table = engine::table::<App>().await;
    assert_eq!(table.verify().await?.differences(), []);
    let described = table.client().describe_table().table_name(table.name()).send().await.expect("described").table;
    let mut found: Vec<_> = described
        .iter()
        .flat_map(|table| table.global_secondary_indexes())
        .filter_map(|index| {
            let projection = index.projection()?;
            let mut names = projection.non_key_attributes().to_vec();
            names.sort_unstable();
            Some((index.index_name()?.to_owned(), projection.projection_type()?.clone(), names))
        })
        .collect();
    found.sort_by(|first, second| first.0.cmp(&second.0));
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    assert_eq!(
        found,
        [
            ("gsi1".to_owned(), ProjectionType::Include, names(&["gsitype", "ttl", "version"])),
            ("gsitype".to_owned(), ProjectionType::All, names(&[])),
            ("owner".to_owned(), ProjectionType::Include, names(&["gsitype", "is_done"])),
        ]
    );
    Ok(())
}

/// What the index itself answers: nothing that could be taken for a resource.
#[tokio::test]
async fn the_index_holds_no_more_than_declared() -> Result<()> {
    let table = engine::table::<App>().await;
    tasks(&table, 1).await?;
    let answer = table
        .client()
        .query()
        .table_name(table.name())
        .index_name("owner")
        .key_condition_expression("ownerpk = :pk")
        .expression_attribute_values(":pk", AttributeValue::S("owner#ann".into()))
        .send()
        .await
        .expect("answered");
    let mut names: Vec<_> = answer.items().iter().flat_map(|item| item.keys().cloned()).collect();
    names.sort_unstable();
    assert_eq!(names, ["gsitype", "is_done", "ownerpk", "ownersk", "pk", "sk"]);
    Ok(())
}

#[test]
fn futures_are_send() {
    fn sent<F: Send>(_: F) {}
    fn all(table: &Table<App>) {
        sent(table.query(Task::by_owner("ann")).keys().into_future());
        sent(table.query(Task::by_owner("ann")).fetch().into_future());
        sent(table.query(Task::by_owner("ann")).fetch().stream());
    }
    let _ = all;
}
