use std::future::IntoFuture;

use aws_sdk_dynamodb::operation::get_item::GetItemInput;
use aws_sdk_dynamodb::types::ReturnConsumedCapacity;
use tracing::Instrument;

use super::{BoxFuture, lookup};
use crate::codec::{self, is_expired, is_out_of_service};
use crate::entity::{Entity, Limits, Resource};
use crate::error::{DecodeProblem, Error, Result};
use crate::handle::{Call, Handle, built, key_item};
use crate::json::RawRow;
use crate::key::{Key, PrimaryKey};
use crate::schema::EntityDef;

/// Reads a resource that may not exist; made by [`Table::get`](crate::Table::get).
///
/// # Examples
/// ```
/// # use serde::{Deserialize, Serialize}; use simpletable::{Id, SingleTable, Table};
/// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] struct Task { title: String }
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
/// # let table = Table::in_memory::<Task>().await?;
/// # let id = Id::<Task>::from("welcome");
/// let input = table.get(&id).consistent().into_input()?;
/// assert_eq!(input.consistent_read(), Some(true));
/// assert!(table.get(&id).consistent().await?.is_none());
/// # Ok(()) }
/// ```
#[must_use = "operations do nothing unless they are awaited"]
pub struct Get<T>(Reading<T>);

/// Reads a resource that has to exist; made by [`Table::read`](crate::Table::read).
#[must_use = "operations do nothing unless they are awaited"]
pub struct Read<T>(Reading<T>);

/// What both share.
pub(super) struct Reading<T> {
    pub(super) handle: Handle,
    def: &'static EntityDef,
    key: Key<T>,
    consistent: bool,
    include_expired: bool,
    decode: Decode<T>,
}

/// How a row becomes a resource.
pub(super) type Decode<T> = fn(&RawRow, &Limits) -> Result<Resource<T>>;

/// A write answered without the row that it was asked for.
pub(super) fn no_row(def: &EntityDef) -> Error {
    Error::Decode { entity: def.name, path: "*".to_owned(), problem: DecodeProblem::Missing }
}

/// The resource that a write replaced, where a reader would have seen it.
pub(super) fn old_row<T>(handle: &Handle, def: &EntityDef, decode: Decode<T>, row: Option<RawRow>) -> Result<Option<Resource<T>>> {
    row.filter(|row| is_seen(handle, def, false, row)).map(|row| decode(&row, handle.limits())).transpose()
}

impl<T: Entity> Reading<T> {
    pub(super) fn new(handle: Handle, key: Key<T>) -> Self {
        Self { handle, def: T::DEF, key, consistent: false, include_expired: false, decode: codec::decode }
    }

    /// Reading before writing, which has to see the last write.
    pub(super) fn consistent(handle: Handle, key: Key<T>) -> Self {
        Self { consistent: true, ..Self::new(handle, key) }
    }
}

impl<T> Reading<T> {
    pub(super) fn entity(&self) -> &'static str {
        self.def.name
    }

    /// The key, where a row can have it.
    pub(super) fn key(&self) -> Result<&PrimaryKey> {
        Ok(self.key.primary.as_ref().map_err(Clone::clone)?)
    }

    /// The row, where this reader may see it.
    pub(super) async fn item(&self, call: &Call) -> Result<Option<RawRow>> {
        let Some(key) = lookup(self.key.clone())? else { return Ok(None) };
        let item = call.get_item(request(&self.handle, key, self.consistent)).await?;
        Ok(item.filter(|item| is_seen(&self.handle, self.def, self.include_expired, item)))
    }

    /// The row, which has to be there.
    pub(super) async fn existing(&self, call: &Call) -> Result<RawRow> {
        self.item(call).await?.ok_or(Error::NotFound { entity: self.def.name })
    }

    pub(super) fn decode(&self, row: &RawRow) -> Result<Resource<T>> {
        (self.decode)(row, self.handle.limits())
    }
}

/// Whether the row is there for a reader.
pub(super) fn is_seen(handle: &Handle, def: &EntityDef, include_expired: bool, row: &RawRow) -> bool {
    // A plain row's `version` is a field like any other.
    let retired = def.versioned && is_out_of_service(row);
    let expires = def.ttl.is_some() && !include_expired;
    let expired = expires && is_expired(row, handle.limits().ttl_attribute, handle.stamps().now());
    !retired && !expired
}

/// The request for one row.
pub(super) fn request(handle: &Handle, key: PrimaryKey, consistent: bool) -> GetItemInput {
    let input = GetItemInput::builder()
        .table_name(handle.table())
        .set_key(Some(key_item(key)))
        .set_consistent_read(consistent.then_some(true))
        .return_consumed_capacity(ReturnConsumedCapacity::Total);
    built(input.build())
}

macro_rules! options {
    ($type:ident) => {
        impl<T: Entity> $type<T> {
            pub(crate) fn new(handle: Handle, key: Key<T>) -> Self {
                Self(Reading::new(handle, key))
            }
        }

        impl<T> $type<T> {
            /// Reads what was last written, for twice the capacity
            /// ([read consistency](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.ReadConsistency.html)).
            /// Without it, a read may miss the writes of the last second or so.
            pub fn consistent(self) -> Self {
                Self(Reading { consistent: true, ..self.0 })
            }

            /// Also returns a resource whose time to live is over and that DynamoDB has not deleted yet, for which it takes
            /// [up to a few days](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html).
            pub fn include_expired(self) -> Self {
                Self(Reading { include_expired: true, ..self.0 })
            }

            /// The request, unsent.
            ///
            /// # Errors
            /// [`Error::KeyValue`] where no row can have the key.
            pub fn into_input(self) -> Result<GetItemInput> {
                Ok(request(&self.0.handle, self.0.key.primary?, self.0.consistent))
            }
        }
    };
}

options!(Get);
options!(Read);

impl<T: Send + Sync + 'static> IntoFuture for Get<T> {
    type Output = Result<Option<Resource<T>>>;
    type IntoFuture = BoxFuture<'static, Option<Resource<T>>>;

    fn into_future(self) -> Self::IntoFuture {
        let call = self.0.handle.call("get", self.0.def.name);
        let span = call.span.clone();
        Box::pin(async move { self.0.item(&call).await?.map(|row| self.0.decode(&row)).transpose() }.instrument(span))
    }
}

impl<T: Send + Sync + 'static> IntoFuture for Read<T> {
    type Output = Result<Resource<T>>;
    type IntoFuture = BoxFuture<'static, Resource<T>>;

    fn into_future(self) -> Self::IntoFuture {
        let call = self.0.handle.call("read", self.0.def.name);
        let span = call.span.clone();
        Box::pin(async move { self.0.decode(&self.0.existing(&call).await?) }.instrument(span))
    }
}
