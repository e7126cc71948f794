//! The write plan: what every write becomes, before anything is sent.

mod body;
mod claim;
pub(crate) mod count;
mod execute;
mod once;
mod outcome;
mod request;
mod transaction;

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use chrono::{DateTime, Utc};

use claim::ClaimStep;

use crate::codec::{OUT_OF_SERVICE, name};
use crate::entity::Check;
use crate::error::{Item, PatchProblem};
use crate::expr::{Expression, Need, Node, Step};
use crate::json::RowText;
use crate::key::PrimaryKey;
use crate::schema::EntityDef;

pub(crate) use claim::{claimed, claims, owner_of, released, state};
pub(crate) use execute::{Answer, BUSY_ATTEMPTS};
pub use request::WriteRequest;

/// How many actions one transaction can have.
///
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html>
pub(crate) const TRANSACTION_ACTIONS: usize = 100;

/// The row actions of one write. One action is one request of its own; several are one transaction.
#[derive(Clone)]
pub(crate) struct Plan {
    pub(crate) actions: Vec<Action>,
    /// What the one request of a plan of one action answers with; a transaction answers with nothing.
    pub(crate) returns: Option<ReturnValue>,
    /// One action is a transaction too, whose token tells DynamoDB a request that is sent again.
    pub(crate) exactly_once: bool,
}

/// What becomes of one row.
#[derive(Clone)]
pub(crate) struct Action {
    pub(crate) write: Write,
    pub(crate) guard: Option<Guard>,
    /// What the caller demands of the row, beside the guard.
    pub(crate) when: Option<Node>,
    /// The operation that it is a part of, where a transaction has several.
    pub(crate) origin: Option<Origin>,
    /// What it does to the claim of a unique value, where it is not about the resource's own rows.
    pub(crate) claim: Option<ClaimStep>,
    /// What it does to the number of an entity that is counted.
    counted: Option<count::Counted>,
}

/// One operation of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Origin {
    /// Which one, counted from 0.
    pub(crate) position: usize,
    pub(crate) entity: &'static str,
    pub(crate) operation: &'static str,
}

#[derive(Clone)]
pub(crate) enum Write {
    Put(RowText),
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
    /// What the steps ask of the row.
    pub(crate) needs: Vec<Need>,
}

/// The library's own condition, and what it means when it fails.
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
    /// The row does not fulfil the caller's condition.
    Condition,
    /// The same write was made before.
    AlreadyApplied,
    /// The row does not hold what a step of a change asks for.
    Misfit,
    /// There is no row of statistics yet.
    NoStatistics,
}

impl Write {
    /// The row that is put.
    pub(crate) fn row(&self) -> Option<&RowText> {
        if let Self::Put(row) = self { Some(row) } else { None }
    }

    /// The key of the row.
    pub(crate) fn key(&self) -> PrimaryKey {
        match self {
            Self::Put(row) => row.key(),
            Self::Delete(key) | Self::Check(key) => key.clone(),
            Self::Change(change) => change.key.clone(),
        }
    }
}

impl Change {
    /// Where and why the change does not fit the row.
    pub(crate) fn misfit(&self, found: &Item) -> Option<(String, PatchProblem)> {
        self.needs.iter().find_map(|need| Some((need.path(), need.unmet(found)?)))
    }
}

impl Plan {
    pub(crate) fn of(actions: Vec<Action>) -> Self {
        Self { actions, returns: None, exactly_once: false }
    }

    pub(crate) fn returning(self, returns: ReturnValue) -> Self {
        Self { returns: Some(returns), ..self }
    }

    /// Adds what the caller demands of the row that the operation is about: the first that has a guard. What attaches to a plan comes after it.
    pub(crate) fn when(mut self, condition: Option<Node>) -> Self {
        let about = self.actions.iter().position(|action| action.guard.is_some()).unwrap_or(0);
        if let Some(action) = self.actions.get_mut(about) {
            action.when = condition;
        }
        self
    }

    /// Whether it is sent as a transaction. A check can be no request of its own.
    pub(crate) fn is_transaction(&self) -> bool {
        self.exactly_once || !matches!(&self.actions[..], [action] if !matches!(action.write, Write::Check(_)))
    }
}

impl Action {
    fn new(write: Write) -> Self {
        Self { write, guard: None, when: None, origin: None, claim: None, counted: None }
    }

    pub(crate) fn put(row: impl Into<RowText>) -> Self {
        Self::new(Write::Put(row.into()))
    }

    pub(crate) fn delete(key: PrimaryKey) -> Self {
        Self::new(Write::Delete(key))
    }

    pub(crate) fn change(key: PrimaryKey, steps: Vec<Step>, mark: Option<Check>) -> Self {
        Self::new(Write::Change(Box::new(Change { key, steps, mark, needs: Vec::new() })))
    }

    /// Adds what the steps of a change ask of the row.
    pub(crate) fn needs(mut self, needs: Vec<Need>) -> Self {
        if let Write::Change(change) = &mut self.write {
            change.needs = needs;
        }
        self
    }

    /// Takes a head out of service: the first step of a long deletion.
    pub(crate) fn retire(key: PrimaryKey) -> Self {
        let version = AttributeValue::N(OUT_OF_SERVICE.to_owned());
        let mark = Check { attribute: name::VERSION, value: Some(version.clone()) };
        Self::change(key, vec![Step::set(name::VERSION, version)], Some(mark))
    }

    /// The row has to fulfil the condition that [`only_if`](Self::only_if) adds, and stays as it is.
    pub(crate) fn check(key: PrimaryKey) -> Self {
        Self::new(Write::Check(key))
    }

    pub(crate) fn only_if(mut self, condition: Node, failure: Failure) -> Self {
        self.guard = Some(Guard { condition, failure });
        self
    }

    /// Adds what the caller demands of the row.
    pub(crate) fn when(mut self, condition: Option<Node>) -> Self {
        self.when = condition;
        self
    }

    /// Writes all conditions as one; `None` where there are none.
    fn write_condition(&self, expression: &mut Expression) -> Option<String> {
        let needs: Vec<Node> = self.as_change().map_or(Vec::new(), |change| change.needs.iter().cloned().map(Node::Need).collect());
        let own = self.guard.iter().map(|guard| &guard.condition);
        let mut nodes = own.chain(&needs).chain(&self.when).peekable();
        nodes.peek().is_some().then(|| expression.join(nodes, " AND "))
    }

    /// The change in place, if it is one.
    pub(crate) fn as_change(&self) -> Option<&Change> {
        if let Write::Change(change) = &self.write { Some(change) } else { None }
    }

    /// What it means that the conditions were not fulfilled by the row, of which DynamoDB says only that: the library's own comes first, so
    /// that a caller's condition on a row that is not there, or has changed, is told as that. What the steps of a change need comes last: who asks
    /// for enough of something before it is subtracted is told that.
    pub(crate) fn failure(&self, found: &Item) -> Failure {
        if let (Some(change), true) = (self.as_change(), self.guard.as_ref().is_none_or(|guard| guard.condition.holds(found))) {
            let refused = self.when.as_ref().is_some_and(|when| !when.holds(found));
            return match change.misfit(found) {
                // A condition does not see the fields of such a row.
                Some((_, PatchProblem::Compressed | PatchProblem::Renamed)) => Failure::Misfit,
                _ if refused => Failure::Condition,
                Some(_) => Failure::Misfit,
                None => Failure::Conflict,
            };
        }
        match (&self.guard, &self.when) {
            (Some(guard), Some(_)) if guard.condition.holds(found) => Failure::Condition,
            (Some(guard), _) => guard.failure,
            (None, Some(_)) => Failure::Condition,
            (None, None) => Failure::Conflict,
        }
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

#[cfg(all(test, feature = "embedded"))]
mod tests;
