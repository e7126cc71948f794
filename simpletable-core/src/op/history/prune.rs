use std::future::IntoFuture;
use std::marker::PhantomData;

use aws_sdk_dynamodb::types::AttributeValue;
use tracing::Instrument;

use super::{delete_history, head, version_of};
use crate::codec::name;
use crate::entity::{Entity, MaxVersions};
use crate::error::{Error, Result};
use crate::expr::Node;
use crate::handle::{Call, Handle};
use crate::key::Key;
use crate::op::{BoxFuture, lookup};
use crate::plan::{Action, Failure};
use crate::schema::EntityDef;

/// Deletes the versions below a bound; made by [`Table::prune_versions`](crate::Table::prune_versions) and
/// [`Table::prune_versions_to`](crate::Table::prune_versions_to).
#[must_use = "operations do nothing unless they are awaited"]
pub struct PruneVersions<T> {
    handle: Handle,
    def: &'static EntityDef,
    key: Key<T>,
    keep: u64,
    entity: PhantomData<fn() -> T>,
}

impl<T: Entity> PruneVersions<T> {
    pub(crate) fn new(handle: Handle, key: Key<T>, keep: u64) -> Self {
        Self { handle, def: T::DEF, key, keep, entity: PhantomData }
    }

    /// To what the entity declares.
    pub(crate) fn declared(handle: Handle, key: Key<T>) -> Self
    where
        T: MaxVersions,
    {
        Self::new(handle, key, T::DEF.max_versions.unwrap_or(u64::MAX))
    }
}

impl<T> PruneVersions<T> {
    async fn send(self, call: &Call) -> Result<u64> {
        let missing = || Error::NotFound { entity: self.def.name };
        let key = lookup(self.key)?.ok_or_else(missing)?;
        let latest = version_of(self.def, &head(call, self.def, key.clone()).await?.ok_or_else(missing)?)?;
        // The latest version stays, whatever was asked for.
        let bound = latest.saturating_sub(self.keep.max(1));
        if bound == 0 {
            return Ok(0);
        }
        // While the head is at this version or a later one, the rows are below the bound, even those of a resource that was deleted and
        // created anew meanwhile.
        let beyond = Node::above(name::VERSION, AttributeValue::N((latest - 1).to_string()));
        let guard = Action::check(key.clone()).only_if(beyond, Failure::ConflictOrNotFound);
        delete_history(call, &key, &guard, |number| number <= bound).await
    }
}

impl<T: 'static> IntoFuture for PruneVersions<T> {
    type Output = Result<u64>;
    type IntoFuture = BoxFuture<'static, u64>;

    fn into_future(self) -> Self::IntoFuture {
        let call = self.handle.call("prune_versions", self.def.name);
        let span = call.span.clone();
        Box::pin(async move { self.send(&call).await }.instrument(span))
    }
}
