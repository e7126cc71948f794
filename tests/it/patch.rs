//! `patch`: every step on every place, what a row has to hold for it, and what is answered.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use simpletable::{Error, Id, Nested, PatchProblem, Resource, Result, SingleTable, Table, WriteRequest};

use crate::engine;
use crate::stored::{self, n, s};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Nested)]
struct Address {
    city: String,
    #[serde(alias = "zip_code")]
    zip: Option<String>,
    #[serde(default)]
    visits: u8,
    lines: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[gsi(name = "owner", pk = "owner#<owner>")]
struct Task {
    title: String,
    note: Option<String>,
    owner: Option<String>,
    views: u32,
    balance: i8,
    score: f64,
    #[serde(default)]
    likes: u64,
    #[table(set)]
    tags: BTreeSet<String>,
    #[table(set)]
    codes: BTreeSet<i32>,
    steps: Vec<String>,
    #[serde(default)]
    log: Vec<u8>,
    counts: BTreeMap<String, u32>,
    places: BTreeMap<String, Address>,
    address: Option<Address>,
    #[serde(with = "simpletable::time")]
    at: DateTime<Utc>,
}

fn address() -> Address {
    Address { city: "Oslo".into(), zip: None, visits: 1, lines: vec!["a".into(), "b".into()] }
}

fn task() -> Task {
    Task {
        title: "write".into(),
        note: Some("old".into()),
        owner: None,
        views: 5,
        balance: 100,
        score: 0.5,
        likes: 0,
        tags: ["a".to_owned(), "b".to_owned()].into(),
        codes: BTreeSet::new(),
        steps: vec!["one".into(), "two".into()],
        log: Vec::new(),
        counts: [("x".to_owned(), 1)].into(),
        places: [("home".to_owned(), address())].into(),
        address: Some(address()),
        at: DateTime::from_timestamp(1_700_000_000, 0).expect("a time"),
    }
}

async fn created() -> Result<(Table<Task>, Resource<Task>)> {
    let table = engine::table::<Task>().await;
    let task = table.create(task()).id("t").await?;
    Ok((table, task))
}

const KEY: (&str, &str) = ("Task#t", "Task#t");

fn problem<T: std::fmt::Debug>(result: Result<T>) -> (String, PatchProblem) {
    match result {
        Err(Error::Patch { entity: "Task", path, problem }) => (path, problem),
        other => panic!("{other:?}"),
    }
}

/// The patch's answer, which is what is stored.
async fn same(
    table: &Table<Task>,
    before: &Resource<Task>,
    patched: Resource<Task>,
    edit: impl FnOnce(&mut Task),
) -> Result<Resource<Task>> {
    let mut expected = Resource::into_inner(before.clone());
    edit(&mut expected);
    assert_eq!(Resource::into_inner(patched.clone()), expected);
    assert_eq!(table.read(&patched).consistent().await?, patched);
    assert_eq!(patched.created_at(), before.created_at());
    assert!(patched.updated_at() > before.updated_at());
    let row = stored::one(table, KEY.0, KEY.1).await.expect("the row");
    assert_eq!(stored::text(&row, "gsitypesk"), stored::text(&row, "updated_at"));
    Ok(patched)
}

#[tokio::test]
async fn sets_and_removes() -> Result<()> {
    let (table, task) = created().await?;
    let patched = table.patch(task.id()).set(|t| t.title, "x").set(|t| t.note, "n").set(|t| t.owner, Some("ann".to_owned())).await?;
    let task = same(&table, &task, patched, |t| {
        t.title = "x".into();
        t.note = Some("n".into());
        t.owner = Some("ann".into());
    })
    .await?;
    assert_eq!(table.query(Task::by_owner("ann")).all().await?, std::slice::from_ref(&task));
    let patched = table.patch(task.id()).set(|t| t.note, None).remove(|t| t.owner).remove(|t| t.likes).remove(|t| t.tags).await?;
    let task = same(&table, &task, patched, |t| {
        (t.note, t.owner) = (None, None);
        t.tags.clear();
    })
    .await?;
    let row = stored::one(&table, KEY.0, KEY.1).await.expect("the row");
    for attribute in ["note", "owner", "likes", "tags", "ownerpk"] {
        assert!(!row.contains_key(attribute), "{attribute}");
    }
    let at = DateTime::from_timestamp(5, 0).expect("a time");
    let patched = table.patch(task.id()).set(|t| t.at, at).set(|t| t.codes, BTreeSet::from([3])).set(|t| t.address, None).await?;
    same(&table, &task, patched, |t| (t.at, t.codes, t.address) = (at, [3].into(), None)).await?;
    Ok(())
}

#[tokio::test]
async fn adds_and_subtracts() -> Result<()> {
    let (table, task) = created().await?;
    let patch = table.patch(task.id()).add(|t| t.views, 2).subtract(|t| t.balance, 100).add(|t| t.score, 1.25).add(|t| t.likes, 3);
    let patched = patch.add(|t| t.counts.key("x"), 4).add(|t| t.counts.key("a new.key#"), 1).await?;
    let task = same(&table, &task, patched, |t| {
        (t.views, t.balance, t.score, t.likes) = (7, 0, 1.75, 3);
        t.counts = [("x".to_owned(), 5), ("a new.key#".to_owned(), 1)].into();
    })
    .await?;
    let patched = table.patch(task.id()).add(|t| t.balance, -7).subtract(|t| t.score, 2.0).subtract(|t| t.views, 7).await?;
    let task = same(&table, &task, patched, |t| (t.balance, t.score, t.views) = (-7, -0.25, 0)).await?;

    // The sum is one of the field's type, or nothing is written.
    let range = |path: &str| (path.to_owned(), PatchProblem::Range);
    assert_eq!(problem(table.patch(task.id()).subtract(|t| t.views, 1).await), range("views"));
    assert_eq!(problem(table.patch(task.id()).add(|t| t.balance, -122).await), range("balance"));
    assert_eq!(problem(table.patch(task.id()).subtract(|t| t.counts.key("x"), 6).await), range("counts.*"));
    assert_eq!(problem(table.patch(task.id()).subtract(|t| t.counts.key("none"), 1).await), range("counts.*"));
    assert_eq!(table.read(task.id()).consistent().await?, task);
    let patched = table.patch(task.id()).add(|t| t.balance, -121).add(|t| t.views, u32::MAX).await?;
    let task = same(&table, &task, patched, |t| (t.balance, t.views) = (i8::MIN, u32::MAX)).await?;
    assert_eq!(problem(table.patch(task.id()).add(|t| t.views, 1).await), range("views"));
    Ok(())
}

#[tokio::test]
async fn sets_and_lists_get_and_lose_members() -> Result<()> {
    let (table, task) = created().await?;
    let patch = table.patch(task.id()).insert(|t| t.tags, ["b", "c", "c"]).insert(|t| t.codes, [1, 2]);
    let patched =
        patch.append(|t| t.steps, ["three"]).prepend(|t| t.log, [1, 2]).append(|t| t.places.key("home").at(|a| a.lines), ["c"]).await?;
    let task = same(&table, &task, patched, |t| {
        t.tags = ["a".to_owned(), "b".to_owned(), "c".to_owned()].into();
        t.codes = [1, 2].into();
        t.steps.push("three".into());
        t.log = vec![1, 2];
        t.places.get_mut("home").expect("a place").lines.push("c".into());
    })
    .await?;
    // The last member, members that are not there, and none at all.
    let patch = table.patch(task.id()).delete(|t| t.tags, ["a", "b", "c", "d"]).insert(|t| t.codes, [0; 0]).delete(|t| t.codes, [7]);
    let patched = patch.prepend(|t| t.steps, ["zero", "half"]).append(|t| t.log, [0_u8; 0]).await?;
    let task = same(&table, &task, patched, |t| {
        t.tags.clear();
        t.steps.splice(0..0, ["zero".to_owned(), "half".to_owned()]);
    })
    .await?;
    assert!(!stored::one(&table, KEY.0, KEY.1).await.expect("the row").contains_key("tags"));
    let patched = table.patch(task.id()).insert(|t| t.tags, ["z"]).set(|t| t.codes, BTreeSet::new()).await?;
    same(&table, &task, patched, |t| (t.tags, t.codes) = (["z".to_owned()].into(), BTreeSet::new())).await?;
    Ok(())
}

#[tokio::test]
async fn reaches_into_structs_maps_and_lists() -> Result<()> {
    let (table, task) = created().await?;
    let patch = table.patch(task.id()).set(|t| t.address.at(|a| a.city), "Rome").set(|t| t.address.at(|a| a.zip), "1");
    let patch = patch.add(|t| t.places.key("home").at(|a| a.visits), 1).set(|t| t.places.key("home").at(|a| a.lines.index(1)), "B");
    let patched = patch.set(|t| t.places.key("new"), address()).set(|t| t.steps.index(1), "TWO").remove(|t| t.steps.index(0)).await?;
    let task = same(&table, &task, patched, |t| {
        let there = t.address.as_mut().expect("an address");
        (there.city, there.zip) = ("Rome".into(), Some("1".into()));
        let home = t.places.get_mut("home").expect("a place");
        home.visits = 2;
        home.lines[1] = "B".into();
        t.places.insert("new".into(), address());
        t.steps = vec!["TWO".into()];
    })
    .await?;
    let patch = table.patch(task.id()).set(|t| t.address.at(|a| a.zip), None).remove(|t| t.address.at(|a| a.visits));
    let patched = patch.remove(|t| t.places.key("new")).remove(|t| t.counts.key("not there")).await?;
    let task = same(&table, &task, patched, |t| {
        let there = t.address.as_mut().expect("an address");
        (there.zip, there.visits) = (None, 0);
        t.places.remove("new");
    })
    .await?;

    // What is not there has no inside.
    let missing = |path: &str| (path.to_owned(), PatchProblem::Missing);
    assert_eq!(problem(table.patch(task.id()).set(|t| t.steps.index(9), "x").await), missing("steps.9"));
    assert_eq!(problem(table.patch(task.id()).set(|t| t.places.key("no").at(|a| a.city), "x").await), missing("places.*"));
    table.patch(task.id()).remove(|t| t.address).await?;
    assert_eq!(problem(table.patch(task.id()).set(|t| t.address.at(|a| a.city), "x").await), missing("address"));
    assert_eq!(problem(table.patch(task.id()).remove(|t| t.address.at(|a| a.zip)).await), missing("address"));
    Ok(())
}

#[tokio::test]
async fn sets_what_is_missing() -> Result<()> {
    let (table, task) = created().await?;
    let patched = table.patch(task.id()).set_if_missing(|t| t.note, "new").set_if_missing(|t| t.counts.key("y"), 9).await?;
    let task = same(&table, &task, patched, |t| t.counts.extend([("y".to_owned(), 9)])).await?;
    table.patch(task.id()).remove(|t| t.note).await?;
    let patched = table.patch(task.id()).set_if_missing(|t| t.note, "new").await?;
    assert_eq!(patched.note.as_deref(), Some("new"));
    Ok(())
}

#[tokio::test]
async fn without_steps_it_moves_the_time() -> Result<()> {
    let (table, task) = created().await?;
    let patched = table.patch(&task).await?;
    same(&table, &task, patched, |_| {}).await?;
    // A copy from before is stale.
    assert!(table.update(task, |t| t.views = 0).await.is_err_and(|error| error.is_conflict()));
    Ok(())
}

#[tokio::test]
async fn the_answer_is_as_good_as_a_read_one() -> Result<()> {
    let (table, task) = created().await?;
    stored::change(&table, KEY, "SET unknown_attribute = :v", s("kept")).await;
    let patched = table.patch(&task).add(|t| t.views, 1).insert(|t| t.tags, ["z"]).await?;
    assert_eq!(table.read(&patched).consistent().await?.revision(), patched.revision());
    let updated = table.update(patched, |t| t.views += 1).await?;
    assert_eq!(updated.views, 7);
    assert_eq!(stored::text(&stored::one(&table, KEY.0, KEY.1).await.expect("the row"), "unknown_attribute"), "kept");
    Ok(())
}

#[tokio::test]
async fn two_steps_at_one_place_are_refused() -> Result<()> {
    let table = engine::table::<Task>().await;
    let id = Id::<Task>::from("t");
    let overlap = |path: &str| (path.to_owned(), PatchProblem::Overlap);
    let refused = |patch: simpletable::Patch<Task>| problem(patch.into_input());
    let patch = || table.patch(&id);
    assert_eq!(refused(patch().set(|t| t.title, "a").set(|t| t.title, "b")), overlap("title"));
    assert_eq!(refused(patch().add(|t| t.views, 1).subtract(|t| t.views, 1)), overlap("views"));
    assert_eq!(refused(patch().remove(|t| t.address).set(|t| t.address.at(|a| a.city), "b")), overlap("address.city"));
    assert_eq!(refused(patch().set(|t| t.address.at(|a| a.city), "b").remove(|t| t.address)), overlap("address"));
    assert_eq!(refused(patch().add(|t| t.counts.key("a"), 1).add(|t| t.counts.key("a"), 1)), overlap("counts.*"));
    assert_eq!(refused(patch().set(|t| t.steps.index(1), "a").append(|t| t.steps, ["a"])), overlap("steps"));
    assert_eq!(refused(patch().insert(|t| t.tags, ["a"]).delete(|t| t.tags, ["b"])), overlap("tags"));
    patch().add(|t| t.counts.key("a"), 1).add(|t| t.counts.key("b"), 1).into_input()?;
    patch().set(|t| t.steps.index(1), "a").set(|t| t.steps.index(0), "b").into_input()?;
    Ok(())
}

#[tokio::test]
async fn names_keys_and_values_are_placeholders_of_their_own() -> Result<()> {
    let table = engine::table::<Task>().await;
    let patch = table.patch(Id::<Task>::from("t")).set(|t| t.title, "same").add(|t| t.counts.key("title"), 1);
    let request = patch.when(|t| t.title.eq("same").and(t.views.gt(1))).into_input()?;
    let WriteRequest::UpdateItem(update) = request else { panic!("a patch is one update") };
    let (names, values) = (update.expression_attribute_names().expect("names"), update.expression_attribute_values().expect("values"));
    let text = format!("{} {}", update.update_expression().expect("steps"), update.condition_expression().expect("a condition"));
    for placeholder in names.keys().chain(values.keys()) {
        assert!(text.contains(placeholder.as_str()), "{placeholder} is not used");
    }
    assert!(!text.contains("title") && !text.contains("same") && !text.contains("counts"));
    let distinct: BTreeSet<_> = names.values().collect();
    assert_eq!(distinct.len(), names.len());
    assert_eq!(values.values().filter(|value| **value == s("same")).count(), 2, "a value of a step and one of a condition are two");
    Ok(())
}

#[tokio::test]
async fn what_is_not_there_is_not_created() -> Result<()> {
    let table = engine::table::<Task>().await;
    let patched = table.patch(Id::<Task>::from("none")).set(|t| t.title, "x").await;
    assert!(patched.is_err_and(|error| error.is_not_found()));
    assert!(table.patch(Id::<Task>::from("")).set(|t| t.title, "x").await.is_err_and(|error| error.is_not_found()));
    assert!(table.patch(Id::<Task>::from("none")).add(|t| t.views, 1).exactly_once().await.is_err_and(|error| error.is_not_found()));
    assert!(stored::all(&table).await.is_empty());
    Ok(())
}

#[tokio::test]
async fn a_condition_is_told_from_all_else() -> Result<()> {
    let (table, task) = created().await?;
    let patched = table.patch(&task).add(|t| t.views, 1).when(|t| t.views.eq(5)).await?;
    let refused = table.patch(&task).add(|t| t.views, 1).when(|t| t.views.eq(5)).await.expect_err("there are 6");
    assert!(refused.is_condition_failed() && !refused.is_conflict());
    assert_eq!(refused.current::<Task>(), Some(patched.clone()));
    // What a step needs comes after it.
    let refused = table.patch(&task).subtract(|t| t.views, 9).when(|t| t.views.ge(9)).await.expect_err("there are 6");
    assert!(refused.is_condition_failed(), "{refused:?}");
    assert_eq!(refused.current::<Task>(), Some(patched.clone()));
    assert_eq!(problem(table.patch(&task).subtract(|t| t.views, 9).when(|t| t.views.ge(5)).await).1, PatchProblem::Range);
    let refused = table.transact((table.patch(&task).subtract(|t| t.views, 9).when(|t| t.views.ge(9)),)).await;
    assert!(refused.is_err_and(|error| error.is_condition_failed() && error.current::<Task>() == Some(patched)));
    let gone = table.patch(Id::<Task>::from("none")).add(|t| t.views, 1).when(|t| t.views.eq(5)).await;
    assert!(gone.is_err_and(|error| error.is_not_found()));
    Ok(())
}

#[tokio::test]
async fn null_of_another_writer_is_never_an_error_of_the_server() -> Result<()> {
    let (table, task) = created().await?;
    let null = || aws_sdk_dynamodb::types::AttributeValue::Null(true);
    for attribute in ["note", "views", "likes", "tags", "log", "counts", "address"] {
        stored::change(&table, KEY, &format!("SET {attribute} = :v"), null()).await;
    }
    let is_null = |path: &str| (path.to_owned(), PatchProblem::Null);
    let patch = || table.patch(task.id());
    assert_eq!(problem(patch().set_if_missing(|t| t.note, "x").await), is_null("note"));
    assert_eq!(problem(patch().add(|t| t.views, 1).await), is_null("views"));
    assert_eq!(problem(patch().subtract(|t| t.likes, 1).await), is_null("likes"));
    assert_eq!(problem(patch().insert(|t| t.tags, ["x"]).await), is_null("tags"));
    assert_eq!(problem(patch().delete(|t| t.tags, ["x"]).await), is_null("tags"));
    assert_eq!(problem(patch().append(|t| t.log, [1]).await), is_null("log"));
    assert_eq!(problem(patch().prepend(|t| t.log, [1]).await), is_null("log"));
    assert_eq!(problem(patch().add(|t| t.counts.key("x"), 1).await), is_null("counts"));
    assert_eq!(problem(patch().set(|t| t.address.at(|a| a.city), "x").await), is_null("address"));
    assert_eq!(problem(patch().remove(|t| t.address.at(|a| a.zip)).await), is_null("address"));
    // To a value, and to nothing, NULL is as good as absent.
    let patch = patch().set(|t| t.note, "x").set(|t| t.views, 1).remove(|t| t.likes).set(|t| t.tags, BTreeSet::new());
    let patched = patch.set(|t| t.counts, BTreeMap::new()).remove(|t| t.address).remove(|t| t.log).await?;
    assert_eq!((patched.note.as_deref(), patched.views, patched.counts.len()), (Some("x"), 1, 0));
    Ok(())
}

#[tokio::test]
async fn another_type_is_told_by_its_name() -> Result<()> {
    let (table, task) = created().await?;
    for attribute in ["views", "tags", "log", "address"] {
        stored::change(&table, KEY, &format!("SET {attribute} = :v"), s("text")).await;
    }
    stored::change(&table, KEY, "SET steps = :v", n(1)).await;
    let text = |path: &str| (path.to_owned(), PatchProblem::Type { found: "S" });
    let patch = || table.patch(task.id());
    assert_eq!(problem(patch().add(|t| t.views, 1).await), text("views"));
    assert_eq!(problem(patch().insert(|t| t.tags, ["x"]).await), text("tags"));
    assert_eq!(problem(patch().append(|t| t.log, [1]).await), text("log"));
    assert_eq!(problem(patch().set(|t| t.address.at(|a| a.city), "x").await), text("address"));
    assert_eq!(problem(patch().set(|t| t.steps.index(0), "x").await), ("steps".to_owned(), PatchProblem::Type { found: "N" }));
    Ok(())
}

#[tokio::test]
async fn a_value_too_large_is_refused_before_it_is_sent() -> Result<()> {
    let table = engine::table::<Task>().await;
    let refused = table.patch(Id::<Task>::from("t")).set(|t| t.title, "x".repeat(500_000)).into_input();
    assert!(matches!(refused, Err(Error::ItemTooLarge { entity: "Task", .. })));
    let mut patch = table.patch(Id::<Task>::from("t"));
    for key in 0..400 {
        patch = patch.add(|t| t.counts.key(key.to_string()), 1);
    }
    assert!(matches!(patch.into_input(), Err(Error::Expression { entity: "Task", .. })));
    assert!(matches!(table.patch(Id::<Task>::from("t")).set(|t| t.score, f64::NAN).into_input(), Err(Error::Encode { .. })));
    assert!(matches!(table.patch(Id::<Task>::from("t")).add(|t| t.counts.key(""), 1).into_input(), Err(Error::Encode { .. })));
    let key = table.patch(Id::<Task>::from("t")).set(|t| t.owner, "x".repeat(3_000)).into_input();
    assert!(matches!(key, Err(Error::KeyValue { template: "owner#<owner>", .. })));
    Ok(())
}

/// Of a field that was renamed: rows may have it under either name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
struct Renamed {
    #[serde(alias = "count")]
    total: u32,
    #[serde(alias = "remark")]
    note: Option<String>,
}

#[tokio::test]
async fn other_names_of_a_field_do_not_come_back() -> Result<()> {
    let table = engine::table::<Renamed>().await;
    let key = ("Renamed#r", "Renamed#r");
    let row = table.create(Renamed { total: 1, note: Some("new".into()) }).id("r").await?;
    for (attribute, value) in [("count", n(7)), ("remark", s("old"))] {
        stored::change(&table, key, &format!("SET {attribute} = :v"), value).await;
    }
    let refused = table.patch(row.id()).add(|r| r.total, 1).await;
    assert!(matches!(refused, Err(Error::Patch { path, problem: PatchProblem::Renamed, .. }) if path == "count"));
    let row = table.patch(row.id()).set(|r| r.total, 2).remove(|r| r.note).await?;
    assert_eq!(Resource::into_inner(row.clone()), Renamed { total: 2, note: None });
    let row = table.patch(row.id()).add(|r| r.total, 1).await?;
    assert_eq!(row.total, 3);
    Ok(())
}

#[tokio::test]
async fn a_row_that_is_still_compressed_is_refused() -> Result<()> {
    use crate::kinds::Letter;

    /// The same type of rows, since it is not compressed any more.
    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
    #[table(name = "Letter")]
    struct Plain {
        title: String,
        count: u32,
    }
    let table = engine::table::<Letter>().await;
    let letter = table.create(Letter { title: "dear".into(), count: 1 }).await?;
    let plain = Table::new::<Plain>(table.client().clone(), table.name());
    let id = Id::<Plain>::from(letter.id().as_str());
    let refused = plain.patch(&id).add(|l| l.count, 1).await;
    assert!(matches!(refused, Err(Error::Patch { path, problem: PatchProblem::Compressed, .. }) if path == "data"));
    assert_eq!(plain.modify(&id, |l| l.count += 1).await?.count, 2);
    assert_eq!(plain.patch(&id).add(|l| l.count, 1).await?.count, 3);
    Ok(())
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(ttl = "expires", id = "<name>")]
#[gsi(name = "kind", pk = "kind#<kind>")]
struct Session {
    name: String,
    kind: String,
    hits: u32,
    expires: Option<DateTime<Utc>>,
}

#[tokio::test]
async fn the_ttl_follows_its_field() -> Result<()> {
    let clock = simpletable::SettableClock::new(DateTime::from_timestamp(2_000_000_000, 0).expect("a time"));
    let table = engine::builder::<Session>().clock(clock.clone()).build().await.expect("the engine is there");
    let now = DateTime::from_timestamp(2_000_000_100, 0).expect("a time");
    let row = || async { stored::one(&table, "Session#s", "Session#s").await.expect("the row") };
    let session = table.create(Session { name: "s".into(), kind: "a".into(), hits: 0, expires: None }).await?;
    table.patch(&session).set(|s| s.expires, now).await?;
    assert_eq!(row().await.get("ttl"), Some(&n(2_000_000_100)));
    table.patch(&session).add(|s| s.hits, 1).await?;
    assert_eq!(row().await.get("ttl"), Some(&n(2_000_000_100)));
    table.patch(&session).remove(|s| s.expires).await?;
    assert!(!row().await.contains_key("ttl") && !row().await.contains_key("expires"));
    table.patch(&session).set(|s| s.expires, now).await?;
    table.patch(&session).set(|s| s.expires, None).await?;
    assert!(!row().await.contains_key("ttl"));

    // At its second it is gone, and `or_create` puts another in its place: wholly.
    table.patch(&session).set(|s| s.expires, now).set(|s| s.hits, 7).await?;
    clock.set(now);
    assert!(table.patch(&session).add(|s| s.hits, 1).await.is_err_and(|error| error.is_not_found()));
    let first = Session { name: "s".into(), kind: "b".into(), hits: 1, expires: None };
    let created = table.patch(&session).add(|s| s.hits, 1).or_create(first.clone()).await?;
    assert_eq!(Resource::into_inner(created.clone()), first);
    assert!(created.created_at() > session.created_at());
    assert_eq!(table.read(&session).consistent().await?, created);
    assert_eq!(table.query(Session::by_kind("b")).all().await?, [created]);
    Ok(())
}

#[tokio::test]
async fn or_create_keeps_what_is_there() -> Result<()> {
    let (table, task) = created().await?;
    let patched = table.patch(task.id()).add(|t| t.views, 1).or_create(self::task()).await?;
    same(&table, &task, patched, |t| t.views = 6).await?;
    let id = Id::<Task>::from("new");
    let created = table.patch(&id).add(|t| t.views, 1).or_create(self::task()).await?;
    assert_eq!((created.id(), created.views), (&id, 5));
    assert_eq!(table.read(&id).consistent().await?, created);
    // A value that makes another key.
    let sessions = engine::table::<Session>().await;
    let other = Session { name: "other".into(), kind: "a".into(), hits: 0, expires: None };
    let refused = sessions.patch(Session::key("s")).add(|s| s.hits, 1).or_create(other).await;
    assert!(matches!(refused, Err(Error::KeyChanged { entity: "Session" })));
    assert!(stored::all(&sessions).await.is_empty());
    Ok(())
}

#[tokio::test]
async fn exactly_once_is_one_transaction() -> Result<()> {
    let (table, task) = created().await?;
    let WriteRequest::TransactWriteItems(request) = table.patch(&task).add(|t| t.views, 1).exactly_once().into_input()? else {
        panic!("a transaction")
    };
    assert_eq!(request.transact_items().len(), 1);
    table.patch(&task).add(|t| t.views, 1).exactly_once().await?;
    assert_eq!(table.read(&task).consistent().await?.views, 6);
    assert_eq!(problem(table.patch(&task).subtract(|t| t.views, 7).exactly_once().await).1, PatchProblem::Range);
    Ok(())
}
