use std::future::IntoFuture;

use tracing::Instrument;

use super::BoxFuture;
use super::get::{Decode, is_seen, request};
use crate::codec;
use crate::entity::{Entity, Resource, UniqueKey};
use crate::error::{KeyValueError, Result};
use crate::handle::{Call, Handle};
use crate::key::PrimaryKey;
use crate::plan::owner_of;
use crate::schema::EntityDef;

/// How often a claim is followed whose row was moved in between.
const FOLLOWED: u32 = 3;

/// Reads the resource that has a unique value; made by [`Table::find`](crate::Table::find).
#[must_use = "operations do nothing unless they are awaited"]
pub struct Find<T> {
    handle: Handle,
    def: &'static EntityDef,
    claim: Result<String, KeyValueError>,
    consistent: bool,
    decode: Decode<T>,
}

impl<T: Entity> Find<T> {
    pub(crate) fn new(handle: Handle, key: UniqueKey<T>) -> Self {
        Self { handle, def: T::DEF, claim: key.claim, consistent: false, decode: codec::decode }
    }
}

impl<T> Find<T> {
    /// Reads what was last written, for twice the capacity
    /// ([read consistency](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.ReadConsistency.html)).
    /// Without it, a read may miss the writes of the last second or so.
    pub fn consistent(self) -> Self {
        Self { consistent: true, ..self }
    }

    async fn send(self, call: &Call) -> Result<Option<Resource<T>>> {
        let claim = self.claim.clone()?;
        let key = PrimaryKey { pk: claim.clone(), sk: claim.clone() };
        let mut followed = None;
        for _ in 0..FOLLOWED {
            let Some(found) = call.get_item(request(&self.handle, key.clone(), self.consistent)).await? else { return Ok(None) };
            let owner = found.to_item().ok().and_then(|found| owner_of(&found));
            let Some(owner) = owner.filter(|owner| followed.as_ref() != Some(owner)) else { return Ok(None) };
            let row = call.get_item(request(&self.handle, owner.clone(), self.consistent)).await?;
            if let Some(row) = row.filter(|row| is_seen(&self.handle, self.def, false, row)) {
                let resource = (self.decode)(&row, self.handle.limits())?;
                if resource.row().holding().claims.held.iter().any(|held| held.key == claim) {
                    return Ok(Some(resource));
                }
            }
            // The claim may name another row by now.
            followed = Some(owner);
        }
        Ok(None)
    }
}

impl<T: Send + Sync + 'static> IntoFuture for Find<T> {
    type Output = Result<Option<Resource<T>>>;
    type IntoFuture = BoxFuture<'static, Option<Resource<T>>>;

    fn into_future(self) -> Self::IntoFuture {
        let call = self.handle.call("find", self.def.name);
        let span = call.span.clone();
        Box::pin(async move { self.send(&call).await }.instrument(span))
    }
}
