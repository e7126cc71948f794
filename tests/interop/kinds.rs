//! The entities that both libraries declare: here as structs, in `worker.py` as classes.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, SecondsFormat, Timelike, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use simpletable::{AcceptsId, Initial, Member, Resource, SingleTable, Singleton};

use crate::types::{Bytes, Decimal};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Address {
    pub(crate) street: String,
    pub(crate) number: Option<i64>,
    #[serde(with = "simpletable::time::option", default)]
    pub(crate) since: Option<DateTime<Utc>>,
}

/// The fields of [`Plain`], [`Packed`], [`Kept`] and [`Open`]: one for each kind of value. A set of nothing is no value.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Values {
    pub(crate) text: Option<String>,
    pub(crate) flag: Option<bool>,
    pub(crate) whole: Option<i64>,
    pub(crate) wide: Option<i128>,
    pub(crate) ratio: Option<f64>,
    pub(crate) price: Option<Decimal>,
    pub(crate) day: Option<NaiveDate>,
    pub(crate) moment: Option<DateTime<Utc>>,
    pub(crate) stamp: Option<DateTime<Utc>>,
    pub(crate) raw: Option<Bytes>,
    pub(crate) names: BTreeSet<String>,
    pub(crate) numbers: BTreeSet<i64>,
    pub(crate) scores: Option<Vec<i64>>,
    pub(crate) ratios: Option<Vec<f64>>,
    pub(crate) counts: Option<BTreeMap<String, i64>>,
    pub(crate) address: Option<Address>,
    pub(crate) addresses: Option<Vec<Address>>,
    pub(crate) anything: Option<Value>,
}

impl Values {
    /// In the plain JSON in which Python states what it read.
    pub(crate) fn state(&self) -> Value {
        json!({
            "text": self.text,
            "flag": self.flag,
            "whole": self.whole,
            "wide": self.wide.map(|wide| i64::try_from(wide).map_or_else(|_| json!(wide.to_string()), |wide| json!(wide))),
            "ratio": self.ratio,
            "price": self.price,
            "day": self.day,
            "moment": self.moment.map(time),
            "stamp": self.stamp.map(time),
            "raw": self.raw.as_ref().map(Bytes::text),
            "names": self.names,
            "numbers": self.numbers,
            "scores": self.scores,
            "ratios": self.ratios,
            "counts": self.counts,
            "address": self.address.as_ref().map(Address::state),
            "addresses": self.addresses.as_ref().map(|all| all.iter().map(Address::state).collect::<Vec<_>>()),
            "anything": self.anything,
        })
    }
}

impl Address {
    fn state(&self) -> Value {
        json!({ "street": self.street, "number": self.number, "since": self.since.map(time) })
    }
}

/// As Python states a time: in UTC, with six digits of a fraction or none.
pub(crate) fn time(time: DateTime<Utc>) -> String {
    let digits = if time.nanosecond() == 0 { SecondsFormat::Secs } else { SecondsFormat::Micros };
    time.to_rfc3339_opts(digits, true)
}

/// An entity that has the fields of [`Values`].
pub(crate) trait Storage: Member<App> + AcceptsId + Clone + PartialEq + std::fmt::Debug {
    const NAME: &str;
    fn of(values: Values) -> Self;
    fn values(&self) -> Values;
    fn text(&mut self) -> &mut Option<String>;
    fn version(resource: &Resource<Self>) -> Option<u64>;
}

/// The same fields, stored in each way. Sets have no place in compressed entities, where both libraries write lists.
macro_rules! storages {
    ($($(#[$attribute:meta])* $name:ident $(($set:meta))? version $version:expr;)*) => {$(
        storages!(@one [$(#[$attribute])*] $name [$(#[$set])?] $version);
    )*};
    (@one [$($attribute:tt)*] $name:ident [$($set:tt)*] $version:expr) => {
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
        $($attribute)*
        pub(crate) struct $name {
            text: Option<String>,
            flag: Option<bool>,
            whole: Option<i64>,
            wide: Option<i128>,
            ratio: Option<f64>,
            price: Option<Decimal>,
            day: Option<NaiveDate>,
            moment: Option<DateTime<Utc>>,
            #[serde(with = "simpletable::time::option", default)]
            stamp: Option<DateTime<Utc>>,
            raw: Option<Bytes>,
            $($set)*
            names: BTreeSet<String>,
            $($set)*
            numbers: BTreeSet<i64>,
            scores: Option<Vec<i64>>,
            ratios: Option<Vec<f64>>,
            counts: Option<BTreeMap<String, i64>>,
            address: Option<Address>,
            addresses: Option<Vec<Address>>,
            anything: Option<Value>,
        }

        impl Storage for $name {
            const NAME: &str = stringify!($name);

            fn of(values: Values) -> Self {
                let Values {
                    text, flag, whole, wide, ratio, price, day, moment, stamp, raw, names, numbers, scores, ratios, counts, address,
                    addresses, anything,
                } = values;
                Self {
                    text, flag, whole, wide, ratio, price, day, moment, stamp, raw, names, numbers, scores, ratios, counts, address,
                    addresses, anything,
                }
            }

            fn values(&self) -> Values {
                let Self {
                    text, flag, whole, wide, ratio, price, day, moment, stamp, raw, names, numbers, scores, ratios, counts, address,
                    addresses, anything,
                } = self.clone();
                Values {
                    text, flag, whole, wide, ratio, price, day, moment, stamp, raw, names, numbers, scores, ratios, counts, address,
                    addresses, anything,
                }
            }

            fn text(&mut self) -> &mut Option<String> {
                &mut self.text
            }

            fn version(resource: &Resource<Self>) -> Option<u64> {
                let version: fn(&Resource<Self>) -> Option<u64> = $version;
                version(resource)
            }
        }
    };
}

storages! {
    Plain (table(set)) version |_| None;
    #[table(compress)]
    Packed version |_| None;
    #[table(versioned)]
    Kept version |resource| Some(resource.version());
    #[table(versioned, compress = false)]
    Open (table(set)) version |resource| Some(resource.version());
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[gsi(name = "project", index = "gsi1", pk = "project#<project>")]
#[gsi(name = "priority", index = "gsi2", pk = "priority#<priority:03>")]
#[gsi(name = "owner", index = "gsi3", pk = "owner#<owner>", sk = "<priority:03>")]
pub(crate) struct Task {
    pub(crate) owner: String,
    pub(crate) priority: u8,
    pub(crate) project: Option<String>,
    #[table(set)]
    pub(crate) tags: BTreeSet<String>,
    pub(crate) hits: i64,
    pub(crate) hits_by_day: BTreeMap<String, i64>,
}

impl Task {
    pub(crate) fn new(owner: &str, priority: u8, project: Option<&str>) -> Self {
        Self {
            owner: owner.into(),
            priority,
            project: project.map(Into::into),
            tags: BTreeSet::new(),
            hits: 0,
            hits_by_day: BTreeMap::new(),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[gsi(name = "desk", pk = "desk#<desk>", sk = "<rank:03>")]
pub(crate) struct Ticket {
    pub(crate) desk: Option<String>,
    pub(crate) rank: u8,
}

/// A titled thing with a history, of which three versions are kept.
pub(crate) trait Titled: Member<App> + AcceptsId + simpletable::Versioned + Clone + PartialEq + std::fmt::Debug {
    const NAME: &str;
    fn new(title: &str, status: Option<&str>) -> Self;
    fn title(&mut self) -> &mut String;
    fn state(&self) -> Value;
}

macro_rules! titled {
    ($($(#[$attribute:meta])* $name:ident;)*) => {$(
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
        $(#[$attribute])*
        pub(crate) struct $name {
            pub(crate) title: String,
            pub(crate) status: Option<String>,
        }

        impl Titled for $name {
            const NAME: &str = stringify!($name);

            fn new(title: &str, status: Option<&str>) -> Self {
                Self { title: title.into(), status: status.map(Into::into) }
            }

            fn title(&mut self) -> &mut String {
                &mut self.title
            }

            fn state(&self) -> Value {
                json!({ "title": self.title, "status": self.status })
            }
        }
    )*};
}

titled! {
    #[table(versioned, max_versions = 3)]
    #[gsi(name = "status", index = "gsi1", pk = "status#<status>")]
    Document;
    #[table(versioned, compress = false, max_versions = 3)]
    #[gsi(name = "status", index = "gsi1", pk = "sheet#<status>")]
    Sheet;
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
pub(crate) struct Event {
    pub(crate) name: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(versioned)]
pub(crate) struct Notice {
    pub(crate) name: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(count)]
pub(crate) struct Ballot {
    pub(crate) name: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(versioned, count)]
pub(crate) struct Bill {
    pub(crate) name: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(ttl = "expires")]
pub(crate) struct Session {
    #[serde(with = "simpletable::time::option", default)]
    pub(crate) expires: Option<DateTime<Utc>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(versioned, ttl = "seconds")]
pub(crate) struct Lease {
    pub(crate) seconds: Option<u32>,
}

/// The only one of its table.
pub(crate) trait Sole: Member<App> + Singleton + Initial + Clone + PartialEq + std::fmt::Debug {
    const NAME: &str;
    fn greeting(&mut self) -> &mut String;
    fn state(&self) -> Value;
    fn version(resource: &Resource<Self>) -> Option<u64>;
}

macro_rules! soles {
    ($($(#[$attribute:meta])* $name:ident version $version:expr;)*) => {$(
        #[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, SingleTable)]
        $(#[$attribute])*
        pub(crate) struct $name {
            greeting: String,
        }

        impl Sole for $name {
            const NAME: &str = stringify!($name);

            fn greeting(&mut self) -> &mut String {
                &mut self.greeting
            }

            fn state(&self) -> Value {
                json!({ "greeting": self.greeting })
            }

            fn version(resource: &Resource<Self>) -> Option<u64> {
                let version: fn(&Resource<Self>) -> Option<u64> = $version;
                version(resource)
            }
        }
    )*};
}

soles! {
    #[table(singleton)]
    Settings version |_| None;
    #[table(singleton, versioned)]
    Rules version |resource| Some(resource.version());
}

/// Python keeps another field, `body`, in S3.
pub(crate) trait Blobbed: Member<App> + AcceptsId + Clone + PartialEq + std::fmt::Debug {
    const NAME: &str;
    fn title(&mut self) -> &mut String;
}

macro_rules! blobbed {
    ($($(#[$attribute:meta])* $name:ident;)*) => {$(
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
        $(#[$attribute])*
        pub(crate) struct $name {
            pub(crate) title: String,
        }

        impl Blobbed for $name {
            const NAME: &str = stringify!($name);

            fn title(&mut self) -> &mut String {
                &mut self.title
            }
        }
    )*};
}

blobbed! {
    Note;
    #[table(versioned)]
    Report;
    #[table(versioned, compress = false)]
    Paper;
}

#[derive(Debug, SingleTable)]
pub(crate) enum App {
    Plain(Plain),
    Packed(Packed),
    Kept(Kept),
    Open(Open),
    Task(Task),
    Ticket(Ticket),
    Document(Document),
    Sheet(Sheet),
    Event(Event),
    Notice(Notice),
    Session(Session),
    Lease(Lease),
    Note(Note),
    Report(Report),
    Paper(Paper),
    Settings(Settings),
    Rules(Rules),
    Ballot(Ballot),
    Bill(Bill),
}

/// The table that Python makes: without an index of the user's own.
#[derive(Debug, SingleTable)]
pub(crate) enum Standard {
    Task(Task),
    Document(Document),
}
