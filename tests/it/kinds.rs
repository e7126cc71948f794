//! One entity of each kind, and what the tests that run over all of them need.

use std::collections::BTreeSet;
use std::fmt::Debug;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use simpletable::{Create, KeyPart, Member, SingleTable, Table};

/// An entity that tests create, change and count with.
pub(crate) trait Sample: Member<Self> + Clone + PartialEq + Debug {
    /// How many versions are kept: none on plain entities.
    const KEPT: usize;
    /// Creates it, always at the same key.
    fn create(table: &Table<Self>) -> Create<Self>;
    fn count(&self) -> u32;
    fn count_mut(&mut self) -> &mut u32;

    const VERSIONED: bool = Self::KEPT > 0;
    /// The operation that writes it.
    const WRITE: &'static str = if Self::VERSIONED { "TransactWriteItems" } else { "PutItem" };
    /// The operation that deletes it.
    const DELETE: &'static str = if Self::VERSIONED { "TransactWriteItems" } else { "DeleteItem" };

    /// How many rows there are after `writes` writes.
    fn rows(writes: usize) -> usize {
        1 + writes.min(Self::KEPT)
    }
}

/// Plain, with a set and two indexes: one with a sort key, one sparse and without.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[gsi(name = "owner", pk = "owner#<owner>", sk = "<priority:03>#<due>")]
#[gsi(name = "project", index = "gsi1", pk = "project#<project>")]
pub(crate) struct Task {
    pub(crate) owner: String,
    pub(crate) priority: u8,
    pub(crate) due: NaiveDate,
    pub(crate) project: Option<String>,
    #[table(set)]
    pub(crate) tags: BTreeSet<String>,
    pub(crate) count: u32,
}

impl Task {
    pub(crate) fn new(owner: &str) -> Self {
        let due = NaiveDate::from_ymd_opt(2026, 3, 14).expect("a date");
        Self { owner: owner.into(), priority: 7, due, project: Some("moon".into()), tags: BTreeSet::from(["new".into()]), count: 0 }
    }
}

/// Plain, and outside the type index.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(type_index = false)]
pub(crate) struct Draft {
    pub(crate) title: String,
    pub(crate) count: u32,
}

/// Plain and compressed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(compress)]
pub(crate) struct Letter {
    pub(crate) title: String,
    pub(crate) count: u32,
}

/// Plain, compressed, and outside the type index: the kind that needs `_rev`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(compress, type_index = false)]
pub(crate) struct Photo {
    pub(crate) title: String,
    pub(crate) count: u32,
}

/// Plain, with an id that its field makes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(id = "<email>")]
pub(crate) struct User {
    pub(crate) email: String,
    pub(crate) count: u32,
}

impl User {
    pub(crate) fn new(email: &str) -> Self {
        Self { email: email.into(), count: 0 }
    }
}

/// Plain, with keys that its fields make.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(pk = "ORG#<org>", sk = "INVOICE#<number:08>")]
pub(crate) struct Invoice {
    pub(crate) org: String,
    pub(crate) number: u32,
    pub(crate) count: u32,
}

impl Invoice {
    pub(crate) fn new(number: u32) -> Self {
        Self { org: "acme".into(), number, count: 0 }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, KeyPart)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    Active,
    Inactive,
}

/// Versioned, compressed as they are by default, with an index.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(versioned)]
#[gsi(name = "status", pk = "status#<status>")]
pub(crate) struct Document {
    pub(crate) title: String,
    pub(crate) status: Status,
    pub(crate) count: u32,
}

impl Document {
    pub(crate) fn new(title: &str) -> Self {
        Self { title: title.into(), status: Status::Active, count: 0 }
    }
}

/// Versioned, with its fields as attributes, and a sparse index of the standard table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(versioned, compress = false)]
#[gsi(name = "topic", index = "gsi3", pk = "topic#<topic>", sk = "<title>", pk_attr = "gsi3pk", sk_attr = "gsi3sk")]
pub(crate) struct Page {
    pub(crate) title: String,
    pub(crate) topic: Option<String>,
    pub(crate) count: u32,
}

impl Page {
    pub(crate) fn new(title: &str) -> Self {
        Self { title: title.into(), topic: Some("rust".into()), count: 0 }
    }
}

/// Versioned, outside the type index, with an id that its field makes, and few versions kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(versioned, max_versions = 2, id = "<email>", type_index = false)]
pub(crate) struct Account {
    pub(crate) email: String,
    pub(crate) count: u32,
}

impl Account {
    pub(crate) fn new(email: &str) -> Self {
        Self { email: email.into(), count: 0 }
    }
}

/// Plain, and the only one of its table.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(singleton)]
pub(crate) struct Config {
    pub(crate) greeting: String,
    pub(crate) count: u32,
}

/// Versioned, and the only one of its table.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(versioned, singleton, name = "Terms")]
pub(crate) struct Policy {
    pub(crate) text: String,
    pub(crate) count: u32,
}

/// Plain and counted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(count, id = "<name>")]
pub(crate) struct Seat {
    pub(crate) name: String,
}

/// Versioned and counted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(versioned, count)]
pub(crate) struct Contract {
    pub(crate) title: String,
}

/// All of them in one table.
#[derive(Debug, SingleTable)]
pub(crate) enum App {
    Task(Task),
    Draft(Draft),
    Letter(Letter),
    Photo(Photo),
    User(User),
    Invoice(Invoice),
    Document(Document),
    Page(Page),
    Account(Account),
    Config(Config),
    Policy(Policy),
    Seat(Seat),
    Contract(Contract),
}

macro_rules! samples {
    ($($type:ident keeps $kept:expr, |$table:ident| $create:expr;)+) => {$(
        impl Sample for $type {
            const KEPT: usize = $kept;
            fn create($table: &Table<Self>) -> Create<Self> {
                $create
            }
            fn count(&self) -> u32 {
                self.count
            }
            fn count_mut(&mut self) -> &mut u32 {
                &mut self.count
            }
        }
    )+};
}

samples! {
    Task keeps 0, |table| table.create(Task::new("ann")).id("one");
    Draft keeps 0, |table| table.create(Draft { title: "draft".into(), count: 0 }).id("one");
    Letter keeps 0, |table| table.create(Letter { title: "dear".into(), count: 0 }).id("one");
    Photo keeps 0, |table| table.create(Photo { title: "sea".into(), count: 0 }).id("one");
    User keeps 0, |table| table.create(User::new("ann@acme.io"));
    Invoice keeps 0, |table| table.create(Invoice::new(1));
    Document keeps usize::MAX, |table| table.create(Document::new("plan")).id("one");
    Page keeps usize::MAX, |table| table.create(Page::new("home")).id("one");
    Account keeps 2, |table| table.create(Account::new("ann@acme.io"));
    Config keeps 0, |table| table.create(Config { greeting: "hello".into(), count: 0 });
    Policy keeps usize::MAX, |table| table.create(Policy { text: "be kind".into(), count: 0 });
}

/// Runs a generic test for each kind; `on threads`: in a runtime of several threads.
macro_rules! for_every_kind {
    ($($test:ident),+ $(,)?) => {
        $crate::kinds::for_every_kind!(#[tokio::test] $($test),+);
    };
    (on threads: $($test:ident),+ $(,)?) => {
        $crate::kinds::for_every_kind!(#[tokio::test(flavor = "multi_thread", worker_threads = 4)] $($test),+);
    };
    (#[$attribute:meta] $($test:ident),+) => {$(
        mod $test {
            $crate::kinds::for_every_kind!(@ #[$attribute] $test: plain Task, unlisted Draft, compressed Letter,
                compressed_unlisted Photo, natural User, composed Invoice, versioned Document, versioned_attributes Page,
                versioned_natural Account, singleton Config, versioned_singleton Policy);
        }
    )+};
    (@ #[$attribute:meta] $test:ident: $($kind:ident $type:ident),+) => {
        $crate::kinds::for_every_kind!(@@ $([#[$attribute] $kind $test $type])+);
    };
    (@@ $([#[$attribute:meta] $kind:ident $test:ident $type:ident])+) => {$(
        #[$attribute]
        async fn $kind() -> simpletable::Result<()> {
            super::$test::<crate::kinds::$type>().await
        }
    )+};
}

pub(crate) use for_every_kind;
