//! Entities, schemas and resources: the traits that the derive implements and that operations ask for.

mod into;
mod key;
mod kind;
mod resource;
mod revision;

use chrono::{DateTime, Utc};
use serde::{Deserializer, Serializer};

use crate::key::Part;
use crate::schema::EntityDef;

pub use into::{IntoKey, IntoResource, IntoValue};
pub use kind::{
    AcceptsId, Attributes, ById, ByNaturalId, ByParts, Compressed, Dropped, Identified, Kept, SetField, Storable, TtlField, Unversioned,
    Versioned,
};
pub use resource::Resource;
pub(crate) use resource::{Check, Rest, Row};
pub use revision::Revision;

/// A struct with `#[derive(SingleTable)]`: one type of item in a table.
///
/// Implemented by the derive only; its members are no part of the public interface.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an entity",
    label = "`{Self}` is not an entity",
    note = "put `#[derive(SingleTable)]` on the struct"
)]
pub trait Entity: Sized + Send + Sync + 'static {
    /// How its rows are addressed: [`ById`], [`ByNaturalId`] or [`ByParts`].
    #[doc(hidden)]
    type Key;
    /// [`Kept`] or [`Dropped`].
    #[doc(hidden)]
    type History;
    /// [`Compressed`] or [`Attributes`].
    #[doc(hidden)]
    type Storage;
    /// The declaration as data.
    #[doc(hidden)]
    const DEF: &'static EntityDef;
    /// The value of a placeholder; `None` where the field is `None`.
    #[doc(hidden)]
    fn part(&self, part: usize) -> Option<Part<'_>>;
    /// A key that a function of the user's makes (`pk_with`, `sk_with`).
    #[doc(hidden)]
    fn computed(&self, index: usize) -> Option<String> {
        let _ = index;
        None
    }
    /// When the row expires, in Unix seconds.
    #[doc(hidden)]
    fn expires_at(&self, created_at: DateTime<Utc>) -> Option<i64> {
        let _ = created_at;
        None
    }
    /// [`Storable::write`]. `Storable` is no supertrait: rustc would report one missing derive many times.
    #[doc(hidden)]
    fn encode<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>;
    /// [`Storable::read`].
    #[doc(hidden)]
    fn decode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;
}

/// What a table holds: an entity, or an enum of entities with `#[derive(SingleTable)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the schema of a table",
    label = "neither an entity nor an enum of entities",
    note = "put `#[derive(SingleTable)]` on it"
)]
pub trait Schema: Sized + Send + Sync + 'static {
    /// The entities, in declaration order.
    #[doc(hidden)]
    const ENTITIES: &'static [&'static EntityDef];
    /// The table's TTL attribute.
    #[doc(hidden)]
    const TTL_ATTRIBUTE: &'static str;
}

#[diagnostic::do_not_recommend]
impl<T: Entity> Schema for T {
    const ENTITIES: &'static [&'static EntityDef] = &[T::DEF];
    const TTL_ATTRIBUTE: &'static str = "ttl";
}

/// One type of row of `S`; implemented by the derive, for the enum and for the entity itself.
#[doc(hidden)]
pub trait VariantOf<S>: Sized {
    /// The row as the enum has it.
    fn into_row(self) -> S;
    /// The value, where the row is of this type; otherwise the row again.
    ///
    /// # Errors
    /// The row, where it is of another type.
    fn from_row(row: S) -> Result<Self, S>;
}

/// An entity of the table's schema: what operations ask for. Generic code writes `T: Member<S>`.
///
/// # Examples
/// ```
/// # use simpletable::{Id, Identified, Member, Resource, Schema, Table};
/// async fn change<S, T>(table: &Table<S>, id: &Id<T>, edit: impl FnMut(&mut T) + Send) -> simpletable::Result<Resource<T>>
/// where
///     S: Schema,
///     T: Member<S> + Identified,
/// {
///     table.modify(id, edit).await
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an entity of the table `{S}`",
    label = "`{Self}` is not in `{S}`",
    note = "add the variant `{Self}({Self})` to `{S}`; where `{S}` is an entity, declare an enum of both"
)]
pub trait Member<S>: Entity {}

#[diagnostic::do_not_recommend]
impl<S, T: Entity + VariantOf<S>> Member<S> for T {}
