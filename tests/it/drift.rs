//! Index keys cannot drift: after random patches of random rows, every attribute that derives from others is what a write of the whole row gives.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use simpletable::{KeyPart, Member, Patch, Resource, Result, SingleTable, Table, WriteRequest};

use crate::engine;
use crate::stored::{self, Row};

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, KeyPart)]
#[serde(rename_all = "snake_case")]
enum Status {
    Open,
    InWork,
    Done,
}

/// A sparse group, keys of one field, widths, a date beside the id, a time to live, and `<updated_at>` alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(ttl = "expires")]
#[gsi(name = "owner", pk = "owner#<owner>", sk = "<rank:03>")]
#[gsi(name = "status", pk = "status#<status>")]
#[gsi(name = "due", pk = "due", sk = "<due>#<id>")]
#[gsi(name = "recent", pk = "all", sk = "<updated_at>")]
#[gsi(name = "project", pk = "project#<project>", sk = "one")]
struct Task {
    title: String,
    owner: Option<String>,
    rank: i16,
    status: Status,
    due: NaiveDate,
    project: Option<u32>,
    expires: Option<DateTime<Utc>>,
    #[table(set)]
    tags: BTreeSet<String>,
    count: u32,
}

/// Two indexes that share a field, so that three fields change together; and one that shares nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(pk = "SHOP#<shop>", sk = "ITEM#<number:06>", type_index = false)]
#[gsi(name = "kind", pk = "<kind>#<color>", sk = "<price:08>")]
#[gsi(name = "color", pk = "color#<color>#<size>")]
struct Item {
    shop: String,
    number: u32,
    #[serde(rename = "type")]
    kind: String,
    color: String,
    size: u8,
    price: u32,
    note: Option<String>,
}

/// A natural id, `<created_at>` beside the field in the other key, and an index of the time to live.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(id = "<email>", ttl = "until")]
#[gsi(name = "city", pk = "city#<city>", sk = "<created_at>")]
#[gsi(name = "until", pk = "until", sk = "<until>")]
#[gsi(name = "plan", pk = "<plan>|<id>")]
#[gsi(name = "boss", pk = "<boss>", sk = "<email>")]
struct User {
    email: String,
    city: String,
    until: Option<DateTime<Utc>>,
    plan: bool,
    boss: Option<String>,
    #[serde(default)]
    hits: u64,
}

#[derive(SingleTable)]
enum App {
    Task(Task),
    Item(Item),
    User(User),
}

/// The same numbers in every run.
struct Random(fastrand::Rng);

impl Random {
    fn text(&mut self) -> String {
        (*self.0.choice(&["ann", "bob", "c d", "é"]).expect("some")).to_owned()
    }
    fn maybe<T>(&mut self, value: T) -> Option<T> {
        self.0.bool().then_some(value)
    }
    fn date(&mut self) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, self.0.u32(1..=12), self.0.u32(1..=28)).expect("a date")
    }
    /// In the future, so that no row is gone.
    fn time(&mut self) -> DateTime<Utc> {
        DateTime::from_timestamp(4_000_000_000 + self.0.i64(0..1_000_000), self.0.u32(0..1_000_000_000)).expect("a time")
    }
    fn status(&mut self) -> Status {
        *self.0.choice(&[Status::Open, Status::InWork, Status::Done]).expect("some")
    }
    /// The patch with one more step, or as it is.
    fn perhaps<T>(&mut self, patch: Patch<T>, step: impl FnOnce(&mut Self, Patch<T>) -> Patch<T>) -> Patch<T> {
        if self.0.u8(..3) == 0 { step(self, patch) } else { patch }
    }
}

trait Sample: Member<App> {
    fn random(random: &mut Random, number: u32) -> Self;
    fn patch(random: &mut Random, table: &Table<App>, row: &Resource<Self>) -> Patch<Self>;
}

impl Sample for Task {
    fn random(r: &mut Random, _: u32) -> Self {
        let (owner, project, expires) = (r.text(), r.0.u32(..50), r.time());
        Self {
            title: r.text(),
            owner: r.maybe(owner),
            rank: r.0.i16(-999..=999),
            status: r.status(),
            due: r.date(),
            project: r.maybe(project),
            expires: r.maybe(expires),
            tags: [r.text()].into(),
            count: 0,
        }
    }

    fn patch(r: &mut Random, table: &Table<App>, row: &Resource<Self>) -> Patch<Self> {
        let patch = r.perhaps(table.patch(row.id()), |r, patch| patch.set(|t| t.title, r.text()));
        let patch = match r.0.u8(..5) {
            0 => patch.set(|t| (t.owner, t.rank), (None, r.0.i16(-999..=999))),
            1 => patch.remove(|t| t.owner),
            2 | 3 => patch.set(|t| (t.owner, t.rank), (r.text(), r.0.i16(-999..=999))),
            _ => patch,
        };
        let patch = r.perhaps(patch, |r, patch| patch.set(|t| t.status, r.status()));
        let patch = r.perhaps(patch, |r, patch| patch.set(|t| t.due, r.date()));
        let project = r.0.u32(..50);
        let project = r.maybe(project);
        let patch = r.perhaps(patch, |_, patch| patch.set(|t| t.project, project));
        let expires = r.time();
        let expires = r.maybe(expires);
        let patch = r.perhaps(patch, |_, patch| patch.set(|t| t.expires, expires));
        let patch = match r.0.u8(..4) {
            0 => patch.insert(|t| t.tags, [r.text()]),
            1 => patch.delete(|t| t.tags, [r.text(), r.text()]),
            2 => patch.remove(|t| t.tags),
            _ => patch,
        };
        r.perhaps(patch, |_, patch| patch.add(|t| t.count, 1))
    }
}

impl Sample for Item {
    fn random(r: &mut Random, number: u32) -> Self {
        let note = r.text();
        Self {
            shop: r.text(),
            number,
            kind: r.text(),
            color: r.text(),
            size: r.0.u8(..),
            price: r.0.u32(..90_000_000),
            note: r.maybe(note),
        }
    }

    fn patch(r: &mut Random, table: &Table<App>, row: &Resource<Self>) -> Patch<Self> {
        let all = (r.text(), r.text(), r.0.u8(..));
        let patch = r.perhaps(table.patch(row), |_, patch| patch.set(|i| (i.kind, i.color, i.size), all));
        let patch = r.perhaps(patch, |r, patch| patch.set(|i| i.price, r.0.u32(..90_000_000)));
        r.perhaps(patch, |r, patch| patch.set_if_missing(|i| i.note, r.text()))
    }
}

impl Sample for User {
    fn random(r: &mut Random, number: u32) -> Self {
        let (until, boss) = (r.time(), r.text());
        Self { email: format!("u{number}@x"), city: r.text(), until: r.maybe(until), plan: r.0.bool(), boss: r.maybe(boss), hits: 0 }
    }

    fn patch(r: &mut Random, table: &Table<App>, row: &Resource<Self>) -> Patch<Self> {
        let patch = r.perhaps(table.patch(row), |r, patch| patch.set(|u| u.city, r.text()));
        let until = r.time();
        let until = r.maybe(until);
        let patch = r.perhaps(patch, |_, patch| patch.set(|u| u.until, until));
        let patch = r.perhaps(patch, |r, patch| patch.set(|u| u.plan, r.0.bool()));
        // It shares its index with the email, which is known only to the row; but without it, the row leaves the index.
        let patch = r.perhaps(patch, |_, patch| patch.remove(|u| u.boss));
        r.perhaps(patch, |r, patch| if r.0.bool() { patch.add(|u| u.hits, 1) } else { patch.remove(|u| u.hits) })
    }
}

/// The names of the attributes that are not as a write of the whole row would make them.
async fn drifted<T: Sample>(table: &Table<App>, row: &Resource<T>) -> Result<Vec<String>> {
    let row = table.read(row).consistent().await?;
    let WriteRequest::PutItem(put) = table.update(row, |_| {}).into_input()? else { panic!("a plain row is put") };
    let fresh: &Row = put.item().expect("a row");
    let stored = stored::one(table, stored::text(fresh, "pk"), stored::text(fresh, "sk")).await.expect("the row is there");
    let (new, old) = (stored::text(fresh, "updated_at"), stored::text(&stored, "updated_at"));
    // The time alone is another.
    let expected = |name: &String| match fresh.get(name) {
        Some(AttributeValue::S(text)) => Some(AttributeValue::S(text.replace(new, old))),
        // A default that is written out, or left out, is read as the same.
        None if name == "hits" => stored.get(name).cloned(),
        other => other.cloned(),
    };
    let same = |a: Option<&AttributeValue>, b: Option<&AttributeValue>| match (a, b) {
        (Some(AttributeValue::Ss(a)), Some(AttributeValue::Ss(b))) => a.iter().collect::<BTreeSet<_>>() == b.iter().collect(),
        (a, b) => a == b,
    };
    let names: BTreeSet<&String> = stored.keys().chain(fresh.keys().filter(|name| *name != "hits")).collect();
    Ok(names.into_iter().filter(|name| !same(stored.get(*name), expected(name).as_ref())).cloned().collect())
}

/// How many patches were made, and how many attributes compared; none may differ.
async fn patches<T: Sample>(table: &Table<App>, seed: u64, rows: u32) -> Result<usize> {
    let mut random = Random(fastrand::Rng::with_seed(seed));
    let mut cases = 0;
    for number in 0..rows {
        let mut row = table.create(T::random(&mut random, number)).await?;
        for _ in 0..10 {
            row = T::patch(&mut random, table, &row).await?;
            assert_eq!(drifted(table, &row).await?, Vec::<String>::new(), "{}", std::any::type_name::<T>());
            cases += 1;
        }
    }
    Ok(cases)
}

#[tokio::test]
#[expect(clippy::print_stdout, reason = "the count is for the reader: `cargo test --test it drift -- --nocapture`")]
async fn no_index_key_differs_from_a_freshly_built_one() -> Result<()> {
    let table = engine::table::<App>().await;
    let rows = 12;
    let cases =
        patches::<Task>(&table, 1, rows).await? + patches::<Item>(&table, 2, rows).await? + patches::<User>(&table, 3, rows).await?;
    println!("\n{cases} patches: 0 differences\n");
    Ok(())
}
