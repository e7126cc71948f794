//! What can be done to a field, as types: what patches, and in part conditions, ask of it.
//!
//! Each field of an entity has a role, which says what else its value decides, and a presence, which says what its absence means. They stand in
//! [`Field`](crate::Field)'s type, so that a change that would leave a key behind does not compile. The derive gives them; nobody writes them.

pub use super::target::{Single, Target, Values};

use std::fmt;
use std::marker::PhantomData;

/// An attribute that nothing derives from.
#[derive(Debug)]
pub enum Stored {}

/// A field inside compressed `data`.
#[derive(Debug)]
pub enum InData {}

/// The only field of its index keys, which are written with it.
#[derive(Debug)]
pub enum Alone {}

/// Field number `I` of the `N` that make keys of `Indexes` together.
pub struct Grouped<Names, Indexes, const I: usize, const N: usize>(PhantomData<fn() -> (Names, Indexes)>);

impl<Names, Indexes, const I: usize, const N: usize> fmt::Debug for Grouped<Names, Indexes, I, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Grouped")
    }
}

/// All fields that make an index key together.
#[derive(Debug)]
pub enum Whole {}

/// A field that shares an index key with what only the row knows: `<created_at>`, or a part of the primary key.
#[derive(Debug)]
pub enum Mixed {}

/// A field of the primary key.
#[derive(Debug)]
pub enum Primary {}

/// A field that claims of unique values are made of, or that says when they end.
#[derive(Debug)]
pub enum ClaimedField {}

/// The field that says when the row expires. The TTL attribute is written with it.
#[derive(Debug)]
pub enum Expiry {}

/// A field that is always there.
#[derive(Debug)]
pub enum Required {}

/// An `Option`: absent is `None`.
#[derive(Debug)]
pub enum Optional {}

/// A field with `#[serde(default)]`: absent is its default.
#[derive(Debug)]
pub enum Defaulted {}

/// A field with `#[table(set)]`: absent is empty.
#[derive(Debug)]
pub enum AsSet {}

/// An element of a list, or an entry of a map.
#[derive(Debug)]
pub enum Element {}

/// A field that a function of its own stores (`#[serde(with = "..")]`), so that nobody else knows what is in it.
pub struct Custom<P>(PhantomData<fn() -> P>);

impl<P> fmt::Debug for Custom<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Custom")
    }
}

/// A field that DynamoDB sees.
#[diagnostic::on_unimplemented(
    message = "a compressed field cannot be used in a condition: DynamoDB does not see it",
    label = "this field is inside the compressed `data`",
    note = "filter in the client with `.filter_fn(..)`, or declare `#[table(compress = false)]`"
)]
pub trait Visible {}

/// A field that may change.
#[diagnostic::on_unimplemented(
    message = "a field of the primary key never changes",
    label = "this field is part of the primary key",
    note = "move the resource with `table.rekey(resource, ..)`, which needs it as it was read"
)]
pub trait Changeable {}

/// A field that no claim is made of.
#[diagnostic::on_unimplemented(
    message = "this field is part of a unique value, whose claim is written and released with it",
    label = "its claim, or when it ends, would not follow",
    note = "change it with `table.modify(key, ..)`, which reads the row first"
)]
pub trait Unclaimed {}

/// A field whose index keys can be written without reading the row.
#[diagnostic::on_unimplemented(
    message = "this field shares an index key with what only the stored row knows",
    label = "its index key also holds `<created_at>` or a part of the primary key",
    note = "change it with `table.modify(key, ..)`, which reads the row first"
)]
pub trait Computable {}

/// A field that may change without others, or all that have to change together.
#[diagnostic::on_unimplemented(
    message = "the fields `{Names}` make a key of the index of `{Indexes}`, so they change together",
    label = "this sets only one of `{Names}`",
    note = "set them in one call, in this order: `.set(|t| (t.first, t.second), (first, second))`"
)]
pub trait SetAlone<Names, Indexes> {}

/// A field whose next value may depend on the one that is stored.
#[diagnostic::on_unimplemented(
    message = "a key or the time to live is made of this field, so it can only be set",
    label = "DynamoDB computes the new value, and does not say which one before it is stored",
    note = "give the new value with `.set(..)`, or compute it with `table.modify(key, ..)`"
)]
pub trait Steppable {}

/// A field that a write may leave as it is stored: nothing else derives from it.
#[diagnostic::on_unimplemented(
    message = "a key or the time to live is made of this field, so it cannot be create-only",
    label = "the key would be of the new value, and the row keeps the old one",
    note = "let it be overwritten, or use `table.modify(key, ..)`, which reads the row first"
)]
pub trait Keepable {}

/// What a role says of its group, where it is in one.
#[doc(hidden)]
pub trait Role {
    /// The names of the group's fields.
    type Names;
    /// The finders of the indexes that they make keys of.
    type Indexes;
}

/// Roles that hold values of `V`: all of them but [`Expiry`] any.
#[doc(hidden)]
pub trait Holds<V> {}

/// A type that says by itself when a row expires: a time.
#[diagnostic::on_unimplemented(
    message = "a time to live of type `{Self}` counts from `created_at`, which only the stored row knows",
    label = "this field decides when the row expires",
    note = "change it with `table.modify(key, ..)`, which reads the row first"
)]
pub trait Moment {}

#[diagnostic::do_not_recommend]
impl<Tz: chrono::TimeZone> Moment for chrono::DateTime<Tz> {}

macro_rules! roles {
    ($($role:ident: $($can:ident)*;)*) => {$(
        impl Role for $role {
            type Names = ();
            type Indexes = ();
        }
        $(#[diagnostic::do_not_recommend] impl $can for $role {})*
        #[diagnostic::do_not_recommend]
        impl SetAlone<(), ()> for $role {}
    )*};
}

// Each role lacks one ability at most, so that one mistake is one error.
roles! {
    Stored: Keepable Visible Changeable Unclaimed Computable Steppable;
    InData: Changeable Unclaimed Computable Steppable;
    Alone: Visible Changeable Unclaimed Computable;
    Whole: Visible Changeable Unclaimed Computable;
    Mixed: Visible Changeable Unclaimed Steppable;
    Primary: Visible Unclaimed Computable Steppable;
    ClaimedField: Visible Changeable Computable Steppable;
    Expiry: Visible Changeable Unclaimed Computable;
}

impl<Names, Indexes, const I: usize, const N: usize> Role for Grouped<Names, Indexes, I, N> {
    type Names = Names;
    type Indexes = Indexes;
}

#[diagnostic::do_not_recommend]
impl<Names, Indexes, const I: usize, const N: usize> Visible for Grouped<Names, Indexes, I, N> {}
#[diagnostic::do_not_recommend]
impl<Names, Indexes, const I: usize, const N: usize> Changeable for Grouped<Names, Indexes, I, N> {}
#[diagnostic::do_not_recommend]
impl<Names, Indexes, const I: usize, const N: usize> Unclaimed for Grouped<Names, Indexes, I, N> {}
#[diagnostic::do_not_recommend]
impl<Names, Indexes, const I: usize, const N: usize> Computable for Grouped<Names, Indexes, I, N> {}

macro_rules! holds_anything {
    ($($role:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl<V> Holds<V> for $role {}
    )*};
}

holds_anything!(Stored, InData, Alone, Whole, Mixed, Primary, ClaimedField);

#[diagnostic::do_not_recommend]
impl<V, Names, Indexes, const I: usize, const N: usize> Holds<V> for Grouped<Names, Indexes, I, N> {}

// The reason is in `Moment`'s words.
impl<V: Moment> Holds<V> for Expiry {}

/// What the absence of a field means, and so what it may be given.
#[doc(hidden)]
pub trait Presence {
    /// The type of the whole value, where `V` is the type without an `Option`.
    type Value<V>;
    /// The value, if it is one.
    fn value<V>(value: Self::Value<V>) -> Option<V>;
}

macro_rules! presences {
    ($($presence:ident),*) => {$(
        impl Presence for $presence {
            type Value<V> = V;
            fn value<V>(value: V) -> Option<V> {
                Some(value)
            }
        }
    )*};
}

presences!(Required, Defaulted, AsSet, Element);

impl Presence for Optional {
    type Value<V> = Option<V>;
    fn value<V>(value: Option<V>) -> Option<V> {
        value
    }
}

impl<P: Presence> Presence for Custom<P> {
    type Value<V> = P::Value<V>;
    fn value<V>(value: P::Value<V>) -> Option<V> {
        P::value(value)
    }
}

/// A field that may be absent.
#[diagnostic::on_unimplemented(
    message = "a required field cannot be removed: the row could not be read any more",
    label = "this field is neither an `Option` nor has it a default",
    note = "set another value, or declare the field as an `Option` or with `#[serde(default)]`"
)]
pub trait Removable {}

/// A field whose inside is known: not one that a function of its own stores.
#[diagnostic::on_unimplemented(
    message = "a function of its own stores this field, so nobody else knows what is in it",
    label = "declared with `#[serde(with = \"..\")]` or `#[serde(serialize_with = \"..\")]`",
    note = "set the whole field, or change it with `table.modify(key, ..)`"
)]
pub trait Open {}

/// A field with `#[table(set)]`.
#[diagnostic::on_unimplemented(
    message = "this field is not stored as a set",
    label = "elements can be inserted into and deleted from sets only",
    note = "declare `#[table(set)]` on it; to a list, `.append(..)`"
)]
pub trait IsSet {}

macro_rules! can {
    ($($presence:ty: $($can:ident)*;)*) => {$($(#[diagnostic::do_not_recommend] impl $can for $presence {})*)*};
}

can! {
    Required: Open;
    Optional: Open Removable;
    Defaulted: Open Removable;
    Element: Open Removable;
    AsSet: IsSet Removable;
    Custom<Optional>: Removable;
    Custom<Defaulted>: Removable;
}
