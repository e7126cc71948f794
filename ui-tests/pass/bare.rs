//! Generated code imports nothing, and uses no name that the prelude gives.

#![no_implicit_prelude]
#![deny(warnings, missing_docs)]

use ::serde::{Deserialize, Serialize};
use ::simpletable::{KeyPart, SingleTable};

/// In a key as serde writes it.
#[derive(Clone, Copy, Serialize, Deserialize, KeyPart)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// To be done.
    Open,
    /// Done.
    Done,
}

/// A key of its own type.
#[derive(Clone, Serialize, Deserialize, KeyPart)]
pub struct Owner(pub ::std::string::String);

/// By id.
#[derive(Serialize, Deserialize, SingleTable)]
#[gsi(name = "owner", pk = "owner#<owner>", sk = "<priority:03>#<status>")]
pub struct Task {
    /// Whose it is.
    pub owner: Owner,
    /// What comes first.
    pub priority: u8,
    /// How far it is.
    pub status: Status,
    /// `None`: in no index.
    pub parent: ::std::option::Option<::simpletable::Id<Task>>,
}

/// By its parts.
#[derive(Serialize, Deserialize, SingleTable)]
#[table(pk = "ORG#<org>", sk = "ORG")]
pub struct Org {
    /// Its name.
    pub org: ::std::string::String,
}

/// The table.
#[derive(SingleTable)]
pub enum App {
    /// A task.
    Task(Task),
    /// An organization.
    Org(Org),
}

fn main() {}
