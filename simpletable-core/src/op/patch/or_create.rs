use std::future::IntoFuture;

use tracing::Instrument;

use super::Patch;
use crate::codec;
use crate::entity::{Birth, Entity, Resource};
use crate::error::{Error, Result};
use crate::handle::Call;
use crate::json::RawRow;
use crate::key::PrimaryKey;
use crate::op::create::if_free;
use crate::op::{BoxFuture, Written};
use crate::plan::Plan;

/// How often it is patched and created in turn while others create and delete the resource.
const ATTEMPTS: u32 = 5;

/// Changes fields of a resource in place, or creates it; made by [`Patch::or_create`].
#[must_use = "operations do nothing unless they are awaited"]
pub struct PatchOrCreate<T> {
    patch: Patch<T>,
    value: T,
    prepare: Prepare<T>,
}

/// What becomes of a value, at the key that is patched.
type Prepare<T> = fn(&Patch<T>, T, &PrimaryKey) -> Result<Written<T>>;

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

/// Patches or creates a resource, once for all that carry its idempotency key; made by [`PatchOrCreate::idempotency_key`].
#[must_use = "operations do nothing unless they are awaited"]
pub struct PatchOrCreateOnce<T> {
    operation: PatchOrCreate<T>,
    key: String,
}

/// The resource that was made: patched, where its new row came with the answer, or created.
enum Made<T> {
    Patched(Option<RawRow>),
    Created(Resource<T>),
}

impl<T> PatchOrCreate<T> {
    /// Patches or creates once, however often it is sent with this key, as [`Create::idempotency_key`](crate::Create::idempotency_key) does. Each
    /// request is a transaction then, which returns no row, so that the result is `()`.
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table};
    /// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] #[table(id = "<path>")] struct Page { path: String, views: u64 }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<Page>().await?;
    /// let first = || Page { path: "/home".into(), views: 1 };
    /// let view = || table.patch(Page::key("/home")).add(|p| p.views, 1).or_create(first()).idempotency_key("request 7");
    /// view().await?;
    /// assert!(view().await.is_err_and(|error| error.is_already_applied()));
    /// assert_eq!(table.read(Page::key("/home")).await?.views, 1);
    /// # Ok(()) }
    /// ```
    pub fn idempotency_key(self, key: impl Into<String>) -> PatchOrCreateOnce<T> {
        PatchOrCreateOnce { operation: self, key: key.into() }
    }

    /// Sends it, in a form, and says what it has made.
    async fn send(patch: &Patch<T>, value: T, prepare: Prepare<T>, call: &Call, form: impl Fn(Plan) -> Result<Plan>) -> Result<Made<T>> {
        let key = patch.key.primary.clone()?;
        // First of all, so that a value that cannot be stored is told before anything is sent.
        let Written { plan, resource } = prepare(patch, value, &key)?;
        let mut round = 0;
        loop {
            round += 1;
            match patch.send(call, &key, &form).await {
                Err(Error::NotFound { .. }) => {}
                result => return result.map(Made::Patched),
            }
            match call.execute(form(plan.clone())?).await {
                Ok(()) => return Ok(Made::Created(resource)),
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
        let Self { patch, value, prepare } = self;
        let send = async move {
            match Self::send(&patch, value, prepare, &call, Ok).await? {
                Made::Patched(row) => patch.decode(row),
                Made::Created(resource) => Ok(resource),
            }
        };
        Box::pin(send.instrument(span))
    }
}

impl<T: Send + Sync + 'static> IntoFuture for PatchOrCreateOnce<T> {
    type Output = Result<()>;
    type IntoFuture = BoxFuture<'static, ()>;

    fn into_future(self) -> Self::IntoFuture {
        let Self { operation: PatchOrCreate { patch, value, prepare }, key } = self;
        let call = patch.handle.call("patch", patch.def.name);
        let span = call.span.clone();
        let send = async move {
            let once = |plan| Plan { returns: None, ..plan }.once(&patch.handle, patch.def.name, Some(&key));
            PatchOrCreate::send(&patch, value, prepare, &call, once).await.map(drop)
        };
        Box::pin(send.instrument(span))
    }
}
