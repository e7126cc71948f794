use std::collections::{BTreeSet, HashSet};

use chrono::{DateTime, TimeZone};
use serde::de::DeserializeOwned;
use serde::{Deserializer, Serialize, Serializer};

use super::Entity;

/// Addressed by a generated or given id.
#[doc(hidden)]
#[derive(Debug)]
pub enum ById {}

/// Addressed by an id that the fields make.
#[doc(hidden)]
#[derive(Debug)]
pub enum ByNaturalId {}

/// The only one of its kind, addressed by its name.
#[doc(hidden)]
#[derive(Debug)]
pub enum ByName {}

/// Addressed by keys that the fields make; no id.
#[doc(hidden)]
#[derive(Debug)]
pub enum ByParts {}

/// History is kept, all of it.
#[doc(hidden)]
#[derive(Debug)]
pub enum Kept {}

/// History is kept, so many versions of it.
#[doc(hidden)]
#[derive(Debug)]
pub enum KeptLast {}

/// A kind of history that there is.
#[doc(hidden)]
pub trait Keeps {}
impl Keeps for Kept {}
impl Keeps for KeptLast {}

/// No history.
#[doc(hidden)]
#[derive(Debug)]
pub enum Dropped {}

/// Fields are compressed into `data`.
#[doc(hidden)]
#[derive(Debug)]
pub enum Compressed {}

/// Fields are attributes.
#[doc(hidden)]
#[derive(Debug)]
pub enum Attributes {}

/// In the type index.
#[doc(hidden)]
#[derive(Debug)]
pub enum Listed {}

/// Not in the type index.
#[doc(hidden)]
#[derive(Debug)]
pub enum Unlisted {}

/// Some of its values are unique: writes take and release claims.
#[doc(hidden)]
#[derive(Debug)]
pub enum Claimed {}

/// No unique values.
#[doc(hidden)]
#[derive(Debug)]
pub enum Unclaimed {}

/// An entity without unique values, whose rows can be written without knowing what they held before.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has unique values, so its rows cannot be written unread",
    label = "`{Self}` declares `unique(...)`",
    note = "the claims of the values before have to be released: use `create`, `update` and `modify`, or `create_many`"
)]
pub trait WithoutUnique: Entity {}

#[diagnostic::do_not_recommend]
impl<T: Entity<Claims = Unclaimed>> WithoutUnique for T {}
/// Counted by type.
#[doc(hidden)]
#[derive(Debug)]
pub enum Tallied {}

/// Not counted.
#[doc(hidden)]
#[derive(Debug)]
pub enum Untallied {}

/// An entity that is counted: `#[table(count)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not counted",
    label = "`{Self}` is not counted",
    note = "declare `#[table(count)]` on `{Self}`"
)]
pub trait Counted: Entity {}

#[diagnostic::do_not_recommend]
impl<T: Entity<Counting = Tallied>> Counted for T {}

/// An entity that is not counted: it may be written blindly.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is counted, and this operation cannot count",
    label = "`{Self}` is counted",
    note = "a blind write does not know whether anything was there: use `create` or `create_many`, and `modify`",
    note = "or drop `count` and count with `table.list::<{Self}>().count()`"
)]
pub trait Uncounted: Entity {}

#[diagnostic::do_not_recommend]
impl<T: Entity<Counting = Untallied>> Uncounted for T {}

/// Index keys follow from fields that are known when they change.
#[doc(hidden)]
#[derive(Debug)]
pub enum Following {}

/// An index key holds `<updated_at>` beside fields, or in an index that not every row is in.
#[doc(hidden)]
#[derive(Debug)]
pub enum Stamped {}

/// A function of the user's makes an index key.
#[doc(hidden)]
#[derive(Debug)]
pub enum ComputedKeys {}

/// An entity whose fields are attributes of its one row, so that DynamoDB can change them in place.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be patched",
    label = "`{Self}` is versioned or compressed",
    note = "an update of it writes more than the fields that change: use `table.modify(key, ..)`"
)]
pub trait Patchable: Entity {}

#[diagnostic::do_not_recommend]
impl<T: Entity<History = Dropped, Storage = Attributes>> Patchable for T {}

/// Keys that no function makes.
#[doc(hidden)]
pub trait NoFunction {}
impl NoFunction for Following {}
impl NoFunction for Stamped {}

/// An entity whose index keys are templates: no `pk_with`, no `sk_with`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be patched: a function makes an index key of it",
    label = "`pk_with` or `sk_with` of `{Self}` may look at every field",
    note = "use `table.modify(key, ..)`, which reads the row first"
)]
pub trait TemplateKeys: Entity {}

#[diagnostic::do_not_recommend]
impl<T: Entity<Keys: NoFunction>> TemplateKeys for T {}

/// Keys that the time of an update does not share.
#[doc(hidden)]
pub trait NoSharedStamp {}
impl NoSharedStamp for Following {}
impl NoSharedStamp for ComputedKeys {}

/// An entity whose index keys do not hold `<updated_at>` beside what only the stored row knows.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be patched: each patch changes an index key that also holds what only the stored row knows",
    label = "`<updated_at>` is in an index key of `{Self}` beside fields, or in an index that an `Option` decides about",
    note = "use `table.modify(key, ..)`, which reads the row first; `<updated_at>` alone in a key moves with each patch"
)]
pub trait StampApart: Entity {}

#[diagnostic::do_not_recommend]
impl<T: Entity<Keys: NoSharedStamp>> StampApart for T {}

/// A key holds `<created_at>`.
#[doc(hidden)]
#[derive(Debug)]
pub enum InKeys {}

/// Nothing of a row follows from `created_at`.
#[doc(hidden)]
#[derive(Debug)]
pub enum Nowhere {}

/// Where `created_at` stands: nowhere else, or in the type of a field that says when the row expires, which a time does without it.
#[doc(hidden)]
pub trait NotInRow {}
impl NotInRow for Nowhere {}
impl<Tz: TimeZone> NotInRow for DateTime<Tz> {}

/// An entity of whose rows nothing follows from `created_at`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be upserted: a part of the row follows from `created_at`, which only the stored row knows",
    label = "a key of `{Self}` holds `<created_at>`, or its time to live counts in seconds from it",
    note = "use `table.create(..)`, and `table.modify(key, ..)` of what is there, which reads the row first"
)]
pub trait BirthApart: Entity {}

#[diagnostic::do_not_recommend]
impl<T: Entity<Birth: NotInRow>> BirthApart for T {}

/// An entity that one change of one row writes whole.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be upserted",
    label = "`{Self}` is versioned or compressed",
    note = "its `created_at` and its version are where DynamoDB cannot keep them: use `table.create(..)`, and `table.modify(key, ..)` of what is there"
)]
pub trait Upsertable: Entity {}

#[diagnostic::do_not_recommend]
impl<T: Entity<History = Dropped, Storage = Attributes>> Upsertable for T {}

/// An entity of which a write may leave fields as they are stored.
#[diagnostic::on_unimplemented(
    message = "no field of `{Self}` can be create-only: a function makes an index key of it",
    label = "`pk_with` or `sk_with` of `{Self}` would be given the new value of the field, and the row keeps the old one",
    note = "use `table.modify(key, ..)`, which reads the row first"
)]
pub trait PartlyKept: Entity {}

#[diagnostic::do_not_recommend]
impl<T: Entity<Keys: NoFunction>> PartlyKept for T {}

/// An entity whose rows are in the type index, so that they can be listed.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not in the type index, so it cannot be listed",
    label = "`{Self}` declares `type_index = false`",
    note = "use `table.scan::<{Self}>()`, or drop `type_index = false`"
)]
pub trait Listable: Entity {}

#[diagnostic::do_not_recommend]
impl<T: Entity<Listing = Listed>> Listable for T {}

/// A key kind with an id.
#[doc(hidden)]
pub trait HasId {}
impl HasId for ById {}
impl HasId for ByNaturalId {}
impl HasId for ByName {}

/// An entity with an id: every one that declares no `pk` and `sk` of its own.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no id",
    label = "`{Self}` has no id",
    note = "its rows are addressed by a composed key: use `{Self}::key(...)`"
)]
pub trait Identified: Entity {}

#[diagnostic::do_not_recommend]
impl<T: Entity<Key: HasId>> Identified for T {}

/// An entity whose id the caller may choose at creation: every one whose key is made neither from `id` nor from `pk` and `sk`.
#[diagnostic::on_unimplemented(
    message = "the id of `{Self}` cannot be given",
    label = "the key of `{Self}` is made from its fields",
    note = "set the fields instead"
)]
pub trait AcceptsId: Identified {}

#[diagnostic::do_not_recommend]
impl<T: Entity<Key = ById>> AcceptsId for T {}

/// An entity of which a table holds one: `#[table(singleton)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no singleton",
    label = "a table can hold many of `{Self}`",
    note = "declare `#[table(singleton)]` on `{Self}`"
)]
pub trait Singleton: Identified {}

#[diagnostic::do_not_recommend]
impl<T: Entity<Key = ByName>> Singleton for T {}

/// What a singleton begins with: its `Default`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no value to begin with",
    label = "no `Default`",
    note = "a singleton is created on first use: derive or implement `Default` for `{Self}`"
)]
pub trait Initial: Sized {
    /// The value.
    #[doc(hidden)]
    fn initial() -> Self;
}

#[diagnostic::do_not_recommend]
impl<T: Default> Initial for T {
    fn initial() -> Self {
        Self::default()
    }
}

/// An entity that keeps its history: `#[table(versioned)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` keeps no history",
    label = "`{Self}` is not versioned",
    note = "declare `#[table(versioned)]` on `{Self}`"
)]
pub trait Versioned: Identified {}

#[diagnostic::do_not_recommend]
impl<T: Entity<Key: HasId, History: Keeps>> Versioned for T {}

/// An entity that says how many versions it keeps: `#[table(versioned, max_versions = N)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` keeps all of its versions",
    label = "`{Self}` declares no `max_versions`",
    note = "say how many versions to keep: `table.prune_versions_to(key, keep)`; or declare `#[table(max_versions = N)]` on `{Self}`"
)]
pub trait MaxVersions: Versioned {}

#[diagnostic::do_not_recommend]
impl<T: Entity<Key: HasId, History = KeptLast>> MaxVersions for T {}

/// An entity without history: each resource is one row.
#[diagnostic::on_unimplemented(
    message = "`{Self}` keeps a history, so this takes more than one row",
    label = "`{Self}` is versioned",
    note = "a history belongs to its key: create the new resource and delete the old one"
)]
pub trait Unversioned: Entity {}

#[diagnostic::do_not_recommend]
impl<T: Entity<History = Dropped>> Unversioned for T {}

/// A type that `#[table(ttl = "field")]` can name: a time, or whole seconds after creation; or an `Option` of either.
///
/// The row carries the time in Unix seconds. From that second on the resource is gone for readers; DynamoDB deletes the row
/// [within a few days](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html).
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot say when a row expires",
    label = "this type cannot say when a row expires",
    note = "use a `DateTime`, or an integer of seconds after `created_at`, or an `Option` of either"
)]
pub trait TtlField {
    /// The time in Unix seconds.
    #[doc(hidden)]
    fn expires_at(&self, created_at: DateTime<chrono::Utc>) -> Option<i64>;
    /// The same for a type that needs no `created_at`.
    #[doc(hidden)]
    fn moment(&self) -> Option<i64> {
        self.expires_at(DateTime::default())
    }
}

#[diagnostic::do_not_recommend]
impl<Tz: TimeZone> TtlField for DateTime<Tz> {
    fn expires_at(&self, _: DateTime<chrono::Utc>) -> Option<i64> {
        Some(self.timestamp())
    }
}

#[diagnostic::do_not_recommend]
impl<T: TtlField> TtlField for Option<T> {
    fn expires_at(&self, created_at: DateTime<chrono::Utc>) -> Option<i64> {
        self.as_ref().and_then(|field| field.expires_at(created_at))
    }
}

macro_rules! seconds {
    ($($type:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl TtlField for $type {
            fn expires_at(&self, created_at: DateTime<chrono::Utc>) -> Option<i64> {
                let seconds = i64::try_from(*self).unwrap_or(i64::MAX);
                Some(created_at.timestamp().saturating_add(seconds))
            }
        }
    )*};
}

seconds!(u8, u16, u32, u64, usize, i8, i16, i32, i64, isize);

/// A type that `#[table(set)]` can stand on.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a set",
    label = "`#[table(set)]` needs a set",
    note = "use a `BTreeSet` or a `HashSet` of strings or numbers"
)]
pub trait SetField {
    /// What generated code names to ask for the trait: a bound on a function would be an error of its own.
    #[doc(hidden)]
    const IS_SET: () = ();
}

#[diagnostic::do_not_recommend]
impl<T> SetField for BTreeSet<T> {}

#[diagnostic::do_not_recommend]
impl<T, H> SetField for HashSet<T, H> {}

/// A type that serde can write and read, which every entity has to be.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be stored: serde cannot write and read it",
    label = "no `Serialize` and `Deserialize`",
    note = "add `#[derive(serde::Serialize, serde::Deserialize)]` to `{Self}`"
)]
pub trait Storable: Sized {
    /// Serde's `serialize`.
    #[doc(hidden)]
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>;
    /// Serde's `deserialize`.
    #[doc(hidden)]
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;
}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned> Storable for T {
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.serialize(serializer)
    }
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::deserialize(deserializer)
    }
}
