//! Counts by type: reading them, and counting anew.

use std::collections::BTreeMap;
use std::future::IntoFuture;

use aws_sdk_dynamodb::types::AttributeValue;
use tracing::Instrument;

use super::get::request;
use super::{BoxFuture, Query};
use crate::codec::name;
use crate::entity::{Check, Counted, Listable};
use crate::error::{DecodeProblem, Error, Result};
use crate::expr::{Node, Step};
use crate::find::Index;
use crate::handle::{Call, Handle};
use crate::json::RawRow;
use crate::plan::{Action, Failure, Plan, count, unchanged};
use crate::schema::{EntityDef, STATISTICS};

/// How often it is counted, while others write.
const ATTEMPTS: u32 = 5;

/// How many resources of each counted entity a table holds; made by [`Table::stats`](crate::Table::stats).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stats {
    counts: BTreeMap<String, i64>,
}

impl Stats {
    /// The number of a `T`: 0 where none was ever counted. Below 0 it is only where an entity that had resources was declared `count`, and
    /// not [recounted](crate::Table::recount).
    pub fn count<T: Counted>(&self) -> i64 {
        self.counts.get(T::DEF.name).copied().unwrap_or_default()
    }

    /// All numbers, by the names of the types in rows: those too that only programs of the Python library count.
    pub fn iter(&self) -> impl Iterator<Item = (&str, i64)> {
        self.counts.iter().map(|(name, count)| (name.as_str(), *count))
    }
}

/// Reads the counts; made by [`Table::stats`](crate::Table::stats).
#[must_use = "operations do nothing unless they are awaited"]
pub struct ReadStats {
    handle: Handle,
    consistent: bool,
}

impl ReadStats {
    pub(crate) fn new(handle: Handle) -> Self {
        Self { handle, consistent: false }
    }

    /// Reads what was last written, for twice the capacity
    /// ([read consistency](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.ReadConsistency.html)).
    pub fn consistent(self) -> Self {
        Self { consistent: true, ..self }
    }
}

impl IntoFuture for ReadStats {
    type Output = Result<Stats>;
    type IntoFuture = BoxFuture<'static, Stats>;

    fn into_future(self) -> Self::IntoFuture {
        let call = self.handle.call("stats", STATISTICS);
        let span = call.span.clone();
        let send = async move {
            let row = call.get_item(request(&self.handle, count::key(), self.consistent)).await?;
            row.map_or_else(|| Ok(Stats::default()), |row| decode(&row))
        };
        Box::pin(send.instrument(span))
    }
}

fn decode(row: &RawRow) -> Result<Stats> {
    let wrong = || Error::Decode { entity: STATISTICS, path: name::COUNTS.to_owned(), problem: DecodeProblem::Value };
    let counts = match row.get(name::COUNTS) {
        None => return Ok(Stats::default()),
        Some(AttributeValue::M(counts)) => counts,
        Some(_) => return Err(wrong()),
    };
    let number = |value: &AttributeValue| value.as_n().ok().and_then(|number| number.parse().ok()).ok_or_else(wrong);
    let counts = counts.into_iter().map(|(name, value)| Ok((name, number(&value)?))).collect::<Result<_>>()?;
    Ok(Stats { counts })
}

/// Counts the resources of an entity anew; made by [`Table::recount`](crate::Table::recount).
#[must_use = "operations do nothing unless they are awaited"]
pub struct Recount<T> {
    handle: Handle,
    def: &'static EntityDef,
    count: fn(Handle) -> super::Count<'static, T>,
}

impl<T: Counted + Listable> Recount<T> {
    pub(crate) fn new(handle: Handle) -> Self {
        Self { handle, def: T::DEF, count: |handle| Query::<T, Index>::list(handle).count() }
    }
}

impl<T: Send + Sync + 'static> Recount<T> {
    async fn send(self, call: &Call) -> Result<u64> {
        let mut round = 0;
        loop {
            let row = call.get_item(request(&self.handle, count::key(), true)).await?;
            let counted = (self.count)(self.handle.clone()).await?;
            let result = match row.filter(|row| row.entry(name::COUNTS).is_some()) {
                Some(row) => {
                    let old = decode(&row)?.counts.get(self.def.name).copied();
                    if old.and_then(|old| u64::try_from(old).ok()) == Some(counted) {
                        return Ok(counted);
                    }
                    call.execute(self.exactly(&row, old, counted)).await.map(|()| Some(counted))
                }
                None => call.begin_statistics().await.map(|()| None),
            };
            round += 1;
            match result {
                Ok(Some(counted)) => return Ok(counted),
                Ok(None) => {}
                Err(error) if error.is_conflict() && round < ATTEMPTS => call.pause(round).await,
                Err(error) => return Err(error),
            }
        }
    }

    /// The number becomes `counted`, if nobody has counted anything since the row was read.
    fn exactly(&self, row: &RawRow, old: Option<i64>, counted: u64) -> Plan {
        let number = |number: String| AttributeValue::N(number);
        let place = count::place(self.def.name);
        let same = match old {
            Some(old) => Node::Compare(place, crate::expr::Compare::Equal, number(old.to_string())),
            None => Node::Absent(place),
        };
        let stamp = Check { attribute: name::UPDATED_AT, value: row.get(name::UPDATED_AT) };
        let time = self.handle.stamps().next();
        let mark = Check { attribute: name::UPDATED_AT, value: Some(AttributeValue::S(crate::time::attribute_form(time))) };
        let steps = count::stamped(time, [Step::Set(place.into(), number(counted.to_string()))]);
        let condition = Node::All(vec![unchanged(&[stamp]), same]);
        Plan::of(vec![Action::change(count::key(), steps, Some(mark)).only_if(condition, Failure::Conflict)])
    }
}

impl<T: Send + Sync + 'static> IntoFuture for Recount<T> {
    type Output = Result<u64>;
    type IntoFuture = BoxFuture<'static, u64>;

    fn into_future(self) -> Self::IntoFuture {
        let call = self.handle.call("recount", self.def.name);
        let span = call.span.clone();
        Box::pin(async move { self.send(&call).await }.instrument(span))
    }
}
