//! What a step of a patch is about: a field, a place inside one, or all fields that change together.

use std::marker::PhantomData;

use aws_sdk_dynamodb::types::AttributeValue;

use super::field::Refused;
use super::path::Stop;
use super::role::{Element, Grouped, Open, Presence, Role, Whole};
use super::{Field, ListField, MapField, Nested, Path, Place, encode_value};
use crate::codec::encode_key;
use crate::entity::IntoValue;
use crate::error::EncodeProblem;
use crate::key::Part;

/// How a value is stored.
type Encode<V> = fn(V) -> Result<AttributeValue, EncodeProblem>;

/// The number of a part of index keys, and how a value becomes it.
pub(super) type PartOf<V> = (usize, for<'v> fn(&'v V) -> Part<'v>);

/// What stands in the type of a field only.
pub(super) type Types<E, R, P> = PhantomData<fn() -> (E, R, P)>;

/// What a patch can set: a field, a place inside one, or a tuple of all the fields that share an index key, in the order of their declaration.
#[diagnostic::on_unimplemented(
    message = "these cannot be set together: a tuple holds all the fields that share an index key, in the order of their declaration",
    label = "neither a field nor all the fields of an index key",
    note = "set each of the other fields by a `.set(..)` of its own"
)]
pub trait Target<T> {
    /// What else derives from it.
    type Role: Role;
    /// Its type, without an `Option`.
    #[doc(hidden)]
    type Held;
}

/// One field, or one place inside a field.
#[diagnostic::on_unimplemented(message = "this is not a field", label = "expected a field: `|t| t.field`")]
pub trait Single<T>: Target<T> {
    /// What its absence means.
    type Presence: Presence;
    #[doc(hidden)]
    fn locate(self) -> Located<Self::Held>;
}

/// Values for what a patch sets: for a field one value, for a tuple of fields a tuple.
#[diagnostic::on_unimplemented(
    message = "the values do not fit what is set",
    label = "no value for the field, or not as many values as fields",
    note = "a field takes a value, a tuple of fields takes a tuple of values"
)]
pub trait Values<F> {
    #[doc(hidden)]
    fn assign(self, fields: F) -> Result<Vec<Assigned>, Refused>;
}

/// Where a value is, how it is stored, and what derives from it.
#[doc(hidden)]
pub struct Located<V> {
    pub(crate) path: Result<Path, Refused>,
    pub(crate) encode: Encode<V>,
    pub(crate) part: Option<PartOf<V>>,
    pub(crate) expires_at: Option<fn(&V) -> Option<i64>>,
    pub(crate) aliases: &'static [&'static str],
}

/// A place, what it will hold, and what derives from that.
#[doc(hidden)]
pub struct Assigned {
    pub(crate) path: Path,
    /// `None`: it will be absent.
    pub(crate) value: Option<AttributeValue>,
    /// The part of index keys that it is.
    pub(crate) part: Option<(usize, Option<Part<'static>>)>,
    /// When the row expires by it.
    pub(crate) expires_at: Option<Option<i64>>,
    /// Other names of the last name of the path.
    pub(crate) aliases: &'static [&'static str],
}

impl<V> Located<V> {
    /// What the place holds once it is given a value, or none.
    pub(crate) fn assign(self, value: Option<V>) -> Result<Assigned, Refused> {
        let path = self.path?;
        let part = self.part.map(|(number, part)| (number, value.as_ref().map(|value| part(value).into_owned())));
        let expires_at = self.expires_at.map(|expires_at| value.as_ref().and_then(expires_at));
        let stored = value.map(self.encode).transpose().map_err(|problem| Refused { path: path.text(), problem })?;
        // An attribute is absent where there is nothing; inside one, serde stores NULL.
        let stored = stored.filter(|value| !(path.is_attribute() && super::field::is_nothing(value)));
        Ok(Assigned { path, value: stored, part, expires_at, aliases: self.aliases })
    }

    /// The same for a place that holds NULL where it is given `None`.
    fn assign_or_null(self, value: Option<V>) -> Result<Assigned, Refused> {
        let absent = value.is_none();
        let mut assigned = self.assign(value)?;
        if absent && !assigned.path.is_attribute() {
            assigned.value = Some(AttributeValue::Null(true));
        }
        Ok(assigned)
    }
}

/// An entry of a map or an element of a list, of type `V`; or a field of a struct in it. Made by [`Field::key`] and [`Field::index`], for patches.
pub struct Inside<E, V, R, P = Element> {
    path: Result<Path, Refused>,
    encode: Encode<V>,
    aliases: &'static [&'static str],
    types: Types<E, R, P>,
}

impl<E, V, R, P> Inside<E, V, R, P> {
    fn new(path: Result<Path, Refused>, encode: Encode<V>) -> Self {
        Self { path, encode, aliases: &[], types: PhantomData }
    }

    /// The entry of the map that is here; see [`Field::key`].
    pub fn key(self, key: impl IntoValue<V::Key>) -> Inside<E, V::Value, R>
    where
        V: MapField,
        P: Open,
    {
        Inside::new(entry(self.path, &key.into_value()), encode_value)
    }

    /// The element of the list that is here; see [`Field::index`].
    pub fn index(self, index: usize) -> Inside<E, V::Element, R>
    where
        V: ListField,
        P: Open,
    {
        Inside::new(self.path.map(|path| path.then(Stop::Index(index))), encode_value)
    }

    /// A field of the struct that is here; see [`Field::at`].
    pub fn at<F: Single<E, Role = R>>(self, field: impl FnOnce(&V::Fields<E, R>) -> F) -> Inside<E, F::Held, R, F::Presence>
    where
        V: Nested,
        P: Open,
    {
        let inner = field(&V::fields(Place::NOWHERE)).locate();
        let path = self.path.and_then(|path| Ok(path.join(inner.path?)));
        Inside { aliases: inner.aliases, ..Inside::new(path, inner.encode) }
    }
}

fn entry<K: serde::Serialize>(path: Result<Path, Refused>, key: &K) -> Result<Path, Refused> {
    let path = path?;
    match encode_key(key) {
        Ok(key) => Ok(path.then(Stop::Key(key))),
        Err(problem) => Err(Refused { path: path.text(), problem }),
    }
}

impl<E, V, R, P> Field<E, V, R, P> {
    /// The entry of a map, for patches: `.add(|t| t.counts.key("spam"), 1)`. The key may be any text; it goes to DynamoDB as a placeholder.
    pub fn key(self, key: impl IntoValue<V::Key>) -> Inside<E, V::Value, R>
    where
        V: MapField,
        P: Open,
    {
        Inside::new(entry(Ok(self.path()), &key.into_value()), encode_value)
    }

    /// The element of a list, counted from 0, for patches: `.set(|t| t.steps.index(0), "begin")`. A row whose list is shorter refuses it.
    pub fn index(self, index: usize) -> Inside<E, V::Element, R>
    where
        V: ListField,
        P: Open,
    {
        Inside::new(Ok(self.path().then(Stop::Index(index))), encode_value)
    }
}

impl<T, V, R: Role, P> Target<T> for Field<T, V, R, P> {
    type Role = R;
    type Held = V;
}

impl<T, V, R: Role, P: Presence> Single<T> for Field<T, V, R, P> {
    type Presence = P;
    fn locate(self) -> Located<V> {
        self.located()
    }
}

impl<T, V, R: Role, P> Target<T> for Inside<T, V, R, P> {
    type Role = R;
    type Held = V;
}

impl<T, V, R: Role, P: Presence> Single<T> for Inside<T, V, R, P> {
    type Presence = P;
    fn locate(self) -> Located<V> {
        Located { path: self.path, encode: self.encode, part: None, expires_at: None, aliases: self.aliases }
    }
}

impl<T, V, R: Role, P: Presence, I: IntoValue<P::Value<V>>> Values<Field<T, V, R, P>> for I {
    fn assign(self, field: Field<T, V, R, P>) -> Result<Vec<Assigned>, Refused> {
        Ok(vec![field.locate().assign_or_null(P::value(self.into_value()))?])
    }
}

impl<T, V, R: Role, P: Presence, I: IntoValue<P::Value<V>>> Values<Inside<T, V, R, P>> for I {
    fn assign(self, place: Inside<T, V, R, P>) -> Result<Vec<Assigned>, Refused> {
        Ok(vec![place.locate().assign_or_null(P::value(self.into_value()))?])
    }
}

macro_rules! groups {
    ($($n:literal: $($i:literal $held:ident $presence:ident $role:ident $value:ident $field:ident),*;)*) => {$(
        impl<T, Names, Indexes, $($held, $presence),*> Target<T> for ($(Field<T, $held, Grouped<Names, Indexes, $i, $n>, $presence>,)*) {
            type Role = Whole;
            type Held = ();
        }

        impl<T, $($held, $presence, $role, $value: Values<Field<T, $held, $role, $presence>>),*> Values<($(Field<T, $held, $role, $presence>,)*)>
            for ($($value,)*)
        {
            fn assign(self, fields: ($(Field<T, $held, $role, $presence>,)*)) -> Result<Vec<Assigned>, Refused> {
                #[expect(non_snake_case, reason = "the types' names serve for the values")]
                let ($($value,)*) = self;
                let ($($field,)*) = fields;
                let mut assigned = Vec::with_capacity($n);
                $(assigned.extend($value.assign($field)?);)*
                Ok(assigned)
            }
        }
    )*};
}

groups! {
    2: 0 V0 P0 R0 I0 f0, 1 V1 P1 R1 I1 f1;
    3: 0 V0 P0 R0 I0 f0, 1 V1 P1 R1 I1 f1, 2 V2 P2 R2 I2 f2;
    4: 0 V0 P0 R0 I0 f0, 1 V1 P1 R1 I1 f1, 2 V2 P2 R2 I2 f2, 3 V3 P3 R3 I3 f3;
    5: 0 V0 P0 R0 I0 f0, 1 V1 P1 R1 I1 f1, 2 V2 P2 R2 I2 f2, 3 V3 P3 R3 I3 f3, 4 V4 P4 R4 I4 f4;
    6: 0 V0 P0 R0 I0 f0, 1 V1 P1 R1 I1 f1, 2 V2 P2 R2 I2 f2, 3 V3 P3 R3 I3 f3, 4 V4 P4 R4 I4 f4, 5 V5 P5 R5 I5 f5;
}
