//! Claims as the rows say: for rows that others wrote, or that were there before their unique values were declared.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};
use tracing::Instrument;

use super::get::request;
use super::query::{Origin, Walk};
use super::rewrite::{RowFailure, is_of};
use super::{BoxFuture, together};
use crate::codec::{self, name};
use crate::entity::{Claim, Claims, Entity, Holding, Limits};
use crate::error::{Error, Result};
use crate::expr::Node;
use crate::handle::{Call, Handle};
use crate::json::RawRow;
use crate::key::{self, Key, PrimaryKey};
use crate::plan::{self, Action, Failure, Plan};
use crate::schema::EntityDef;

/// How many rows are looked at, at a time.
const AT_ONCE: usize = 8;

/// How often one row is tried, while others change it or answers are lost.
const ATTEMPTS: u32 = 5;

/// How many duplicates, and how many failures, are kept. All are counted.
const KEPT: usize = 100;

/// Brings the claims of an entity's unique values in line with its rows; made by [`Table::rebuild_claims`](crate::Table::rebuild_claims).
#[must_use = "operations do nothing unless they are awaited"]
pub struct RebuildClaims<T> {
    walk: Walk<'static, T>,
    rate: Option<u32>,
    of: Of,
}

/// The entity: how its rows are read.
#[derive(Clone, Copy)]
struct Of {
    def: &'static EntityDef,
    holding: fn(&RawRow, &Limits) -> Result<Holding>,
    claims: fn(&RawRow, &Limits) -> Result<Claims>,
}

/// What [`Table::rebuild_claims`](crate::Table::rebuild_claims) did, and what it could not do.
#[must_use = "two rows may have one value, which nobody but the caller can decide about"]
pub struct RebuiltClaims<T> {
    rows: u64,
    created: u64,
    removed: u64,
    duplicate: u64,
    duplicates: Vec<DuplicateValue<T>>,
    failed: u64,
    failures: Vec<RowFailure>,
    scanned: u64,
    capacity: f64,
}

/// A row with a unique value that is another row's. `Debug` does not show its key.
pub struct DuplicateValue<T> {
    constraint: &'static str,
    key: Key<T>,
}

impl<T> RebuiltClaims<T> {
    /// How many rows of the entity were looked at.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// How many claims were made: they were missing, named a row without the value, or expired at another time than their row.
    pub fn created(&self) -> u64 {
        self.created
    }

    /// How many claims were removed, whose row is gone, has expired or has another value.
    pub fn removed(&self) -> u64 {
        self.removed
    }

    /// How many values of rows are claimed by other rows, which have them too.
    pub fn duplicate(&self) -> u64 {
        self.duplicate
    }

    /// The rows whose value is another row's: the first 100 of them. Give them other values, or delete them.
    pub fn duplicates(&self) -> &[DuplicateValue<T>] {
        &self.duplicates
    }

    /// How many rows could not be looked into: their values are not claimed, and claims that name them were left alone.
    pub fn failed(&self) -> u64 {
        self.failed
    }

    /// The rows that could not be looked into, and why ([`Error::Decode`], or [`Error::Conflict`] where others changed the row again and
    /// again): the first 100 of them.
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

    /// Whether every value of every row is claimed by that row.
    pub fn is_complete(&self) -> bool {
        self.duplicate == 0 && self.failed == 0
    }

    fn add(&mut self, stored: &RawRow, looked: Looked) {
        self.rows += u64::from(looked.is_row);
        self.created += looked.created;
        self.removed += u64::from(looked.removed);
        self.duplicate += looked.taken.len() as u64;
        for (constraint, key) in looked.taken {
            if self.duplicates.len() < KEPT {
                self.duplicates.push(DuplicateValue { constraint, key: Key::new(Ok(key)) });
            }
        }
        if let Some(error) = looked.failure {
            self.failed += 1;
            if self.failures.len() < KEPT {
                self.failures.push(RowFailure::new(stored, error));
            }
        }
    }
}

impl<T> fmt::Debug for RebuiltClaims<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RebuiltClaims")
            .field("rows", &self.rows)
            .field("created", &self.created)
            .field("removed", &self.removed)
            .field("duplicate", &self.duplicate)
            .field("duplicates", &self.duplicates)
            .field("failed", &self.failed)
            .field("failures", &self.failures)
            .field("scanned", &self.scanned)
            .field("capacity", &self.capacity)
            .finish()
    }
}

impl<T> DuplicateValue<T> {
    /// The constraint's name.
    pub fn constraint(&self) -> &'static str {
        self.constraint
    }

    /// The row's key.
    pub fn key(&self) -> &Key<T> {
        &self.key
    }
}

impl<T> fmt::Debug for DuplicateValue<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DuplicateValue").field("constraint", &self.constraint).finish_non_exhaustive()
    }
}

impl<T: Entity> RebuildClaims<T> {
    pub(crate) fn new(handle: Handle) -> Self {
        let mut walk = Walk::new(handle, "rebuild_claims", Ok(Origin::Scan { segment: 0, of: 1 }));
        // A row that has just been written is not to be missed.
        walk.consistent = true;
        // Rows and claims in one scan: what is done to one does not depend on the order in which they come.
        walk.also = Some(Node::begins_with(name::PK, key::claims_prefix(T::DEF)));
        let holding = |row: &RawRow, limits: &Limits| Ok(codec::decode::<T>(row, limits)?.row().holding());
        Self { walk, rate: None, of: Of { def: T::DEF, holding, claims: codec::claims_of_row::<T> } }
    }
}

impl<T> RebuildClaims<T> {
    /// Reads at most so many rows of the table in a second, those of other entities included.
    pub fn rows_per_second(self, rows: u32) -> Self {
        Self { rate: Some(rows.max(1)), ..self }
    }
}

/// What became of one row, or of one claim.
#[derive(Default)]
struct Looked {
    is_row: bool,
    created: u64,
    removed: bool,
    /// The values that are other rows'.
    taken: Vec<(&'static str, PrimaryKey)>,
    failure: Option<Error>,
}

impl<T: Send + Sync + 'static> RebuildClaims<T> {
    async fn send(mut self, call: &Call) -> Result<RebuiltClaims<T>> {
        let mut done = RebuiltClaims {
            rows: 0,
            created: 0,
            removed: 0,
            duplicate: 0,
            duplicates: Vec::new(),
            failed: 0,
            failures: Vec::new(),
            scanned: 0,
            capacity: 0.0,
        };
        let prepared = self.walk.prepare()?;
        let mut start = None;
        let began = Instant::now();
        // A tenth of a second's rows, so that they do not come in one burst.
        let ask = self.rate.map(|rate| rate.div_ceil(10) as usize);
        loop {
            let mut answer = self.walk.stored(call, &prepared, start, ask).await?;
            done.scanned += answer.scanned;
            while !answer.items.is_empty() {
                let group: Vec<RawRow> = answer.items.drain(..answer.items.len().min(AT_ONCE)).collect();
                let looks = group.iter().map(|stored| -> BoxFuture<'_, Looked> { Box::pin(look(call, self.of, stored)) });
                for (stored, looked) in group.iter().zip(together(looks.collect(), AT_ONCE).await?) {
                    done.add(stored, looked);
                }
            }
            done.capacity = call.capacity();
            start = answer.next;
            if start.is_none() {
                return Ok(done);
            }
            if let Some(rate) = self.rate {
                sleep_until(began + Duration::from_secs_f64(done.scanned as f64 / f64::from(rate))).await;
            }
        }
    }
}

/// Mends what is wrong with a row's claims, or with a claim. What others change meanwhile is looked at again: an update that leaves a value as
/// it is leaves its claim as it is, or missing.
async fn look(call: &Call, of: Of, stored: &RawRow) -> Result<Looked> {
    let is_row = is_of(of.def.name, &call.handle, stored);
    let mut looked = Looked { is_row, ..Looked::default() };
    let mut found: Option<RawRow> = None;
    for round in 0..ATTEMPTS {
        let row = found.as_ref().unwrap_or(stored);
        let result = if is_row { claim_all(call, of, row, &mut looked).await } else { remove(call, of, row, &mut looked).await };
        let error = match result {
            Ok(()) => return Ok(looked),
            Err(error @ Error::Decode { .. }) => return Ok(Looked { failure: Some(error), ..looked }),
            Err(error @ Error::Conflict { .. }) if round + 1 == ATTEMPTS => return Ok(Looked { failure: Some(error), ..looked }),
            Err(error) => error,
        };
        if !error.is_conflict() && (round + 1 == ATTEMPTS || !(error.is_unknown() || error.is_retryable())) {
            return Err(error);
        }
        call.pause(round).await;
        let Some(key) = key_of(row) else { return Ok(looked) };
        found = call.get_item(request(&call.handle, key, true)).await?;
        let same = found.as_ref().is_some_and(|found| is_of(of.def.name, &call.handle, found) == is_row);
        if !same {
            // Whoever deleted the row has released its claims; a claim that is gone needs nothing.
            return Ok(Looked { taken: Vec::new(), ..looked });
        }
    }
    Ok(looked)
}

/// Claims what a row has.
async fn claim_all(call: &Call, of: Of, row: &RawRow, looked: &mut Looked) -> Result<()> {
    looked.taken.clear();
    let holding = (of.holding)(row, call.handle.limits())?;
    for claim in &holding.claims.held {
        match claim_one(call, row, &holding, claim).await {
            Ok(created) => looked.created += u64::from(created),
            Err(Error::UniqueViolation { constraint, .. }) => looked.taken.push((constraint, holding.key.clone())),
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Claims one value of a row, if the row is still as it was read, and says whether it had to.
async fn claim_one(call: &Call, row: &RawRow, holding: &Holding, claim: &Claim) -> Result<bool> {
    let ttl_attribute = call.handle.limits().ttl_attribute;
    let key = PrimaryKey { pk: claim.key.clone(), sk: claim.key.clone() };
    let found = call.get_item(request(&call.handle, key, true)).await?;
    let owner = found.as_ref().and_then(|found| plan::owner_of(&found.to_item().ok()?));
    let expires = found.and_then(|found| found.get(ttl_attribute));
    if owner.as_ref() == Some(&holding.key) && expires == holding.claims.expires {
        return Ok(false);
    }
    let same = Action::check(holding.key.clone()).only_if(plan::unchanged(&plan::state(row)), Failure::Conflict);
    call.execute(Plan::of(vec![same, plan::claimed(holding, claim, ttl_attribute)])).await?;
    Ok(true)
}

/// Removes a claim if the row that it names is without the value, as long as both stay so.
async fn remove(call: &Call, of: Of, claim: &RawRow, looked: &mut Looked) -> Result<()> {
    let Some(key) = key_of(claim).filter(|key| key.pk == key.sk) else { return Ok(()) };
    let owner = claim.to_item().ok().and_then(|item| plan::owner_of(&item));
    let check = match owner {
        None => None,
        Some(owner) => match call.without(of.def, &key.pk, of.claims, &owner).await? {
            None => return Ok(()),
            Some(lost) => Some(Action::check(owner).only_if(lost, Failure::Conflict)),
        },
    };
    let unchanged = match claim.get(name::OWNER) {
        Some(owner) => Node::equal(name::OWNER, owner),
        None => Node::All(vec![Node::exists(name::PK), Node::absent(name::OWNER)]),
    };
    let delete = Action::delete(key).only_if(unchanged, Failure::Conflict);
    call.execute(Plan::of(std::iter::once(delete).chain(check).collect())).await?;
    looked.removed = true;
    Ok(())
}

fn key_of(row: &RawRow) -> Option<PrimaryKey> {
    Some(PrimaryKey { pk: row.text(name::PK)?.into_owned(), sk: row.text(name::SK)?.into_owned() })
}

impl<T: Send + Sync + 'static> IntoFuture for RebuildClaims<T> {
    type Output = Result<RebuiltClaims<T>>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        let call = self.walk.call();
        let span = call.span.clone();
        Box::pin(async move { self.send(&call).await }.instrument(span))
    }
}
