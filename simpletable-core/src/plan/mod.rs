//! The write plan: what every write becomes, before anything is sent.

mod execute;
mod outcome;
mod request;

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, Utc};

use crate::codec::{OUT_OF_SERVICE, name};
use crate::entity::Check;
use crate::error::Item;
use crate::expr::{Node, Step};
use crate::key::PrimaryKey;
use crate::schema::EntityDef;

pub use request::WriteRequest;

/// How many actions one transaction can have.
///
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html>
pub(crate) const TRANSACTION_ACTIONS: usize = 100;

/// The row actions of one write. One action is one request of its own; several are one transaction.
#[derive(Clone)]
pub(crate) struct Plan {
    pub(crate) actions: Vec<Action>,
}

/// What becomes of one row.
#[derive(Clone)]
pub(crate) struct Action {
    pub(crate) write: Write,
    pub(crate) guard: Option<Guard>,
}

#[derive(Clone)]
pub(crate) enum Write {
    Put(Item),
    Delete(PrimaryKey),
    Change(Box<Change>),
    /// Nothing becomes of it: its guard is all. Always part of a transaction.
    Check(PrimaryKey),
}

/// A change of a row in place.
#[derive(Clone)]
pub(crate) struct Change {
    pub(crate) key: PrimaryKey,
    pub(crate) steps: Vec<Step>,
    /// What the row holds exactly if the change was made. A change in a transaction needs none: a repeated transaction is known by its token.
    pub(crate) mark: Option<Check>,
}

/// A condition, and what it means when it fails.
#[derive(Clone)]
pub(crate) struct Guard {
    pub(crate) condition: Node,
    pub(crate) failure: Failure,
}

/// What a failed condition means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The key is taken.
    AlreadyExists,
    /// There is no such row.
    NotFound,
    /// Somebody else changed the row.
    Conflict,
    /// Somebody else changed the row, or deleted it.
    ConflictOrNotFound,
}

impl Action {
    pub(crate) fn put(item: Item) -> Self {
        Self { write: Write::Put(item), guard: None }
    }

    pub(crate) fn delete(key: PrimaryKey) -> Self {
        Self { write: Write::Delete(key), guard: None }
    }

    pub(crate) fn change(key: PrimaryKey, steps: Vec<Step>, mark: Option<Check>) -> Self {
        Self { write: Write::Change(Box::new(Change { key, steps, mark })), guard: None }
    }

    /// Takes a head out of service: the first step of a long deletion.
    pub(crate) fn retire(key: PrimaryKey) -> Self {
        let version = AttributeValue::N(OUT_OF_SERVICE.to_owned());
        let mark = Check { attribute: name::VERSION, value: Some(version.clone()) };
        Self::change(key, vec![Step::set(name::VERSION, version)], Some(mark))
    }

    /// The row has to fulfil the condition that [`only_if`](Self::only_if) adds, and stays as it is.
    pub(crate) fn check(key: PrimaryKey) -> Self {
        Self { write: Write::Check(key), guard: None }
    }

    pub(crate) fn only_if(mut self, condition: Node, failure: Failure) -> Self {
        self.guard = Some(Guard { condition, failure });
        self
    }
}

/// The key is free, or what is there has expired. A head that a long deletion has taken out of service is not free until it is gone: its
/// deletion would take the new history.
pub(crate) fn free(def: &EntityDef, ttl_attribute: &'static str, now: DateTime<Utc>) -> Node {
    let absent = Node::absent(name::PK);
    if def.ttl.is_none() {
        return absent;
    }
    let expired = Node::at_most(ttl_attribute, AttributeValue::N(now.timestamp().to_string()));
    let expired = if def.versioned { Node::All(vec![expired, Node::in_service()]) } else { expired };
    Node::Any(vec![absent, expired])
}

/// The row is there, and has not expired.
pub(crate) fn alive(def: &EntityDef, ttl_attribute: &'static str, now: DateTime<Utc>) -> Node {
    let exists = Node::exists(name::PK);
    if def.ttl.is_none() {
        return exists;
    }
    let later = Node::above(ttl_attribute, AttributeValue::N(now.timestamp().to_string()));
    Node::All(vec![exists, Node::Any(vec![Node::absent(ttl_attribute), later])])
}

/// The row is as it was read.
pub(crate) fn unchanged(revision: &[Check]) -> Node {
    let checks = revision.iter().map(|check| match &check.value {
        Some(value) => Node::equal(check.attribute, value.clone()),
        None => Node::absent(check.attribute),
    });
    // Absent attributes alone would hold for a deleted row too.
    let exists = revision.iter().all(|check| check.value.is_none()).then(|| Node::exists(name::PK));
    Node::All(exists.into_iter().chain(checks).collect())
}
