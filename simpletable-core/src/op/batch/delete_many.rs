use std::future::IntoFuture;
use std::marker::PhantomData;

use tracing::Instrument;

use super::{Batch, Distinct, OPERATIONS, Options, options};
use crate::entity::{Entity, IntoKey};
use crate::error::{Error, Result};
use crate::handle::{Call, Handle};
use crate::key::PrimaryKey;
use crate::op::delete::{self, Known, Wanted};
use crate::op::{BoxFuture, lookup, together};
use crate::schema::EntityDef;

/// Deletes many resources, each by itself; made by [`Table::delete_many`](crate::Table::delete_many).
#[must_use = "operations do nothing unless they are awaited"]
pub struct DeleteMany<'f, T> {
    handle: Handle,
    def: &'static EntityDef,
    keys: Vec<Result<Option<PrimaryKey>>>,
    claims: Known,
    options: Options<'f>,
    entity: PhantomData<fn() -> T>,
}

impl<T: Entity> DeleteMany<'_, T> {
    pub(crate) fn new(handle: Handle, keys: impl IntoIterator<Item: IntoKey<Entity = T>>) -> Self {
        let keys = keys.into_iter().map(|key| lookup(key.into_key())).collect();
        Self { handle, def: T::DEF, keys, claims: Known::of::<T>(), options: Options::new(OPERATIONS), entity: PhantomData }
    }
}

options!(DeleteMany, "of them");

impl<T> DeleteMany<'_, T> {
    async fn send(mut self, call: &Call) -> Result<Batch<()>> {
        let def = self.def;
        let progress = self.options.progress(self.keys.len());
        let mut distinct = Distinct::default();
        let number = |key: Result<Option<PrimaryKey>>| Ok(distinct.number(&key?.ok_or(Error::NotFound { entity: def.name })?));
        let numbers: Vec<Result<usize>> = self.keys.into_iter().map(number).collect();
        progress.add(numbers.iter().filter(|number| number.is_err()).count());
        let deletions = distinct.keys.into_iter().zip(distinct.uses).map(|(key, uses)| -> BoxFuture<'_, Result<()>> {
            let (progress, claims) = (&progress, &self.claims);
            Box::pin(async move {
                let deleted = delete_one(call, def, key, claims).await;
                progress.add(uses);
                Ok(deleted)
            })
        });
        let deleted = together(deletions.collect(), self.options.concurrency).await?;
        Ok(Batch::new(numbers.into_iter().map(|number| deleted[number?].clone()).collect()))
    }
}

/// Deletes one of them, as an operation of its own.
async fn delete_one(call: &Call, def: &'static EntityDef, key: PrimaryKey, claims: &Known) -> Result<()> {
    let one = call.handle.call("delete", def.name);
    let result = delete::send(&one, def, key, Wanted::nothing(claims.clone())).instrument(one.span.clone()).await;
    call.include(&one);
    result
}

impl<'f, T: 'f> IntoFuture for DeleteMany<'f, T> {
    type Output = Result<Batch<()>>;
    type IntoFuture = BoxFuture<'f, Batch<()>>;

    fn into_future(self) -> Self::IntoFuture {
        let call = self.handle.call("delete_many", self.def.name);
        let span = call.span.clone();
        Box::pin(async move { self.send(&call).await }.instrument(span))
    }
}
