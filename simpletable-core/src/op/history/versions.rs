use std::collections::{HashMap, VecDeque};
use std::future::IntoFuture;

use tracing::Instrument;

use super::rows::{AllVersions, VersionPages, VersionRows};
use super::{head, numbers, version_key, version_of};
use crate::codec::{self, decode_past, name, size, version_number};
use crate::entity::{Entity, Limits, Resource};
use crate::error::{Error, Result};
use crate::handle::{BATCH_GET, Call, Handle, key_item};
use crate::json::RawRow;
use crate::key::{Key, PrimaryKey};
use crate::op::get::is_seen;
use crate::op::{BoxFuture, lookup};
use crate::page::{Binding, Cost, Cursor, IntoCursor, Page};
use crate::schema::EntityDef;

/// How many bytes one `BatchGetItem` answers with at most.
///
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html>
const ANSWER_BYTES: usize = 16 * 1024 * 1024;

/// Reads the versions of a resource, newest first; made by [`Table::versions`](crate::Table::versions).
///
/// Awaited, it reads one page: up to [`limit`](Self::limit) versions, or what one request brings. [`all`](Self::all),
/// [`stream`](Self::stream) and [`pages`](Self::pages) read on to the first version.
#[must_use = "operations do nothing unless they are awaited"]
pub struct Versions<T> {
    walk: Walk<T>,
}

impl<T: Entity> Versions<T> {
    pub(crate) fn new(handle: Handle, key: Key<T>) -> Self {
        Self { walk: Walk { handle, def: T::DEF, key, limit: None, after: None, latest: codec::decode, past: decode_past } }
    }
}

impl<T> Versions<T> {
    /// Returns at most so many versions, the newest: exactly so many as long as there are more. No older row is read. 0 reads nothing; the
    /// page's cursor is the one that it was given.
    pub fn limit(mut self, limit: usize) -> Self {
        self.walk.limit = Some(limit);
        self
    }

    /// Begins behind a cursor: that of a page of the same resource's versions, as text or as it is; `None` begins with the newest.
    ///
    /// A cursor that is broken or belongs elsewhere is an [`Error::InvalidCursor`].
    pub fn after(mut self, cursor: impl IntoCursor) -> Self {
        self.walk.after = cursor.into_cursor();
        self
    }

    /// All of them, from the cursor on, up to the limit.
    pub fn all(self) -> AllVersions<T> {
        AllVersions::new(self.walk)
    }

    /// All of them as a [`Stream`](futures_core::Stream), which reads on when what it has is used up: one answer of 16 MB at most is held.
    pub fn stream(self) -> VersionRows<T> {
        VersionRows::new(self.walk)
    }

    /// Page after page, each of up to `limit` versions.
    pub fn pages(self) -> VersionPages<T> {
        VersionPages::new(self.walk)
    }
}

impl<T: Send + Sync + 'static> IntoFuture for Versions<T> {
    type Output = Result<Page<T>>;
    type IntoFuture = BoxFuture<'static, Page<T>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { self.walk.page().await })
    }
}

/// What decodes a row.
type Decode<T> = fn(&RawRow, &Limits) -> Result<Resource<T>>;

/// Which versions are read.
pub(super) struct Walk<T> {
    handle: Handle,
    def: &'static EntityDef,
    key: Key<T>,
    pub(super) limit: Option<usize>,
    pub(super) after: Option<Cursor>,
    latest: Decode<T>,
    past: Decode<T>,
}

/// How far a walk has come.
pub(super) struct State {
    key: PrimaryKey,
    /// The head, as long as it is to be returned: it is the latest version, whole.
    head: Option<RawRow>,
    /// The highest number that was not asked for.
    next: u64,
    /// The highest number that `max_versions` does not keep.
    bound: u64,
    /// The numbers up to the bound that have rows, once it is known: a limit that was lowered left them.
    below: Option<VecDeque<u64>>,
    /// How many rows one request asks for.
    chunk: usize,
    cost: Cost,
}

impl<T> Walk<T> {
    pub(super) fn call(&self) -> Call {
        self.handle.call("versions", self.def.name)
    }

    /// The page from where the cursor says.
    pub(super) async fn page(&self) -> Result<Page<T>> {
        let call = self.call();
        let span = call.span.clone();
        self.part(&call).instrument(span).await
    }

    async fn part(&self, call: &Call) -> Result<Page<T>> {
        let last = self.position()?;
        if self.limit == Some(0) {
            return Ok(Page { rows: Vec::new(), next: self.after.clone(), cost: Cost::default() });
        }
        let Some(mut state) = self.begin(call, last).await? else {
            return Ok(Page {
                rows: Vec::new(),
                next: None,
                cost: Cost { requests: u32::from(self.key.primary.is_ok()), scanned: 0, capacity: call.capacity() },
            });
        };
        let mut rows = Vec::new();
        let mut last = None;
        let mut round = 0;
        loop {
            let wanted = self.limit.map(|limit| limit - rows.len());
            for (number, row) in self.more(call, &mut state, ask(wanted, round)).await? {
                if self.limit == Some(rows.len()) {
                    break;
                }
                rows.push(row);
                last = Some(number);
            }
            round += 1;
            let full = self.limit == Some(rows.len());
            if full || self.limit.is_none() || state.is_done() {
                // Where the limit was reached, what was read behind it is read again.
                let last = last.filter(|_| full).unwrap_or(state.next + 1);
                let more = last > 1 && !(state.is_done() && last == state.next + 1);
                let next = more.then(|| self.cursor(&state.key, last)).transpose()?;
                let cost = Cost { capacity: call.capacity(), ..state.cost };
                return Ok(Page { rows, next, cost });
            }
        }
    }

    /// The number that the cursor stands behind.
    fn position(&self) -> Result<Option<u64>> {
        let Some(cursor) = &self.after else { return Ok(None) };
        let invalid = || Error::InvalidCursor { entity: self.def.name };
        let key = self.key.primary.as_ref().map_err(|_| invalid())?;
        let values = Cursor::open(cursor, self.handle.cursor_keys(), &self.binding(key)).map_err(|_| invalid())?;
        let [number] = &values[..] else { return Err(invalid()) };
        number.parse().map(Some).map_err(|_| invalid())
    }

    fn cursor(&self, key: &PrimaryKey, number: u64) -> Result<Cursor> {
        let sealed = Cursor::seal(self.handle.cursor_keys(), &self.binding(key), &[number.to_string()]);
        sealed.map_err(|_| Error::InvalidCursor { entity: self.def.name })
    }

    fn binding(&self, key: &PrimaryKey) -> Binding {
        Binding::new(self.handle.table()).field("versions").field(self.def.name).field(&key.pk)
    }

    /// Reads the head; `None` where there is no resource.
    pub(super) async fn begin(&self, call: &Call, last: Option<u64>) -> Result<Option<State>> {
        let Some(key) = lookup(self.key.clone())? else { return Ok(None) };
        let Some(head) = head(call, self.def, key.clone()).await? else { return Ok(None) };
        let latest = version_of(self.def, &head)?;
        let next = last.map_or(latest, |last| latest.min(last.saturating_sub(1)));
        let bound = self.def.max_versions.map_or(0, |max| latest.saturating_sub(max));
        // Versions are about as large as the latest one, and what an answer does not hold has to be asked for again.
        let chunk = (ANSWER_BYTES / size::of_item(&head.to_item().unwrap_or_default()).max(1)).clamp(1, BATCH_GET);
        let cost = Cost { requests: 1, scanned: 1, capacity: 0.0 };
        Ok(Some(State { key, head: (next == latest).then_some(head), next, bound, below: None, chunk, cost }))
    }

    /// As [`begin`](Self::begin), from where the cursor says.
    pub(super) async fn start(&self, call: &Call) -> Result<Option<State>> {
        let last = self.position()?;
        self.begin(call, last).await
    }

    /// What one request for up to `ask` rows brings, newest first: fewer where numbers have no row.
    pub(super) async fn more(&self, call: &Call, state: &mut State, ask: usize) -> Result<Vec<(u64, Resource<T>)>> {
        let mut versions = Vec::new();
        let limits = self.handle.limits();
        if let Some(head) = state.head.take() {
            versions.push((state.next, (self.latest)(&head, limits)?));
            state.next -= 1;
        }
        let wanted = state.take(call, ask.min(state.chunk) - versions.len()).await?;
        if wanted.is_empty() {
            return Ok(versions);
        }
        let keys = wanted.iter().map(|number| key_item(version_key(&state.key, *number))).collect();
        let rows = call.read_batch(keys, true).await?;
        state.cost.requests += 1;
        state.cost.scanned += rows.len() as u64;
        let number = |row: &RawRow| version_number(&row.text(name::SK)?);
        let mut rows: HashMap<u64, RawRow> = rows.into_iter().filter_map(|row| Some((number(&row)?, row))).collect();
        for number in wanted {
            if let Some(row) = rows.remove(&number).filter(|row| is_seen(&self.handle, self.def, false, row)) {
                versions.push((number, (self.past)(&row, limits)?));
            }
        }
        Ok(versions)
    }
}

/// How many rows to ask for where so many are wanted. A round that did not bring enough met numbers without rows, so the next one asks for more.
pub(super) fn ask(wanted: Option<usize>, round: u32) -> usize {
    wanted.map_or(BATCH_GET, |wanted| wanted.saturating_mul(1 << round.min(7)))
}

impl State {
    /// Whether there is nothing left to ask for.
    pub(super) fn is_done(&self) -> bool {
        self.head.is_none() && (self.next == 0 || self.below.as_ref().is_some_and(VecDeque::is_empty))
    }

    /// The next numbers to ask for.
    async fn take(&mut self, call: &Call, count: usize) -> Result<Vec<u64>> {
        let mut numbers = Vec::new();
        while numbers.len() < count && self.next > self.bound {
            numbers.push(self.next);
            self.next -= 1;
        }
        // One request brings what the bound keeps, or what is below, so that no page looks below it unasked.
        if !numbers.is_empty() || count == 0 || self.next == 0 {
            return Ok(numbers);
        }
        if self.below.is_none() {
            self.below = Some(self.find_below(call).await?);
        }
        let below = self.below.as_mut().into_iter().flat_map(|below| below.drain(..count.min(below.len())));
        numbers.extend(below);
        self.next = numbers.last().map_or(0, |last| last - 1);
        Ok(numbers)
    }

    /// The numbers up to the bound that have rows, highest first. There may be a million of them that were deleted long ago: they are not
    /// asked for one by one.
    async fn find_below(&mut self, call: &Call) -> Result<VecDeque<u64>> {
        let mut found = Vec::new();
        let mut after = None;
        loop {
            let (page, next) = numbers(call, &self.key, after).await?;
            self.cost.requests += 1;
            found.extend(page.into_iter().filter(|number| *number <= self.next));
            after = next;
            if after.is_none() {
                break;
            }
        }
        found.sort_unstable_by(|a, b| b.cmp(a));
        Ok(found.into())
    }
}
