use std::future::IntoFuture;

use aws_sdk_dynamodb::operation::get_item::GetItemInput;
use tracing::Instrument;

use super::version_key;
use crate::codec::decode_past;
use crate::entity::{Entity, Limits, Resource};
use crate::error::{Error, Result};
use crate::handle::Handle;
use crate::json::RawRow;
use crate::key::{Key, PrimaryKey};
use crate::op::get::{is_seen, request};
use crate::op::{BoxFuture, lookup};
use crate::schema::EntityDef;

/// Reads one version of a resource; made by [`Table::read_version`](crate::Table::read_version).
#[must_use = "operations do nothing unless they are awaited"]
pub struct ReadVersion<T> {
    handle: Handle,
    def: &'static EntityDef,
    key: Key<T>,
    number: u64,
    consistent: bool,
    decode: fn(&RawRow, &Limits) -> Result<Resource<T>>,
}

impl<T: Entity> ReadVersion<T> {
    pub(crate) fn new(handle: Handle, key: Key<T>, number: u64) -> Self {
        Self { handle, def: T::DEF, key, number, consistent: false, decode: decode_past }
    }
}

impl<T> ReadVersion<T> {
    /// Reads what was last written, for twice the capacity. Without it, a version of the last second or so may be
    /// [`NotFound`](Error::NotFound).
    pub fn consistent(self) -> Self {
        Self { consistent: true, ..self }
    }

    /// The request, unsent.
    ///
    /// # Errors
    /// [`Error::KeyValue`] where no row can have the key, and [`Error::NotFound`] for version 0, which is none.
    pub fn into_input(self) -> Result<GetItemInput> {
        let key = self.row(self.key.primary.clone()?)?;
        Ok(request(&self.handle, key, self.consistent))
    }

    fn row(&self, key: PrimaryKey) -> Result<PrimaryKey> {
        // The row `v0` is the head.
        if self.number == 0 { Err(Error::NotFound { entity: self.def.name }) } else { Ok(version_key(&key, self.number)) }
    }
}

impl<T: Send + Sync + 'static> IntoFuture for ReadVersion<T> {
    type Output = Result<Resource<T>>;
    type IntoFuture = BoxFuture<'static, Resource<T>>;

    fn into_future(self) -> Self::IntoFuture {
        let call = self.handle.call("read_version", self.def.name);
        let span = call.span.clone();
        let read = async move {
            let missing = || Error::NotFound { entity: self.def.name };
            let key = self.row(lookup(self.key.clone())?.ok_or_else(missing)?)?;
            let item = call.get_item(request(&self.handle, key, self.consistent)).await?;
            let item = item.filter(|item| is_seen(&self.handle, self.def, false, item)).ok_or_else(missing)?;
            (self.decode)(&item, self.handle.limits())
        };
        Box::pin(read.instrument(span))
    }
}

/// Reads one version of a resource, if it is there; made by [`Repository::get_version`](crate::Repository::get_version).
#[must_use = "operations do nothing unless they are awaited"]
pub struct GetVersion<T>(ReadVersion<T>);

impl<T> GetVersion<T> {
    pub(crate) fn new(read: ReadVersion<T>) -> Self {
        Self(read)
    }

    /// Reads what was last written, for twice the capacity. Without it, a version of the last second or so may be `None`.
    pub fn consistent(self) -> Self {
        Self(self.0.consistent())
    }
}

impl<T: Send + Sync + 'static> IntoFuture for GetVersion<T> {
    type Output = Result<Option<Resource<T>>>;
    type IntoFuture = BoxFuture<'static, Option<Resource<T>>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            match self.0.await {
                Ok(version) => Ok(Some(version)),
                Err(Error::NotFound { .. }) => Ok(None),
                Err(error) => Err(error),
            }
        })
    }
}
