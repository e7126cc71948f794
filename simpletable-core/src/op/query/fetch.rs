//! Whole rows behind an index that holds a part of them: the index says which and in which order, the table has them.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::marker::PhantomData;

use super::Query;
use super::request::{Answer, Prepared};
use super::walk::{Walk, position};
use crate::codec::name;
use crate::error::Result;
use crate::find::{KeysOrFetch, WholeRows};
use crate::handle::{BATCH_GET, Call, key_item};
use crate::json::RawRow;
use crate::key::PrimaryKey;
use crate::op::get::is_seen;
use crate::op::{BoxFuture, together};

/// How many batch requests run at once.
const REQUESTS: usize = 4;

/// How many keys one request to the index asks for at most. Keys are small, so that 1 MB of them would stand for very many rows.
pub(super) const MOST_KEYS: usize = REQUESTS * BATCH_GET;

impl<'f, T: 'f, Source> Query<'f, T, Source, KeysOrFetch> {
    /// The resources that the index finds, whole, from the table: a query like any other from here on, with
    /// [`all`](Query::all), [`stream`](Query::stream) and [`filter_fn`](Query::filter_fn).
    ///
    /// For each request to the index, which [`max_requests`](Self::max_requests) counts, one `BatchGetItem` for every 100 rows, which reads
    /// them consistently: a read unit for each 4 KB. A page without a limit is of up to 400 resources. Rows that were deleted, have
    /// expired or have moved in the index since it was asked are left out. [`count`](Query::count) asks the index alone.
    pub fn fetch(mut self) -> Query<'f, T, Source, WholeRows> {
        self.walk.fetches = true;
        Query { walk: self.walk, reads: PhantomData }
    }
}

impl<'f, T: 'f> Walk<'f, T> {
    /// Replaces what an index holds of its rows by what the table holds.
    ///
    /// The reads are consistent: by the time the index has a row, it is in the table, but an eventually consistent read could miss it.
    pub(super) async fn fetch(&mut self, call: &Call, prepared: &Prepared, answer: Answer) -> Result<Answer> {
        let keys: Vec<PrimaryKey> = answer.items.iter().filter_map(primary_key).collect::<HashSet<_>>().into_iter().collect();
        let batches = keys
            .chunks(BATCH_GET)
            .map(|keys| -> BoxFuture<'_, Vec<RawRow>> { Box::pin(call.read_batch(keys.iter().cloned().map(key_item).collect(), true)) });
        let batches = together(batches.collect(), REQUESTS).await?;
        let requests = answer.requests + u32::try_from(batches.len()).unwrap_or(u32::MAX);
        let mut rows: HashMap<PrimaryKey, RawRow> =
            batches.into_iter().flatten().filter_map(|row| Some((primary_key(&row)?, row))).collect();
        // In the order of the index. A row that is elsewhere in it by now may be out of the query's bounds.
        let whole = |found: &RawRow| rows.remove(&primary_key(found)?).filter(|row| position(prepared, row) == position(prepared, found));
        let items = answer.items.iter().filter_map(whole).filter(|row| self.is_there(row)).collect();
        Ok(Answer { items, requests, ..answer })
    }

    /// What the index was asked to filter by, of the row as it is now.
    fn is_there(&self, row: &RawRow) -> bool {
        let name = row.text(name::TYPE);
        let def = self.entities.iter().find(|def| name.as_ref().is_some_and(|name| name == def.name));
        // One of an entity that the schema does not have is told of, or passed over, where rows are decoded.
        def.is_none_or(|def| is_seen(&self.handle, def, self.include_expired, row))
    }
}

/// Where a row is in the table.
pub(super) fn primary_key(row: &RawRow) -> Option<PrimaryKey> {
    let text = |name: &str| row.text(name).map(Cow::into_owned);
    Some(PrimaryKey { pk: text(name::PK)?, sk: text(name::SK)? })
}
