//! Entities, schemas and resources: the traits that the derive implements and that operations ask for.

mod into;
mod key;
mod kind;
mod resource;
mod revision;
mod row;
mod unique;

use std::marker::PhantomData;

use chrono::{DateTime, Utc};
use serde::{Deserializer, Serializer};

use crate::error::Result;
use crate::json::{RawRow, RowText};
use crate::key::{PARTITION_KEY_BYTES, Part, SORT_KEY_BYTES};
use crate::schema::EntityDef;

pub use into::{IntoKey, IntoResource, IntoValue};
pub use kind::{
    AcceptsId, Attributes, BirthApart, ById, ByName, ByNaturalId, ByParts, Claimed, Compressed, ComputedKeys, Counted, Dropped, Following,
    Identified, InKeys, Initial, Kept, KeptLast, Listable, Listed, MaxVersions, Nowhere, PartlyKept, Patchable, SetField, Singleton,
    StampApart, Stamped, Storable, Tallied, TemplateKeys, TtlField, Unclaimed, Uncounted, Unlisted, Untallied, Unversioned, Upsertable,
    Versioned, WithoutUnique,
};
pub use resource::Resource;
pub use revision::Revision;
pub(crate) use row::{Check, Parts, Row};
pub use unique::UniqueKey;
pub(crate) use unique::{Claim, Claims, Holding};

/// A struct with `#[derive(SingleTable)]`: one type of item in a table.
///
/// Implemented by the derive only; its members are no part of the public interface.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an entity",
    label = "`{Self}` is not an entity",
    note = "put `#[derive(SingleTable)]` on the struct"
)]
pub trait Entity: Sized + Send + Sync + 'static {
    /// How its rows are addressed: [`ById`], [`ByNaturalId`], [`ByName`] or [`ByParts`].
    #[doc(hidden)]
    type Key;
    /// [`Kept`], [`KeptLast`] or [`Dropped`].
    #[doc(hidden)]
    type History;
    /// [`Compressed`] or [`Attributes`].
    #[doc(hidden)]
    type Storage;
    /// [`Listed`] or [`Unlisted`].
    #[doc(hidden)]
    type Listing;
    /// [`Claimed`] or [`Unclaimed`].
    #[doc(hidden)]
    type Claims;
    /// [`Tallied`] or [`Untallied`].
    #[doc(hidden)]
    type Counting;
    /// [`Following`], [`Stamped`] or [`ComputedKeys`].
    #[doc(hidden)]
    type Keys;
    /// [`InKeys`]; or the type of the field that says when the row expires; or [`Nowhere`].
    #[doc(hidden)]
    type Birth;
    /// The fields, by name, for conditions and patches.
    #[doc(hidden)]
    type Fields: 'static;
    /// The fields.
    #[doc(hidden)]
    const FIELDS: &'static Self::Fields;
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
    /// How each entity's rows become rows of the schema.
    #[doc(hidden)]
    const VARIANTS: &'static [Variant<Self>];
    /// The table's TTL attribute.
    #[doc(hidden)]
    const TTL_ATTRIBUTE: &'static str;
    /// What its rows are called in errors.
    #[doc(hidden)]
    const NAME: &'static str = "row";
    /// Whether it is one entity.
    #[doc(hidden)]
    const IS_ENTITY: bool = false;
}

/// One entity of a schema, how its rows are decoded, and how new ones are made.
#[doc(hidden)]
pub struct Variant<S> {
    pub(crate) def: &'static EntityDef,
    pub(crate) decode: fn(&RawRow, &Limits) -> Result<Resource<S>>,
    /// The new rows of a value that is of this entity; otherwise the value again.
    pub(crate) encode: EncodeNew<S>,
}

/// How new rows are made of a value, if it is of the right entity.
type EncodeNew<S> = fn(S, &dyn Fn() -> Birth, &Limits) -> Result<Result<NewRows<S>>, S>;

/// What a resource begins with.
pub(crate) struct Birth {
    /// The id, where the fields do not make it.
    pub(crate) id: Option<String>,
    pub(crate) time: DateTime<Utc>,
}

/// A resource that is not stored yet, and the rows that will hold it.
pub(crate) struct NewRows<T> {
    pub(crate) resource: Resource<T>,
    pub(crate) head: RowText,
    /// The first version, where the entity is versioned.
    pub(crate) history: Option<RowText>,
}

/// What a table allows its rows, and calls their TTL.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub(crate) ttl_attribute: &'static str,
    pub(crate) inflated_bytes: usize,
    /// How long a partition key may be.
    pub(crate) pk_bytes: usize,
    /// What the table holds.
    pub(crate) entities: &'static [&'static EntityDef],
}

impl Limits {
    pub(crate) fn new(entities: &'static [&'static EntityDef], ttl_attribute: &'static str, inflated_bytes: usize) -> Self {
        // DynamoDB refuses a longer one in every row of the table, in the index or not.
        let ranged = entities.iter().flat_map(|def| def.indexes).any(|index| index.sk_attribute.is_none());
        Self { ttl_attribute, inflated_bytes, pk_bytes: if ranged { SORT_KEY_BYTES } else { PARTITION_KEY_BYTES }, entities }
    }
}

#[diagnostic::do_not_recommend]
impl<T: Entity> Schema for T {
    const ENTITIES: &'static [&'static EntityDef] = &[T::DEF];
    const VARIANTS: &'static [Variant<T>] = &[Variant::only()];
    const TTL_ATTRIBUTE: &'static str = "ttl";
    const NAME: &'static str = T::DEF.name;
    const IS_ENTITY: bool = true;
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

/// What rows of the table `S` can be read as: one of its entities, or the enum itself.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not what the table `{S}` holds",
    label = "`{Self}` is not in `{S}`",
    note = "add the variant `{Self}({Self})` to `{S}`"
)]
pub trait RowOf<S>: Schema {}

#[diagnostic::do_not_recommend]
impl<S, T: Schema + VariantOf<S>> RowOf<S> for T {}

/// A `T` in a variant. `Key` is [`Entity::Key`] of it: where `T` is no entity, rustc says that of `Key` and nothing more of the rest.
#[doc(hidden)]
#[derive(Debug)]
pub struct Payload<T, Key>(PhantomData<fn() -> (T, Key)>);

/// A variant of `S`: what the derive on the enum asks for.
#[doc(hidden)]
pub trait Declared<S>: Sized {
    /// How its rows become rows of the schema.
    const VARIANT: Variant<S>;
}

impl<S, T: Entity + VariantOf<S>> Declared<S> for Payload<T, T::Key> {
    const VARIANT: Variant<S> = Variant::of::<T>();
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

/// The fields of an entity, as conditions name them: the argument of `|t| ...` in filters. Each is a [`Field`](crate::Field) that knows its
/// type, so a comparison with a value of another type does not compile.
///
/// # Examples
/// A function of yours that is given to [`filter`](crate::Query::filter) by its name:
/// ```
/// # use serde::{Deserialize, Serialize};
/// use simpletable::{Condition, Fields, SingleTable, Table};
///
/// #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
/// struct Task {
///     hours: u32,
///     done: bool,
/// }
///
/// fn open(t: &Fields<Task>) -> Condition<Task> {
///     t.done.eq(false).and(t.hours.between(1, 8))
/// }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
/// # let table = Table::in_memory::<Task>().await?;
/// table.create(Task { hours: 3, done: true }).await?;
/// let task = table.create(Task { hours: 8, done: false }).await?;
/// assert_eq!(table.list::<Task>().filter(open).all().await?, [task]);
/// # Ok(()) }
/// ```
pub type Fields<T> = <T as Entity>::Fields;
