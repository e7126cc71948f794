//! Each test has two declarations of one entity: `v1` wrote the rows, `v2` is what they are brought up to.

use std::collections::HashMap;
use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, TimeDelta, Utc};
use simpletable::fault::{Failure, Fault, Faults};
use simpletable::{DecodeProblem, Error, Id, Schema, Table};

use crate::engine;

type Item = HashMap<String, AttributeValue>;

mod v1 {
    use std::collections::HashSet;

    use serde::{Deserialize, Serialize};
    use simpletable::SingleTable;

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
    pub(super) struct Task {
        pub(super) owner: String,
        pub(super) done: Option<bool>,
        pub(super) price: f64,
        #[table(set)]
        pub(super) tags: HashSet<String>,
    }

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
    #[table(versioned)]
    pub(super) struct Doc {
        pub(super) owner: String,
        pub(super) tags: HashSet<String>,
    }
}

mod v2 {
    use std::collections::HashSet;

    use serde::{Deserialize, Serialize};
    use simpletable::SingleTable;

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
    #[gsi(name = "owner", pk = "owner#<owner>", sk = "<updated_at>")]
    pub(super) struct Task {
        pub(super) owner: String,
        pub(super) done: Option<bool>,
        pub(super) price: f64,
        #[table(set)]
        pub(super) tags: HashSet<String>,
    }

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
    #[table(versioned)]
    #[gsi(name = "owner", pk = "owner#<owner>")]
    pub(super) struct Doc {
        pub(super) owner: String,
        pub(super) tags: HashSet<String>,
    }
}

/// A table with the indexes of the new declaration, and the same as the old program sees it.
async fn tables<Old: Schema, New: Schema>() -> (Table<Old>, Table<New>) {
    let new = engine::table::<New>().await;
    (Table::new(new.client().clone(), new.name()), new)
}

fn old_task(owner: &str) -> v1::Task {
    v1::Task { owner: owner.to_owned(), done: None, price: 0.1, tags: ["a", "b", "c"].map(str::to_owned).into() }
}

/// Every row, as it is stored, by its keys.
async fn rows<S: Schema>(table: &Table<S>) -> HashMap<(String, String), Item> {
    let found = table.client().scan().table_name(table.name()).send().await.expect("scanned");
    let text = |item: &Item, name: &str| item[name].as_s().expect("a string").clone();
    found.items.unwrap_or_default().into_iter().map(|item| ((text(&item, "pk"), text(&item, "sk")), sets_in_order(item))).collect()
}

fn sets_in_order(mut item: Item) -> Item {
    for value in item.values_mut() {
        if let AttributeValue::Ss(members) = value {
            members.sort();
        }
    }
    item
}

async fn put<S: Schema>(table: &Table<S>, item: Item) {
    table.client().put_item().table_name(table.name()).set_item(Some(item)).send().await.expect("put");
}

fn s(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

#[tokio::test]
async fn adds_the_keys_of_a_new_index_and_nothing_else() {
    let (old, new) = tables::<v1::Task, v2::Task>().await;
    for number in 0..12 {
        old.create(old_task(&format!("owner {number}"))).await.expect("created");
    }
    let before = rows(&new).await;

    let done = new.rewrite::<v2::Task>().await.expect("rewritten");
    assert_eq!((done.rows(), done.changed(), done.unchanged(), done.superseded(), done.failed()), (12, 12, 0, 0, 0));
    assert!(done.is_complete());
    assert_eq!(done.scanned(), 12);

    let mut expected = before;
    for item in expected.values_mut() {
        let (owner, updated_at) = (item["owner"].as_s().expect("text").clone(), item["updated_at"].clone());
        item.insert("ownerpk".to_owned(), s(&format!("owner#{owner}")));
        item.insert("ownersk".to_owned(), updated_at);
    }
    assert_eq!(rows(&new).await, expected);

    let done = new.rewrite::<v2::Task>().await.expect("rewritten");
    assert_eq!((done.changed(), done.unchanged()), (0, 12));
    assert_eq!(rows(&new).await, expected);
}

#[tokio::test]
async fn held_copies_can_be_updated_as_before() {
    let (old, new) = tables::<v1::Task, v2::Task>().await;
    let by_old = old.create(old_task("ann")).await.expect("created");
    let by_new = new.read(Id::<v2::Task>::from(by_old.id().as_str())).await.expect("read");
    assert_eq!(new.rewrite::<v2::Task>().await.expect("rewritten").changed(), 1);

    let after = new.read(by_new.id()).await.expect("read");
    assert_eq!(after, by_new);
    assert_eq!(after.revision(), by_new.revision());
    assert_eq!((after.created_at(), after.updated_at()), (by_old.created_at(), by_old.updated_at()));
    new.update(by_new, |task| task.owner = "bob".into()).await.expect("the copy is current");
    assert!(old.update(by_old, |task| task.owner = "eve".into()).await.expect_err("stale now").is_conflict());
}

#[tokio::test]
async fn of_a_versioned_entity_only_the_head() {
    let (old, new) = tables::<v1::Doc, v2::Doc>().await;
    let tags = ["a", "b", "c", "d", "e"].map(str::to_owned);
    let doc = old.create(v1::Doc { owner: "ann".into(), tags: tags.into() }).await.expect("created");
    let doc = old.update(doc, |doc| doc.owner = "bob".into()).await.expect("updated");
    let before = rows(&new).await;
    let held = new.read(Id::<v2::Doc>::from(doc.id().as_str())).await.expect("read");

    let done = new.rewrite::<v2::Doc>().await.expect("rewritten");
    assert_eq!((done.rows(), done.changed(), done.scanned()), (1, 1, 3));

    let mut expected = before;
    let head = expected.iter_mut().find(|((_, sk), _)| sk == "v0").expect("a head").1;
    head.insert("ownerpk".to_owned(), s("owner#bob"));
    // The bytes of `data` too, though the members of its set come in another order each time.
    assert_eq!(rows(&new).await, expected);
    assert_eq!(new.rewrite::<v2::Doc>().await.expect("rewritten").unchanged(), 1);
    let next = new.update(held, |doc| doc.owner = "eve".into()).await.expect("the copy is current");
    assert_eq!(next.version(), 3);
}

mod compressed {
    use serde::{Deserialize, Serialize};
    use simpletable::SingleTable;

    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
    #[table(compress, name = "Task")]
    pub(super) struct Task {
        pub(super) owner: String,
        pub(super) done: Option<bool>,
        pub(super) price: f64,
        pub(super) tags: std::collections::HashSet<String>,
    }
}

#[tokio::test]
async fn compress_switched_on_and_off() {
    let (old, new) = tables::<v1::Task, compressed::Task>().await;
    let task = old.create(old_task("ann")).await.expect("created");
    let before = rows(&old).await;

    assert_eq!(new.rewrite::<compressed::Task>().await.expect("rewritten").changed(), 1);
    let item = rows(&new).await.into_values().next().expect("a row");
    assert!(item.contains_key("data") && !item.contains_key("owner"));
    let read = new.read(Id::<compressed::Task>::from(task.id().as_str())).await.expect("read");
    assert_eq!((read.owner.as_str(), read.updated_at(), read.created_at()), ("ann", task.updated_at(), task.created_at()));
    assert_eq!(new.rewrite::<compressed::Task>().await.expect("rewritten").unchanged(), 1);
    // The stamp that it compares is not where it was.
    assert!(old.update(task, |task| task.price = 1.0).await.expect_err("moved").is_conflict());

    assert_eq!(old.rewrite::<v1::Task>().await.expect("rewritten").changed(), 1);
    assert_eq!(rows(&old).await, before);
    new.update(read, |task| task.price = 2.0).await.expect("the copy is current");
}

mod expiring {
    use chrono::{DateTime, Utc};
    use serde::{Deserialize, Serialize};
    use simpletable::SingleTable;

    #[derive(Debug, Serialize, Deserialize, SingleTable)]
    #[table(name = "Session")]
    pub(super) struct Before {
        pub(super) end: DateTime<Utc>,
    }

    #[derive(Debug, Serialize, Deserialize, SingleTable)]
    #[table(name = "Session", ttl = "end")]
    pub(super) struct Session {
        pub(super) end: DateTime<Utc>,
    }
}

#[tokio::test]
async fn a_new_ttl_and_rows_past_it() {
    let (old, new) = tables::<expiring::Before, expiring::Session>().await;
    let later = DateTime::<Utc>::from_timestamp(4_000_000_000, 0).expect("in range");
    old.create(expiring::Before { end: later }).await.expect("created");
    old.create(expiring::Before { end: Utc::now() - TimeDelta::hours(1) }).await.expect("created");
    assert_eq!(new.rewrite::<expiring::Session>().await.expect("rewritten").changed(), 2);
    assert!(rows(&new).await.into_values().any(|item| item["ttl"] == AttributeValue::N("4000000000".to_owned())));
    // The other one has expired by what the declaration says, and is not looked at.
    assert_eq!(new.rewrite::<expiring::Session>().await.expect("rewritten").rows(), 1);
}

#[tokio::test]
async fn what_says_the_same_in_another_way_is_not_written() {
    let (_, new) = tables::<v1::Task, v2::Task>().await;
    let time = "2024-01-02T03:04:05.678900+00:00";
    let item: Item = [
        ("pk", s("Task#x")),
        ("sk", s("Task#x")),
        ("gsitype", s("Task")),
        ("gsitypesk", s(time)),
        ("resource_id", s("x")),
        ("created_at", s("2024-01-02T03:04:05.678900Z")),
        ("updated_at", s("2024-01-02T03:04:05.678900Z")),
        ("owner", s("ann")),
        ("done", AttributeValue::Null(true)),
        ("price", AttributeValue::N("0.1000000000000000055511151231257827".to_owned())),
        ("tags", AttributeValue::Ss(vec!["b".to_owned(), "a".to_owned()])),
        ("ownerpk", s("owner#ann")),
        ("ownersk", s(time)),
        ("unknown", s("kept")),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();
    put(&new, item.clone()).await;
    assert_eq!(new.rewrite::<v2::Task>().await.expect("rewritten").unchanged(), 1);

    // Where something is missing, everything else stays as it is.
    let mut without = item.clone();
    without.remove("ownerpk");
    put(&new, without).await;
    assert_eq!(new.rewrite::<v2::Task>().await.expect("rewritten").changed(), 1);
    assert_eq!(rows(&new).await.into_values().next(), Some(sets_in_order(item)));
}

#[tokio::test]
async fn goes_on_where_a_limit_stopped_it() {
    let (old, new) = tables::<v1::Task, v2::Task>().await;
    for number in 0..25 {
        old.create(old_task(&number.to_string())).await.expect("created");
    }
    let (mut cursor, mut changed, mut runs) = (None, Vec::new(), 0);
    loop {
        let done = new.rewrite::<v2::Task>().after(cursor).limit(10).await.expect("rewritten");
        changed.push(done.changed());
        runs += 1;
        assert_eq!(done.unchanged(), 0);
        cursor = done.next_cursor().cloned();
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!((changed, runs), (vec![10, 10, 5], 3));
    assert_eq!(new.rewrite::<v2::Task>().await.expect("rewritten").unchanged(), 25);
}

#[tokio::test]
async fn goes_on_where_a_bound_on_requests_stopped_it_at_a_bounded_rate() {
    let (old, new) = tables::<v1::Task, v2::Task>().await;
    for number in 0..9 {
        old.create(old_task(&number.to_string())).await.expect("created");
    }
    let mut seen = Vec::new();
    let began = std::time::Instant::now();
    let done = new
        .rewrite::<v2::Task>()
        .rows_per_second(20)
        .max_requests(3)
        .on_progress(|so_far| seen.push((so_far.rows(), so_far.next_cursor().cloned())));
    let done = done.await.expect("rewritten");
    assert_eq!((done.changed(), done.scanned()), (6, 6));
    // After the first two requests, of 2 rows each, it has waited for a tenth of a second.
    assert!(began.elapsed() >= Duration::from_millis(200));
    assert_eq!(seen.iter().map(|(rows, _)| *rows).collect::<Vec<_>>(), [2, 4, 6]);
    assert_eq!(seen.last().and_then(|(_, cursor)| cursor.as_ref()), done.next_cursor());

    let done = new.rewrite::<v2::Task>().after(done.next_cursor()).await.expect("rewritten");
    assert_eq!((done.changed(), done.unchanged(), done.next_cursor()), (3, 0, None));
}

#[tokio::test]
async fn does_not_undo_an_update_that_comes_in_between() {
    let (old, new) = tables::<v1::Task, v2::Task>().await;
    let task = old.create(old_task("ann")).await.expect("created");
    let id = Id::<v2::Task>::from(task.id().as_str());
    let faults = Faults::new();
    let (others, theirs) = (new.clone(), new.read(&id).await.expect("read"));
    faults.inject(
        Fault::meanwhile(async move { drop(others.update(theirs, |task| task.owner = "bob".into()).await.expect("updated")) })
            .on("PutItem"),
    );

    let done = new.with_faults(&faults).rewrite::<v2::Task>().await.expect("rewritten");
    assert_eq!((done.changed(), done.superseded()), (0, 1));
    assert_eq!(new.read(&id).await.expect("read").owner, "bob");
    assert_eq!(rows(&new).await.into_values().next().expect("a row")["ownerpk"], s("owner#bob"));
    assert_eq!(faults.requests(), ["Scan", "PutItem"]);
}

#[tokio::test]
async fn brings_up_what_an_old_program_writes_in_between() {
    let (old, new) = tables::<v1::Task, v2::Task>().await;
    let task = old.create(old_task("ann")).await.expect("created");
    let id = Id::<v2::Task>::from(task.id().as_str());
    let faults = Faults::new();
    faults.inject(
        Fault::meanwhile(async move { drop(old.update(task, |task| task.owner = "bob".into()).await.expect("updated")) }).on("PutItem"),
    );

    let done = new.with_faults(&faults).rewrite::<v2::Task>().await.expect("rewritten");
    assert_eq!((done.changed(), done.superseded()), (1, 0));
    assert_eq!(new.read(&id).await.expect("read").owner, "bob");
    assert_eq!(rows(&new).await.into_values().next().expect("a row")["ownerpk"], s("owner#bob"));
}

#[tokio::test]
async fn does_not_bring_back_what_is_deleted_in_between() {
    let (old, new) = tables::<v1::Task, v2::Task>().await;
    let task = old.create(old_task("ann")).await.expect("created");
    let faults = Faults::new();
    faults.inject(Fault::meanwhile(async move { old.delete(task.id()).await.expect("deleted") }).on("PutItem"));
    let done = new.with_faults(&faults).rewrite::<v2::Task>().await.expect("rewritten");
    assert_eq!((done.changed(), done.superseded()), (0, 1));
    assert!(rows(&new).await.is_empty());
}

#[tokio::test]
async fn a_set_that_python_changed_in_between_is_kept() {
    let (old, new) = tables::<v1::Task, v2::Task>().await;
    let task = old.create(old_task("ann")).await.expect("created");
    let faults = Faults::new();
    // As Python's set operations do: without a new `updated_at`.
    let update = old
        .client()
        .update_item()
        .table_name(old.name())
        .key("pk", s(&format!("Task#{}", task.id())))
        .key("sk", s(&format!("Task#{}", task.id())))
        .update_expression("ADD tags :tag")
        .expression_attribute_values(":tag", AttributeValue::Ss(vec!["new".to_owned()]));
    faults.inject(Fault::meanwhile(async move { drop(update.send().await.expect("updated")) }).on("PutItem"));
    assert_eq!(new.with_faults(&faults).rewrite::<v2::Task>().await.expect("rewritten").changed(), 1);
    let task = new.read(Id::<v2::Task>::from(task.id().as_str())).await.expect("read");
    assert!(task.tags.contains("new"));
}

#[tokio::test]
async fn rows_that_cannot_be_read_or_stored_are_reported() {
    let (old, new) = tables::<v1::Task, v2::Task>().await;
    for owner in ["ann", "bob"] {
        old.create(old_task(owner)).await.expect("created");
    }
    let mut broken = rows(&new).await.into_values().next().expect("a row");
    broken.insert("pk".to_owned(), s("Task#broken"));
    broken.insert("sk".to_owned(), s("Task#broken"));
    broken.insert("price".to_owned(), s("canary"));
    put(&new, broken.clone()).await;
    // It is there under another prefix: to rewrite it would be to move it.
    let mut moved = rows(&new).await.into_values().find(|item| item["pk"] != broken["pk"]).expect("a row");
    moved.insert("pk".to_owned(), s("Other#moved"));
    moved.insert("sk".to_owned(), s("Other#moved"));
    moved.insert("resource_id".to_owned(), s("moved"));
    put(&new, moved.clone()).await;

    let done = new.rewrite::<v2::Task>().await.expect("rewritten");
    assert_eq!((done.changed(), done.failed(), done.failures().len()), (2, 2, 2));
    assert!(!done.is_complete() && done.next_cursor().is_none());
    let failure = done.failures().iter().find(|failure| failure.pk() == "Task#broken").expect("reported");
    assert!(matches!(failure.error(), Error::Decode { path, problem: DecodeProblem::Type { .. }, .. } if path == "price"), "{failure:?}");
    assert!(!format!("{failure:?} {done:?}").contains("broken") && !format!("{done:?}").contains("canary"));
    let failure = done.failures().iter().find(|failure| failure.sk() == "Other#moved").expect("reported");
    assert!(matches!(failure.error(), Error::KeyChanged { .. }));
    let after = rows(&new).await;
    for item in [broken, moved] {
        assert!(after.values().any(|found| *found == item), "it is as it was");
    }
}

#[tokio::test]
async fn an_error_stops_it_with_a_cursor() {
    let (old, new) = tables::<v1::Task, v2::Task>().await;
    for number in 0..20 {
        old.create(old_task(&number.to_string())).await.expect("created");
    }
    let faults = Faults::new();
    let failing = new.with_faults(&faults);
    faults.inject(Fault::before(Failure::ServerError).on("Scan").always());
    let stopped = failing.rewrite::<v2::Task>().await.expect_err("stopped");
    assert_eq!((stopped.rewritten().rows(), stopped.next_cursor()), (0, None));
    assert_eq!(stopped.to_string(), "the rewrite of Task stopped after 0 rows");

    // The third group of rows that are written at a time is refused.
    faults.clear();
    faults.inject(Fault::before(Failure::Cancelled(&[])).on("PutItem").nth(17).times(4));
    let stopped = failing.rewrite::<v2::Task>().await.expect_err("stopped");
    assert_eq!(stopped.rewritten().changed(), 16);
    assert!(stopped.next_cursor().is_some());
    let error: &dyn std::error::Error = &stopped;
    assert!(error.source().is_some_and(|source| source.to_string().starts_with("`rewrite` failed on the table")));

    faults.clear();
    let done = failing.rewrite::<v2::Task>().after(stopped.next_cursor()).await.expect("rewritten");
    assert_eq!((done.changed(), done.unchanged()), (4, 0));
    assert!(matches!(Error::from(stopped), Error::Sdk { .. }));
}

#[tokio::test]
async fn lost_answers_and_throttling_are_overcome() {
    let (old, new) = tables::<v1::Task, v2::Task>().await;
    for number in 0..3 {
        old.create(old_task(&number.to_string())).await.expect("created");
    }
    let faults = Faults::new();
    // More often than the SDK repeats a request.
    faults.inject(Fault::after(Failure::TimeOut).on("PutItem").times(6));
    let done = new.with_faults(&faults).rewrite::<v2::Task>().await.expect("rewritten");
    assert_eq!((done.changed(), done.failed()), (3, 0));
    assert_eq!(new.rewrite::<v2::Task>().await.expect("rewritten").unchanged(), 3);
}

#[tokio::test]
async fn a_cursor_of_a_scan_is_refused() {
    let (old, new) = tables::<v1::Task, v2::Task>().await;
    for number in 0..3 {
        old.create(old_task(&number.to_string())).await.expect("created");
    }
    let page = new.scan::<v2::Task>().limit(1).await.expect("scanned");
    let stopped = new.rewrite::<v2::Task>().after(page.next_cursor()).await.expect_err("refused");
    assert!(matches!(stopped.error(), Error::InvalidCursor { .. }));
}

/// The future can be spawned.
#[test]
fn the_future_is_send() {
    fn sent<F: std::future::IntoFuture>(_: fn(&Table<v2::Task>) -> F)
    where
        F::IntoFuture: Send + 'static,
    {
    }
    sent(|table| table.rewrite::<v2::Task>().on_progress(|_| ()));
}
