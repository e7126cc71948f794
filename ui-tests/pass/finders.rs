//! Finders, conditions and nested fields where their names and types could go wrong.

#![deny(warnings, missing_docs, missing_debug_implementations, unreachable_pub, unused_qualifications, unused_results, deprecated)]

use std::collections::{BTreeSet, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use simpletable::{Condition, Fields, Finder, Id, KeyPart, Nested, SingleTable};

/// A word in a key.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, KeyPart)]
pub enum State {
    /// To be done.
    Open,
}

/// Types that are called like the parameters of generated ones.
#[derive(Debug, Serialize, Deserialize, Nested)]
#[serde(rename_all = "camelCase")]
pub struct Role {
    role_name: String,
    /// Where it is written down.
    pub r#in: Option<Entity>,
    #[serde(skip)]
    cached: u8,
}

/// The same.
#[derive(Debug, Serialize, Deserialize, Nested)]
pub struct Entity {
    page: u32,
}

/// Every kind of placeholder, fields that are called like modules and types, and every kind of field.
#[derive(Debug, Serialize, Deserialize, SingleTable)]
#[gsi(name = "state", pk = "state#<state>", sk = "<id>")]
#[gsi(name = "recent", pk = "all", sk = "<updated_at>#<type>#<std:02>")]
#[gsi(name = "made", pk = "made#<created_at>#<type>#<type>")]
#[gsi(name = "type", index = "gsi1", pk = "type#<type>", sk = "<type>#<day>#<type>")]
#[gsi(name = "project", index = "gsi2", pk = "project#<project>", sk_with = rank)]
#[gsi(name = "computed", index = "gsi3", pk_with = rank)]
pub struct Given {
    state: State,
    r#type: String,
    std: u8,
    day: Option<NaiveDate>,
    project: Option<Id<Self>>,
    #[table(set)]
    words: BTreeSet<String>,
    #[table(set)]
    numbers: HashSet<u64>,
    #[serde(with = "simpletable::time")]
    seen_at: DateTime<Utc>,
    #[serde(with = "simpletable::time::option", default)]
    left_at: Option<DateTime<Utc>>,
    #[serde(serialize_with = "upper", rename = "Title")]
    title: String,
    role: Option<Role>,
    #[deprecated(note = "for the test")]
    old: bool,
    #[serde(skip)]
    cached: u8,
}

fn rank(given: &Given) -> Option<String> {
    (given.std > given.cached).then(|| given.title.clone())
}

fn upper<S: serde::Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&text.to_uppercase())
}

/// By its parts.
#[derive(Debug, Serialize, Deserialize, SingleTable)]
#[table(pk = "ORG#<org>", sk = "<created_at>#<number:08>")]
#[gsi(name = "org", pk = "<org>")]
struct Invoice {
    org: String,
    number: u32,
}

/// The table.
#[derive(Debug, SingleTable)]
enum App {
    Given(Given),
    Invoice(Invoice),
}

fn finders(id: Id<Given>, time: DateTime<Utc>) -> Vec<&'static str> {
    fn of<F: Finder>(finder: F) -> &'static str {
        drop(finder);
        std::any::type_name::<F::Item>()
    }
    vec![
        of(Given::by_state(State::Open)),
        of(Given::by_state(State::Open).id(&id)),
        of(Given::by_state(State::Open).range(id.clone()..)),
        of(Given::by_state(State::Open).begins_with("01")),
        of(Given::by_recent()),
        of(Given::by_recent().range(..time)),
        of(Given::by_recent().updated_at(time).begins_with("a")),
        of(Given::by_recent().updated_at(time).r#type("a").range(..=3)),
        of(Given::by_recent().updated_at(time).r#type("a").std(3)),
        of(Given::by_made(time, "a")),
        of(Given::by_type("a").r#type("a").range(..)),
        of(Given::by_type("a").r#type("a").day(NaiveDate::default()).range("a".."b")),
        of(Given::by_project(id)),
        of(Invoice::by_org("acme")),
        of(Invoice::in_partition("acme")),
        of(Invoice::in_partition("acme").created_at(time).range((std::ops::Bound::Excluded(3), std::ops::Bound::Included(9)))),
        of(Invoice::in_partition("acme").rows_of::<App>()),
        of(App::partition_of(Invoice::key("acme", 1_u32, time))),
    ]
}

#[allow(deprecated)]
fn condition(g: &Fields<Given>, time: DateTime<Utc>) -> Condition<Given> {
    let names = g.role.at(|role| role.role_name).eq("x").or(g.role.at(|role| role.r#in).at(|entity| entity.page).gt(3_u32));
    let times = g.seen_at.lt(time).and(g.left_at.between(time, time)).and(!g.day.exists());
    let sets = g.words.contains("x").and(g.words.eq(BTreeSet::new())).and(g.numbers.size().gt(3));
    names.and(times).and(sets).and(g.state.in_([State::Open])).and(g.title.begins_with("X")).and(g.old.eq(false)).and(g.r#type.ne("x"))
}

fn main() {
    assert_eq!(finders(Id::from("a"), DateTime::default()).len(), 18);
    drop(condition(<Given as simpletable::Entity>::FIELDS, DateTime::default()));
}
