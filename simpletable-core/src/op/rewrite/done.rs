//! What a rewrite has done, and what it could not do.

use std::borrow::Cow;
use std::fmt;

use super::Outcome;
use crate::codec::name;
use crate::error::Error;
use crate::json::RawRow;
use crate::page::Cursor;

/// How many failures are kept. All are counted.
const FAILURES: usize = 100;

/// What a rewrite has done so far; at its end, or at the bound that stopped it, what it has done in all.
#[derive(Debug, Default)]
#[must_use = "a rewrite may have met rows that it could not bring up to date, or have stopped at a bound"]
pub struct Rewritten {
    pub(super) changed: u64,
    pub(super) unchanged: u64,
    pub(super) superseded: u64,
    pub(super) failed: u64,
    pub(super) failures: Vec<RowFailure>,
    pub(super) scanned: u64,
    pub(super) capacity: f64,
    pub(super) next: Option<Cursor>,
}

impl Rewritten {
    /// How many rows of the entity were looked at: the sum of the four below.
    pub fn rows(&self) -> u64 {
        self.changed + self.unchanged + self.superseded + self.failed
    }

    /// How many rows were written.
    pub fn changed(&self) -> u64 {
        self.changed
    }

    /// How many rows were as the declaration says already.
    pub fn unchanged(&self) -> u64 {
        self.unchanged
    }

    /// How many rows needed nothing any more when they were to be written: somebody else had written them as the declaration says, or
    /// deleted them.
    pub fn superseded(&self) -> u64 {
        self.superseded
    }

    /// How many rows could not be brought up to date, and are as they were.
    pub fn failed(&self) -> u64 {
        self.failed
    }

    /// The rows that could not be brought up to date, and why: the first 100 of them.
    pub fn failures(&self) -> &[RowFailure] {
        &self.failures
    }

    /// How many rows DynamoDB read for it, those of other entities and of the history included.
    pub fn scanned(&self) -> u64 {
        self.scanned
    }

    /// What it consumed, in capacity units, where the engine reports it.
    pub fn consumed_capacity(&self) -> f64 {
        self.capacity
    }

    /// Where it goes on: `None` when the whole table was read.
    pub fn next_cursor(&self) -> Option<&Cursor> {
        self.next.as_ref()
    }

    /// Whether the whole table was read and every row is up to date.
    pub fn is_complete(&self) -> bool {
        self.next.is_none() && self.failed == 0
    }

    pub(super) fn add(&mut self, row: &RawRow, outcome: Outcome) {
        match outcome {
            Outcome::Changed => self.changed += 1,
            Outcome::Unchanged => self.unchanged += 1,
            Outcome::Superseded => self.superseded += 1,
            Outcome::Failed(error) => {
                self.failed += 1;
                if self.failures.len() < FAILURES {
                    self.failures.push(RowFailure::new(row, error));
                }
            }
        }
    }
}

/// A row that a rewrite could not bring up to date. `Debug` and `Display` do not show its key.
#[derive(thiserror::Error)]
#[error("cannot bring a row up to its declaration")]
pub struct RowFailure {
    pk: String,
    sk: String,
    #[source]
    error: Error,
}

impl RowFailure {
    pub(in crate::op) fn new(row: &RawRow, error: Error) -> Self {
        let text = |name| row.text(name).map(Cow::into_owned).unwrap_or_default();
        Self { pk: text(name::PK), sk: text(name::SK), error }
    }

    /// The row's partition key, as it is stored.
    pub fn pk(&self) -> &str {
        &self.pk
    }

    /// The row's sort key, as it is stored.
    pub fn sk(&self) -> &str {
        &self.sk
    }

    /// Why: [`Error::Decode`] where the row cannot be read, [`Error::KeyValue`], [`Error::Encode`] or [`Error::ItemTooLarge`] where it
    /// cannot be stored as the declaration says, [`Error::KeyChanged`] where it would need another primary key, [`Error::Conflict`] where
    /// others wrote it in between again and again.
    pub fn error(&self) -> &Error {
        &self.error
    }
}

impl fmt::Debug for RowFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RowFailure").field("error", &self.error).finish_non_exhaustive()
    }
}

/// What stopped a rewrite, with what it had done by then. `?` makes it an [`Error`].
#[derive(Debug)]
pub struct RewriteError(Box<Stopped>);

#[derive(Debug)]
struct Stopped {
    entity: &'static str,
    error: Error,
    done: Rewritten,
}

impl RewriteError {
    pub(super) fn new(entity: &'static str, error: Error, done: Rewritten) -> Self {
        Self(Box::new(Stopped { entity, error, done }))
    }

    /// What stopped it.
    pub fn error(&self) -> &Error {
        &self.0.error
    }

    /// What it had done. Of the rows that were on their way, some may have been written that are not counted; they are unchanged when they
    /// are looked at again.
    pub fn rewritten(&self) -> &Rewritten {
        &self.0.done
    }

    /// Where to go on, for [`Rewrite::after`](super::Rewrite::after): `None` where it had not come past the start.
    pub fn next_cursor(&self) -> Option<&Cursor> {
        self.0.done.next_cursor()
    }
}

impl fmt::Display for RewriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the rewrite of {} stopped after {} rows", self.0.entity, self.0.done.rows())
    }
}

impl std::error::Error for RewriteError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0.error)
    }
}

impl From<RewriteError> for Error {
    fn from(stopped: RewriteError) -> Self {
        stopped.0.error
    }
}
