use std::future::IntoFuture;

use tracing::Instrument;

use super::Patch;
use crate::codec;
use crate::entity::{Birth, Entity, Resource};
use crate::error::{Error, Result};
use crate::handle::Call;
use crate::key::PrimaryKey;
use crate::op::create::if_free;
use crate::op::{BoxFuture, Written};

/// How often it is patched and created in turn while others create and delete the resource.
const ATTEMPTS: u32 = 5;

/// Changes fields of a resource in place, or creates it; made by [`Patch::or_create`].
#[must_use = "operations do nothing unless they are awaited"]
pub struct PatchOrCreate<T> {
    patch: Patch<T>,
    value: T,
    prepare: fn(&Patch<T>, T, &PrimaryKey) -> Result<Written<T>>,
}

impl<T: Entity> PatchOrCreate<T> {
    pub(super) fn new(patch: Patch<T>, value: T) -> Self {
        Self { patch, value, prepare }
    }
}

/// The new resource, under the key that is patched.
fn prepare<T: Entity>(patch: &Patch<T>, value: T, key: &PrimaryKey) -> Result<Written<T>> {
    let birth = Birth { id: codec::id_in(T::DEF, key).map(str::to_owned), time: patch.handle.stamps().next() };
    let new = codec::encode_new(value, birth, patch.handle.limits())?;
    if !new.resource.row().is_at(key) {
        return Err(Error::KeyChanged { entity: T::DEF.name });
    }
    Ok(if_free(&patch.handle, T::DEF, new))
}

impl<T> PatchOrCreate<T> {
    async fn send(self, call: &Call) -> Result<Resource<T>> {
        let Self { patch, value, prepare } = self;
        let key = patch.key.primary.clone()?;
        // First of all, so that a value that cannot be stored is told before anything is sent.
        let Written { plan, resource } = prepare(&patch, value, &key)?;
        let mut round = 0;
        loop {
            round += 1;
            match patch.send(call, &key, Ok).await {
                Err(Error::NotFound { .. }) => {}
                result => return patch.decode(result?),
            }
            match call.execute(plan.clone()).await {
                Ok(()) => return Ok(resource),
                Err(Error::AlreadyExists { .. }) if round < ATTEMPTS => {}
                Err(error) => return Err(error),
            }
        }
    }
}

impl<T: Send + Sync + 'static> IntoFuture for PatchOrCreate<T> {
    type Output = Result<Resource<T>>;
    type IntoFuture = BoxFuture<'static, Resource<T>>;

    fn into_future(self) -> Self::IntoFuture {
        let call = self.patch.handle.call("patch", self.patch.def.name);
        let span = call.span.clone();
        Box::pin(async move { self.send(&call).await }.instrument(span))
    }
}
