//! Bringing stored rows up to the declaration as it is now.

mod done;

use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};
use tracing::Instrument;

pub use done::{RewriteError, Rewritten, RowFailure};

use super::get::is_seen;
use super::query::{Origin, Walk, position};
use super::{BoxFuture, together};
use crate::codec::{self, Stamp, name};
use crate::entity::Entity;
use crate::error::{DecodeProblem, Error, Result};
use crate::handle::{Call, Handle};
use crate::json::RawRow;
use crate::key::Id;
use crate::page::IntoCursor;
use crate::plan::{self, Action, Failure, Plan};

/// How many rows are written at a time: with DynamoDB's few milliseconds for a write, about what one partition takes in a second.
const AT_ONCE: usize = 8;

/// How often one row is tried, while others change it or answers are lost.
const ATTEMPTS: u32 = 5;

/// How many rows one request reads at most where their number is bounded.
const MOST_ROWS: u64 = 1000;

/// How many rows one request reads at least where a limit bounds them: most may be of other entities.
const FEWEST_ROWS: u64 = 100;

/// What `on_progress` is given.
type OnProgress<'f> = Box<dyn FnMut(&Rewritten) + Send + 'f>;

/// Brings the rows of an entity up to its declaration; made by [`Table::rewrite`](crate::Table::rewrite).
///
/// Awaited, it reads the whole table and writes every row that differs from what the declaration makes of it, or it stops at a bound; the
/// [`Rewritten`] says what it did and where it goes on. It may be repeated at any time: what is up to date is left alone.
///
/// An error ends it as a [`RewriteError`], which has the cursor too; so does every call of [`on_progress`](Self::on_progress), for a job
/// that has to survive its process.
///
/// # Examples
/// ```
/// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table};
/// # #[derive(Serialize, Deserialize, SingleTable)] struct Task { title: String }
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
/// # let table = Table::in_memory::<Task>().await?;
/// # table.create(Task { title: "write".into() }).await?;
/// let done = table
///     .rewrite::<Task>()
///     .rows_per_second(500)
///     .on_progress(|so_far| println!("{} rows, {} written", so_far.rows(), so_far.changed()))
///     .await?;
/// for failure in done.failures() {
///     eprintln!("{}", failure.error());
/// }
/// assert!(done.is_complete());
/// # Ok(()) }
/// ```
#[must_use = "operations do nothing unless they are awaited"]
pub struct Rewrite<'f, T> {
    walk: Walk<'f, T>,
    limit: Option<u64>,
    max_requests: Option<u32>,
    rate: Option<u32>,
    on_progress: Option<OnProgress<'f>>,
    prepare: Prepare,
}

/// The write that brings a row up to date; `None` where it is.
type Prepare = fn(&Handle, &RawRow) -> Result<Option<Plan>>;

/// What became of one row.
pub(super) enum Outcome {
    Changed,
    Unchanged,
    Superseded,
    Failed(Error),
}

impl<T: Entity> Rewrite<'_, T> {
    pub(crate) fn new(handle: Handle) -> Self {
        let mut walk = Walk::new(handle, "rewrite", Ok(Origin::Scan { segment: 0, of: 1 }));
        // A row that an old program has just written is not to be missed.
        walk.consistent = true;
        Self { walk, limit: None, max_requests: None, rate: None, on_progress: None, prepare: prepare::<T> }
    }
}

impl<'f, T> Rewrite<'f, T> {
    /// Goes on where another rewrite of the same entity stopped, by its cursor; `None` begins at the start.
    pub fn after(mut self, cursor: impl IntoCursor) -> Self {
        self.walk.after = cursor.into_cursor();
        self
    }

    /// Looks at so many rows of the entity and stops.
    pub fn limit(self, rows: u64) -> Self {
        Self { limit: Some(rows.max(1)), ..self }
    }

    /// Sends so many requests that read (`Scan`) and stops.
    pub fn max_requests(self, requests: u32) -> Self {
        Self { max_requests: Some(requests.max(1)), ..self }
    }

    /// Reads at most so many rows of the table in a second, those of other entities included, and so writes no more than that.
    pub fn rows_per_second(self, rows: u32) -> Self {
        Self { rate: Some(rows.max(1)), ..self }
    }

    /// Calls a function after every request that read, once its rows are written: with what is done so far, whose
    /// [`next_cursor`](Rewritten::next_cursor) is where another rewrite would go on.
    pub fn on_progress(self, on_progress: impl FnMut(&Rewritten) + Send + 'f) -> Self {
        Self { on_progress: Some(Box::new(on_progress)), ..self }
    }

    /// How many rows the next request reads; `None`: as many as DynamoDB gives.
    fn ask(&self, done: &Rewritten) -> Option<usize> {
        // A tenth of a second's rows, so that they do not come in one burst.
        let by_rate = self.rate.map(|rate| u64::from(rate).div_ceil(10));
        let by_limit = self.limit.map(|limit| limit.saturating_sub(done.rows()).max(FEWEST_ROWS));
        let rows = by_rate.into_iter().chain(by_limit).min()?.min(MOST_ROWS);
        usize::try_from(rows).ok()
    }
}

impl<'f, T: Send + Sync + 'f> Rewrite<'f, T> {
    async fn run(mut self, call: &Call) -> Result<Rewritten, RewriteError> {
        let mut done = Rewritten { next: self.walk.after.clone(), ..Rewritten::default() };
        match self.read(call, &mut done).await {
            Ok(()) => Ok(done),
            Err(error) => Err(RewriteError::new(call.entity, error, done)),
        }
    }

    /// Reads and writes to the end of the table, or to a bound. `done` is right at every moment at which this may end.
    async fn read(&mut self, call: &Call, done: &mut Rewritten) -> Result<()> {
        let prepared = self.walk.prepare()?;
        let mut start = self.walk.start(&prepared)?;
        let began = Instant::now();
        let mut requests = 0;
        while self.limit.is_none_or(|limit| done.rows() < limit) {
            let ask = self.ask(done);
            let mut answer = self.walk.stored(call, &prepared, start, ask).await?;
            requests += 1;
            done.scanned += answer.scanned;
            while !answer.items.is_empty() && self.limit.is_none_or(|limit| done.rows() < limit) {
                let left = self.limit.and_then(|limit| usize::try_from(limit - done.rows()).ok()).unwrap_or(AT_ONCE);
                let group: Vec<RawRow> = answer.items.drain(..answer.items.len().min(AT_ONCE).min(left)).collect();
                let last = group.last().map(|item| position(&prepared, item));
                write(call, &self.walk.handle.clone(), self.prepare, group, done).await?;
                if let Some(last) = last {
                    done.next = Some(self.walk.cursor(&prepared, &last)?);
                }
            }
            done.capacity = call.capacity();
            if answer.items.is_empty() {
                done.next = answer.next.as_ref().map(|key| self.walk.cursor(&prepared, key)).transpose()?;
            }
            if let Some(on_progress) = &mut self.on_progress {
                on_progress(done);
            }
            start = answer.next;
            if start.is_none() || self.max_requests.is_some_and(|most| requests >= most) {
                break;
            }
            if let Some(rate) = self.rate {
                sleep_until(began + Duration::from_secs_f64(done.scanned as f64 / f64::from(rate))).await;
            }
        }
        Ok(())
    }
}

/// Brings some rows up to date at the same time. All of them are done before the first error is returned.
async fn write(call: &Call, handle: &Handle, prepare: Prepare, group: Vec<RawRow>, done: &mut Rewritten) -> Result<()> {
    let rows =
        group.iter().map(|item| -> BoxFuture<'_, Result<Outcome>> { Box::pin(async move { Ok(row(call, handle, prepare, item).await) }) });
    let outcomes = together(rows.collect(), AT_ONCE).await?;
    let mut stopped = Ok(());
    for (item, outcome) in group.iter().zip(outcomes) {
        match outcome {
            Ok(outcome) => done.add(item, outcome),
            Err(error) => stopped = stopped.and(Err(error)),
        }
    }
    stopped
}

/// Brings one row up to date. Where somebody else was faster, it looks at what they wrote: an instance of the program that still runs the
/// old declaration does not write what the new one asks for.
///
/// # Errors
/// What would meet every other row too.
async fn row(call: &Call, handle: &Handle, prepare: Prepare, item: &RawRow) -> Result<Outcome> {
    let mut found: Option<RawRow> = None;
    let mut round = 0;
    loop {
        let plan = match prepare(handle, found.as_ref().unwrap_or(item)) {
            Ok(Some(plan)) => plan,
            Ok(None) if found.is_some() => return Ok(Outcome::Superseded),
            Ok(None) => return Ok(Outcome::Unchanged),
            Err(error) => return Ok(Outcome::Failed(error)),
        };
        round += 1;
        match call.execute(plan).await {
            Ok(()) => return Ok(Outcome::Changed),
            Err(Error::Conflict { current, .. }) if round < ATTEMPTS => {
                match current.row().and_then(|row| RawRow::from_item(&row.item).ok()) {
                    Some(row) if is_of(call.entity, handle, &row) => found = Some(row),
                    _ => return Ok(Outcome::Superseded),
                }
            }
            Err(error @ Error::Conflict { .. }) => return Ok(Outcome::Failed(error)),
            // The same row again does no harm, even if it was written: it is conditional on a state that it does not change.
            Err(error) if (error.is_unknown() || error.is_retryable()) && round < ATTEMPTS => call.pause(round + 1).await,
            Err(error) => return Err(error),
        }
    }
}

/// Whether the row is one that a rewrite looks at.
pub(super) fn is_of(entity: &str, handle: &Handle, row: &RawRow) -> bool {
    let name = row.text(name::TYPE);
    let def = handle.limits().entities.iter().find(|def| def.name == entity && name.as_ref().is_some_and(|name| name == entity));
    def.is_some_and(|def| is_seen(handle, def, false, row))
}

pub(super) fn prepare<T: Entity>(handle: &Handle, stored: &RawRow) -> Result<Option<Plan>> {
    let limits = handle.limits();
    let (value, id, row) = codec::decode::<T>(stored, limits)?.into_parts();
    let stamp = Stamp {
        id: id.as_ref().map(Id::as_str),
        created_at: row.created_at,
        updated_at: row.updated_at,
        version: row.version,
        before: Some(&row),
        ttl_attribute: limits.ttl_attribute,
        pk_bytes: limits.pk_bytes,
    };
    let encoded = codec::encode(&value, &stamp)?;
    let unread = |_| Error::Decode { entity: T::DEF.name, path: "*".to_owned(), problem: DecodeProblem::Value };
    let item = stored.to_item().map_err(unread)?;
    if !encoded.row.is_same(&row) {
        return Err(Error::KeyChanged { entity: T::DEF.name });
    }
    let head = codec::renewed(&item, encoded.head.to_item(), limits.inflated_bytes);
    let put = |head| Action::put(head).only_if(plan::unchanged(&row.revision()), Failure::Conflict);
    Ok(head.map(|head| Plan::of(vec![put(head)])))
}

impl<'f, T: Send + Sync + 'f> IntoFuture for Rewrite<'f, T> {
    type Output = Result<Rewritten, RewriteError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 'f>>;

    fn into_future(self) -> Self::IntoFuture {
        let call = self.walk.call();
        let span = call.span.clone();
        Box::pin(async move { self.run(&call).await }.instrument(span))
    }
}
