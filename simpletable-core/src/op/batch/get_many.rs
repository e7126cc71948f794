use std::future::IntoFuture;

use tracing::Instrument;

use super::{Distinct, Options, REQUESTS, options};
use crate::codec;
use crate::entity::{Entity, IntoKey, Limits, Resource};
use crate::error::Result;
use crate::handle::{BATCH_GET, Call, Handle, key_item};
use crate::json::RawRow;
use crate::key::PrimaryKey;
use crate::op::get::is_seen;
use crate::op::{BoxFuture, lookup, together};
use crate::schema::EntityDef;

/// Reads many resources by their keys; made by [`Table::get_many`](crate::Table::get_many).
#[must_use = "operations do nothing unless they are awaited"]
pub struct GetMany<'f, T> {
    handle: Handle,
    def: &'static EntityDef,
    /// `None` where no row can have the key.
    keys: Result<Vec<Option<PrimaryKey>>>,
    consistent: bool,
    include_expired: bool,
    options: Options<'f>,
    decode: fn(&RawRow, &Limits) -> Result<Resource<T>>,
}

impl<T: Entity> GetMany<'_, T> {
    pub(crate) fn new(handle: Handle, keys: impl IntoIterator<Item: IntoKey<Entity = T>>) -> Self {
        let keys = keys.into_iter().map(|key| lookup(key.into_key())).collect();
        Self {
            handle,
            def: T::DEF,
            keys,
            consistent: false,
            include_expired: false,
            options: Options::new(REQUESTS),
            decode: codec::decode,
        }
    }
}

options!(GetMany, "requests of 100 keys");

impl<T> GetMany<'_, T> {
    /// Reads what was last written, for twice the capacity
    /// ([read consistency](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.ReadConsistency.html)).
    pub fn consistent(self) -> Self {
        Self { consistent: true, ..self }
    }

    /// Also returns resources whose time is over and that DynamoDB has not deleted yet.
    pub fn include_expired(self) -> Self {
        Self { include_expired: true, ..self }
    }
}

impl<T> GetMany<'_, T> {
    async fn send(mut self, call: &Call) -> Result<Vec<Option<Resource<T>>>> {
        let keys = std::mem::replace(&mut self.keys, Ok(Vec::new()))?;
        let mut distinct = Distinct::default();
        let numbers: Vec<Option<usize>> = keys.iter().map(|key| key.as_ref().map(|key| distinct.number(key))).collect();
        let progress = self.options.progress(numbers.len());
        progress.add(numbers.iter().filter(|number| number.is_none()).count());
        let requests =
            distinct.keys.chunks(BATCH_GET).zip(distinct.uses.chunks(BATCH_GET)).map(|(keys, uses)| -> BoxFuture<'_, Vec<RawRow>> {
                let (progress, consistent) = (&progress, self.consistent);
                Box::pin(async move {
                    let rows = call.read_batch(keys.iter().cloned().map(key_item).collect(), consistent).await?;
                    progress.add(uses.iter().sum());
                    Ok(rows)
                })
            });
        let answers = together(requests.collect(), self.options.concurrency).await?;

        let mut found: Vec<Option<RawRow>> = vec![None; distinct.keys.len()];
        for row in answers.into_iter().flatten().filter(|row| is_seen(&self.handle, self.def, self.include_expired, row)) {
            if let Some(number) = distinct.find(&row) {
                found[number] = Some(row);
            }
        }
        let mut row_of = |number: usize| {
            distinct.uses[number] -= 1;
            // A resource need not be `Clone`, so a row that was asked for twice is decoded twice.
            if distinct.uses[number] > 0 { found[number].clone() } else { found[number].take() }
        };
        let rows = numbers.into_iter().map(|number| number.and_then(&mut row_of));
        rows.map(|row| row.map(|row| (self.decode)(&row, self.handle.limits())).transpose()).collect()
    }
}

impl<'f, T: Send + Sync + 'f> IntoFuture for GetMany<'f, T> {
    type Output = Result<Vec<Option<Resource<T>>>>;
    type IntoFuture = BoxFuture<'f, Vec<Option<Resource<T>>>>;

    fn into_future(self) -> Self::IntoFuture {
        let call = self.handle.call("get_many", self.def.name);
        let span = call.span.clone();
        Box::pin(async move { self.send(&call).await }.instrument(span))
    }
}
