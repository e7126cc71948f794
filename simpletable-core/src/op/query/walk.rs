//! Reading rows in order, request after request: what queries, lists and scans share.

use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_dynamodb::types::AttributeValue;
use tracing::Instrument;

use super::fetch::MOST_KEYS;
use super::request::{Answer, Prepared, key_condition};
use crate::codec::{is_out_of_service, name};
use crate::entity::{Limits, Resource};
use crate::error::{Error, Item, Result};
use crate::expr::{Condition, Expression, Node, Refused};
use crate::find::{Lookup, Sort};
use crate::handle::{Call, Handle};
use crate::json::RawRow;
use crate::page::{Cost, Cursor, Page};
use crate::schema::{EntityDef, INTERNAL};

/// How many rows one request asks for at most, where a filter makes it ask for more than it needs.
const MOST_ROWS: usize = 1000;

/// A filter that runs here.
pub(super) type FilterFn<'f, T> = Box<dyn FnMut(&Resource<T>) -> bool + Send + 'f>;

/// What a row becomes, where it is returned.
type Accept<W, R> = fn(&mut W, RawRow) -> Result<Option<R>>;

/// Where rows come from.
pub(in crate::op) enum Origin {
    Lookup(Lookup),
    /// One of so many segments of the table.
    Scan {
        segment: i32,
        of: i32,
    },
}

/// Which rows are returned.
pub(in crate::op) struct Walk<'f, T> {
    pub(in crate::op) handle: Handle,
    pub(super) operation: &'static str,
    /// What rows are called in errors: the entity's name, or that of the first of the schema.
    pub(super) entity: &'static str,
    pub(super) entities: &'static [&'static EntityDef],
    /// One entity's rows only.
    pub(super) typed: bool,
    pub(super) origin: Result<Origin>,
    pub(super) descending: bool,
    pub(in crate::op) consistent: bool,
    pub(super) limit: Option<usize>,
    pub(super) max_requests: Option<u32>,
    pub(in crate::op) after: Option<Cursor>,
    pub(super) filter: Option<Result<Node, Refused>>,
    pub(super) filter_fn: Option<FilterFn<'f, T>>,
    /// Rows of our own that are looked at beside those of one entity.
    pub(in crate::op) also: Option<Node>,
    pub(super) include_expired: bool,
    pub(super) skip_unknown: bool,
    /// Whether the index names the rows, and the table has them.
    pub(super) fetches: bool,
    pub(super) decode: fn(&RawRow, &Limits) -> Result<Resource<T>>,
}

impl<'f, T: 'f> Walk<'f, T> {
    /// The page from where the cursor says.
    pub(super) async fn page(&mut self) -> Result<Page<T>> {
        let (rows, next, cost) = self.part(Self::accept).await?;
        Ok(Page { rows, next, cost })
    }

    /// What `accept` makes of the rows from where the cursor says, and the next cursor.
    pub(super) async fn part<R>(&mut self, accept: Accept<Self, R>) -> Result<(Vec<R>, Option<Cursor>, Cost)> {
        let call = self.call();
        let span = call.span.clone();
        let read = async {
            let prepared = self.prepare()?;
            let start = self.start(&prepared)?;
            let (rows, next, cost) = self.read(&call, &prepared, start, accept).await?;
            let next = next.map(|key| self.cursor(&prepared, &key)).transpose()?;
            Ok((rows, next, cost))
        };
        read.instrument(span).await
    }

    /// How many rows the first request asks for.
    pub(super) fn first_ask(&self) -> Option<i32> {
        self.limit.map(|limit| i32::try_from(self.ask(limit.saturating_add(1), 0, 0)).unwrap_or(i32::MAX))
    }

    pub(super) fn add_filter(&mut self, filter: Condition<T>) {
        let filter = filter.node;
        self.filter = Some(match self.filter.take() {
            Some(before) => before.and_then(|before| Ok(Node::All(vec![before, filter?]))),
            None => filter,
        });
    }

    /// The walks through the segments of a scan. The filter function is shared, and called for one row at a time.
    pub(super) fn segments(self, of: u32) -> Vec<Self> {
        let of = i32::try_from(of).unwrap_or(i32::MAX);
        if of <= 1 {
            return vec![self];
        }
        let filter_fn = self.filter_fn.map(|filter| Arc::new(Mutex::new(filter)));
        let share = |filter: &Arc<Mutex<FilterFn<'f, T>>>| -> FilterFn<'f, T> {
            let filter = Arc::clone(filter);
            Box::new(move |resource| filter.lock().unwrap_or_else(PoisonError::into_inner)(resource))
        };
        (0..of)
            .map(|segment| Self {
                handle: self.handle.clone(),
                origin: Ok(Origin::Scan { segment, of }),
                after: self.after.clone(),
                filter: self.filter.clone(),
                also: self.also.clone(),
                filter_fn: filter_fn.as_ref().map(share),
                ..self
            })
            .collect()
    }

    pub(in crate::op) fn call(&self) -> Call {
        let call = self.handle.call(self.operation, self.entity);
        if let Ok(Origin::Lookup(Lookup { index: Some(index), .. })) = &self.origin {
            call.span.record("index", index.name);
        }
        call
    }

    /// Everything that is checked before anything is sent.
    pub(in crate::op) fn prepare(&mut self) -> Result<Prepared> {
        let origin = match &self.origin {
            Ok(origin) => origin,
            Err(_) => {
                return Err(std::mem::replace(&mut self.origin, Ok(Origin::Scan { segment: 0, of: 1 }))
                    .err()
                    .unwrap_or(Error::NotFound { entity: self.entity }));
            }
        };
        let mut expression = Expression::default();
        let key_condition = match origin {
            Origin::Lookup(lookup) => Some(key_condition(&mut expression, lookup)),
            Origin::Scan { .. } => None,
        };
        let filter = self.filter_node()?;
        let filter = filter.map(|node| expression.write(&node));
        expression.text = filter.clone().unwrap_or_default();
        expression.check().map_err(|problem| Error::Expression { entity: self.entity, problem })?;
        let (_, names, values) = expression.into_parts();
        let mut position = vec![name::PK, name::SK];
        if let Origin::Lookup(Lookup { index: Some(index), .. }) = origin {
            position.push(index.pk);
            position.extend(index.sk);
        }
        Ok(Prepared { key_condition, filter, names, values, binding: self.binding(origin), position })
    }

    /// What rows have to fulfil in DynamoDB, beside their keys.
    fn filter_node(&self) -> Result<Option<Node>> {
        let mut nodes = Vec::new();
        let by_type = matches!(&self.origin, Ok(Origin::Lookup(Lookup { index: Some(index), .. })) if index.pk == name::TYPE);
        match self.entities {
            // The partition of the type index is the type.
            _ if by_type => {}
            [def] if self.typed => {
                let of_type = Node::equal(name::TYPE, AttributeValue::S(def.name.to_owned()));
                nodes.push(match &self.also {
                    Some(also) => Node::Any(vec![of_type, also.clone()]),
                    None => of_type,
                });
            }
            // A row of the history has no type.
            _ => nodes.push(Node::exists(name::TYPE)),
        }
        if !self.include_expired && self.entities.iter().any(|def| def.ttl.is_some()) {
            let ttl = self.handle.limits().ttl_attribute;
            let now = AttributeValue::N(self.handle.stamps().now().timestamp().to_string());
            nodes.push(Node::Any(vec![Node::absent(ttl), Node::above(ttl, now)]));
        }
        if self.typed && self.entities.iter().any(|def| def.versioned) {
            nodes.push(Node::in_service());
        }
        if let Some(filter) = &self.filter {
            let filter =
                filter.clone().map_err(|refused| Error::Encode { entity: self.entity, path: refused.path, problem: refused.problem })?;
            self.check_projected(&filter)?;
            nodes.push(filter);
        }
        Ok(if nodes.is_empty() { None } else { Some(Node::All(nodes)) })
    }

    /// Whether the index holds what a filter looks at: what it does not hold, DynamoDB takes for absent.
    fn check_projected(&self, filter: &Node) -> Result<()> {
        let Ok(Origin::Lookup(Lookup { index: Some(index), .. })) = &self.origin else { return Ok(()) };
        match filter.attributes().into_iter().find(|attribute| !index.projection.holds(attribute)) {
            Some(attribute) => Err(Error::NotProjected { entity: self.entity, index: index.name, attribute }),
            None => Ok(()),
        }
    }

    /// Where to begin.
    pub(in crate::op) fn start(&self, prepared: &Prepared) -> Result<Option<Item>> {
        let Some(cursor) = &self.after else { return Ok(None) };
        let invalid = || Error::InvalidCursor { entity: self.entity };
        let values = Cursor::open(cursor, self.handle.cursor_keys(), &prepared.binding).map_err(|_| invalid())?;
        // Without keys anybody can make a cursor; one that leaves the partition would be refused by DynamoDB in words about values.
        let partition = match &self.origin {
            Ok(Origin::Lookup(lookup)) => Some((if lookup.index.is_some() { 2 } else { 0 }, &lookup.pk)),
            _ => None,
        };
        let strays = partition.is_some_and(|(place, pk)| values.get(place) != Some(pk));
        if values.len() != prepared.position.len() || strays {
            return Err(invalid());
        }
        let names = prepared.position.iter().map(|name| (*name).to_owned());
        Ok(Some(names.zip(values.into_iter().map(AttributeValue::S)).collect()))
    }

    /// The cursor behind a row, from the row's own attributes or DynamoDB's key, never from what was decoded.
    pub(in crate::op) fn cursor(&self, prepared: &Prepared, key: &Item) -> Result<Cursor> {
        let text = |name: &&str| key.get(*name).and_then(|value| value.as_s().ok()).cloned();
        let position: Option<Vec<String>> = prepared.position.iter().map(text).collect();
        let position = position.ok_or(Error::InvalidCursor { entity: self.entity })?;
        Cursor::seal(self.handle.cursor_keys(), &prepared.binding, &position).map_err(|_| Error::InvalidCursor { entity: self.entity })
    }

    /// Reads until the limit is reached and it is known whether there are more rows; without a limit, one request.
    async fn read<R>(
        &mut self,
        call: &Call,
        prepared: &Prepared,
        mut start: Option<Item>,
        accept: Accept<Self, R>,
    ) -> Result<(Vec<R>, Option<Item>, Cost)> {
        let mut rows = Vec::new();
        let mut cost = Cost::default();
        if self.is_empty() {
            return Ok((rows, None, cost));
        }
        if self.limit == Some(0) {
            // Nothing is read, so the next page begins where this one did.
            return Ok((rows, start, cost));
        }
        let mut last = None;
        let mut matched = 0;
        let mut rounds = 0;
        loop {
            let capacity = call.capacity();
            let ask = self.limit.map(|limit| self.ask((limit - rows.len()).saturating_add(1), matched, cost.scanned));
            let answer = self.answer(call, prepared, start, ask).await?;
            rounds += 1;
            cost.requests += answer.requests;
            cost.scanned += answer.scanned;
            cost.capacity += call.capacity() - capacity;
            rows.reserve(answer.items.len().min(self.limit.map_or(usize::MAX, |limit| limit - rows.len())));
            for item in answer.items {
                let full = self.limit == Some(rows.len());
                let key = (self.limit.is_some_and(|limit| rows.len() + 1 == limit)).then(|| position(prepared, &item));
                let Some(row) = accept(self, item)? else { continue };
                matched += 1;
                if full {
                    return Ok((rows, last, cost));
                }
                rows.push(row);
                last = key.or(last);
            }
            start = answer.next;
            let bound = self.max_requests.is_some_and(|most| rounds >= most);
            if start.is_none() || self.limit.is_none() || bound {
                return Ok((rows, start, cost));
            }
        }
    }

    /// What one request brings, and where the next one begins.
    pub(super) async fn chunk(
        &mut self,
        call: &Call,
        prepared: &Prepared,
        start: Option<Item>,
        ask: Option<usize>,
    ) -> Result<(Vec<Resource<T>>, Option<Item>, u64)> {
        if self.is_empty() {
            return Ok((Vec::new(), None, 0));
        }
        let answer = self.answer(call, prepared, start, ask).await?;
        let mut rows = Vec::with_capacity(answer.items.len());
        for item in answer.items {
            rows.extend(self.accept(item)?);
        }
        Ok((rows, answer.next, answer.scanned))
    }

    /// What one request brings, from the table where the index does not hold it.
    async fn answer(&mut self, call: &Call, prepared: &Prepared, start: Option<Item>, ask: Option<usize>) -> Result<Answer> {
        let ask = if self.fetches { Some(ask.unwrap_or(MOST_KEYS).min(MOST_KEYS)) } else { ask };
        let answer = call.ask(self.request(prepared, start, ask, false)).await?;
        if self.fetches { self.fetch(call, prepared, answer).await } else { Ok(answer) }
    }

    /// What one request brings, as it is stored.
    pub(in crate::op) async fn stored(
        &mut self,
        call: &Call,
        prepared: &Prepared,
        start: Option<Item>,
        ask: Option<usize>,
    ) -> Result<Answer> {
        call.ask(self.request(prepared, start, ask, false)).await
    }

    /// Counts without fetching, where DynamoDB can tell which rows count.
    pub(super) async fn count(&mut self) -> Result<u64> {
        let call = self.call();
        let span = call.span.clone();
        let read = async {
            let prepared = self.prepare()?;
            let mut start = self.start(&prepared)?;
            let mut count = 0;
            let by_rows = self.filter_fn.is_some() || !self.typed || self.without().is_some();
            while !self.is_empty() {
                let answer = match self.filter_fn {
                    Some(_) => self.answer(&call, &prepared, start, None).await?,
                    None => call.ask(self.request(&prepared, start, None, !by_rows)).await?,
                };
                count += if by_rows { 0 } else { answer.count };
                for item in answer.items {
                    // Rows of several entities are decoded, so that one of no entity is the error that it is everywhere.
                    let counts = if self.typed && self.filter_fn.is_none() { self.is_wanted(&item) } else { self.accept(item)?.is_some() };
                    count += u64::from(counts);
                }
                start = answer.next;
                if start.is_none() {
                    break;
                }
            }
            Ok(count)
        };
        read.instrument(span).await
    }

    /// The sort key whose rows are dropped.
    fn without(&self) -> Option<&str> {
        match &self.origin {
            Ok(Origin::Lookup(lookup)) => lookup.without.as_deref(),
            _ => None,
        }
    }

    /// Whether no row can match, so that nothing needs to be asked.
    fn is_empty(&self) -> bool {
        matches!(&self.origin, Ok(Origin::Lookup(Lookup { sort: Sort::Nothing, .. })))
    }

    /// How many rows to ask for, where `wanted` are missing: with a filter, more, by the share that matched so far.
    pub(super) fn ask(&self, wanted: usize, matched: u64, scanned: u64) -> usize {
        let filtered = self.filter.is_some() || self.filter_fn.is_some();
        let dropped = usize::from(self.without().is_some());
        let scanned = usize::try_from(scanned).unwrap_or(MOST_ROWS);
        let guess = match usize::try_from(matched).unwrap_or(MOST_ROWS) {
            _ if scanned == 0 && filtered => wanted.saturating_mul(4),
            _ if scanned == 0 => wanted.saturating_add(dropped),
            0 => scanned.saturating_mul(4),
            matched if matched == scanned => wanted,
            // Twice what the share so far promises: the next rows may be poorer, and one request too many costs more than some rows.
            matched => wanted.saturating_mul(scanned).div_ceil(matched).saturating_mul(2),
        };
        guess.clamp(1, MOST_ROWS.max(wanted))
    }

    /// Whether this walk returns the row, as far as its keys and its type can tell.
    pub(super) fn is_wanted(&self, row: &RawRow) -> bool {
        if let Ok(Origin::Lookup(Lookup { without: Some(without), index, .. })) = &self.origin {
            let sort = index.map_or(name::SK, |index| index.sk.unwrap_or(name::PK));
            if row.text(sort).is_some_and(|text| text == *without) {
                return false;
            }
        }
        let def = def_of(self.entities, row);
        // Among rows of several entities, only a head of a history can be out of service; a plain row's `version` is its own.
        let retired = def.is_some_and(|def| def.versioned) && is_out_of_service(row);
        // The library's own rows, such as the statistics, are of no entity.
        let own = || row.text(name::PK).is_some_and(|pk| pk.starts_with(INTERNAL));
        !retired && (def.is_some() || !self.skip_unknown && !own())
    }

    /// The resource, where this walk returns it.
    fn accept(&mut self, row: RawRow) -> Result<Option<Resource<T>>> {
        if !self.is_wanted(&row) {
            return Ok(None);
        }
        let resource = (self.decode)(&row, self.handle.limits())?;
        let wanted = self.filter_fn.as_mut().is_none_or(|filter| filter(&resource));
        Ok(wanted.then_some(resource))
    }
}

/// The attributes that say where a row is.
pub(in crate::op) fn position(prepared: &Prepared, row: &RawRow) -> Item {
    prepared.position.iter().filter_map(|name| Some(((*name).to_owned(), row.get(name)?))).collect()
}

/// The entity that a row says it is of.
fn def_of(entities: &[&'static EntityDef], row: &RawRow) -> Option<&'static EntityDef> {
    let name = row.text(name::TYPE)?;
    entities.iter().find(|def| def.name == name).copied()
}
