use std::collections::{BTreeSet, HashSet};
use std::marker::PhantomData;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::Serialize;

use super::condition::{Compare, Condition, Node};
use super::role::{Open, Required, Stored, Visible};
use super::target::{PartOf, Types};
use super::{Located, Path, Place};
use crate::codec;
use crate::entity::IntoValue;
use crate::error::EncodeProblem;
use crate::key::Part;

/// A field of `E`, of type `V` (an `Option`'s inner type), in conditions and patches: `|t| t.hours.gt(10.0)`.
///
/// `Role` says whether DynamoDB sees it and which keys are made of it, `Presence` what its absence means; see [`roles`](crate::roles).
pub struct Field<E, V, Role = Stored, Presence = Required> {
    place: Place,
    encode: fn(V) -> Result<AttributeValue, EncodeProblem>,
    /// The part of index keys that it is.
    part: Option<PartOf<V>>,
    /// When the row expires by it.
    expires_at: Option<fn(&V) -> Option<i64>>,
    /// Other names that serde reads it from.
    aliases: &'static [&'static str],
    types: Types<E, Role, Presence>,
}

impl<E, V, Role, Presence> Clone for Field<E, V, Role, Presence> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<E, V, Role, Presence> Copy for Field<E, V, Role, Presence> {}

impl<E, V, Role, Presence> Field<E, V, Role, Presence> {
    /// The field at `place`; `encode` is how serde stores it. Written by the derive.
    #[doc(hidden)]
    pub const fn new(place: Place, encode: fn(V) -> Result<AttributeValue, EncodeProblem>) -> Self {
        Self { place, encode, part: None, expires_at: None, aliases: &[], types: PhantomData }
    }

    /// It is this part of index keys. Written by the derive.
    #[doc(hidden)]
    #[must_use]
    pub const fn with_part(self, number: usize, part: fn(&V) -> Part<'_>) -> Self {
        Self { part: Some((number, part)), ..self }
    }

    /// It says when the row expires. Written by the derive.
    #[doc(hidden)]
    #[must_use]
    pub const fn with_expiry(self, expires_at: fn(&V) -> Option<i64>) -> Self {
        Self { expires_at: Some(expires_at), ..self }
    }

    /// Serde reads it from these names too. Written by the derive.
    #[doc(hidden)]
    #[must_use]
    pub const fn with_aliases(self, aliases: &'static [&'static str]) -> Self {
        Self { aliases, ..self }
    }

    pub(super) fn path(&self) -> Path {
        self.place.into()
    }

    pub(super) fn located(self) -> Located<V> {
        Located { path: Ok(self.path()), encode: self.encode, part: self.part, expires_at: self.expires_at, aliases: self.aliases }
    }

    /// Not there, or NULL, which other writers store for nothing.
    pub fn not_exists(self) -> Condition<E>
    where
        Role: Visible,
    {
        Condition::new(Ok(nothing(self.place)))
    }

    /// There, and not NULL.
    pub fn exists(self) -> Condition<E>
    where
        Role: Visible,
    {
        Condition::new(Ok(something(self.place)))
    }

    /// Equal to a value.
    pub fn eq(self, value: impl IntoValue<V>) -> Condition<E>
    where
        Role: Visible,
    {
        self.compare(Compare::Equal, value.into_value())
    }

    /// Not equal to a value; true as well where the attribute is absent.
    pub fn ne(self, value: impl IntoValue<V>) -> Condition<E>
    where
        Role: Visible,
    {
        self.compare(Compare::NotEqual, value.into_value())
    }

    /// Less than a value: numbers by value, text and bytes by their bytes.
    pub fn lt(self, value: impl IntoValue<V>) -> Condition<E>
    where
        Role: Visible,
        V: Comparable,
    {
        Condition::new(self.ordered(value.into_value()).map(|value| Node::Compare(self.place, Compare::Less, value)))
    }

    /// At most a value.
    pub fn le(self, value: impl IntoValue<V>) -> Condition<E>
    where
        Role: Visible,
        V: Comparable,
    {
        Condition::new(self.ordered(value.into_value()).map(|value| Node::Compare(self.place, Compare::AtMost, value)))
    }

    /// Greater than a value.
    pub fn gt(self, value: impl IntoValue<V>) -> Condition<E>
    where
        Role: Visible,
        V: Comparable,
    {
        Condition::new(self.ordered(value.into_value()).map(|value| Node::Compare(self.place, Compare::Greater, value)))
    }

    /// At least a value.
    pub fn ge(self, value: impl IntoValue<V>) -> Condition<E>
    where
        Role: Visible,
        V: Comparable,
    {
        Condition::new(self.ordered(value.into_value()).map(|value| Node::Compare(self.place, Compare::AtLeast, value)))
    }

    /// From one value to another, both included.
    pub fn between(self, low: impl IntoValue<V>, high: impl IntoValue<V>) -> Condition<E>
    where
        Role: Visible,
        V: Comparable,
    {
        let ends = self.ordered(low.into_value()).and_then(|low| Ok((low, self.ordered(high.into_value())?)));
        Condition::new(ends.map(|(low, high)| Node::Between(self.place, low, high)))
    }

    /// Equal to one of up to 100 values
    /// ([the limit](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-expression-parameters)). Of
    /// no values it is false.
    pub fn in_<I: IntoValue<V>>(self, values: impl IntoIterator<Item = I>) -> Condition<E>
    where
        Role: Visible,
    {
        let values: Result<Vec<_>, _> = values.into_iter().map(|value| self.encode(value.into_value())).collect();
        Condition::new(values.map(|values| {
            let (nothings, mut values): (Vec<_>, Vec<_>) = values.into_iter().partition(is_nothing);
            // In one order, so that the same values make the same cursors.
            values.sort_by_cached_key(codec::canonical_value);
            values.dedup();
            let one_of = Node::In(self.place, values);
            if nothings.is_empty() { one_of } else { Node::Any(vec![one_of, nothing(self.place)]) }
        }))
    }

    /// Text that begins with a prefix.
    pub fn begins_with(self, prefix: impl AsRef<str>) -> Condition<E>
    where
        Role: Visible,
        V: Text,
    {
        Condition::new(Ok(match prefix.as_ref() {
            // DynamoDB refuses an empty prefix; every text has it.
            "" => something(self.place),
            prefix => Node::BeginsWith(self.place, AttributeValue::S(prefix.to_owned())),
        }))
    }

    /// Text that contains a text, or a set or list that contains an element.
    pub fn contains<W>(self, element: W) -> Condition<E>
    where
        Role: Visible,
        V: Container<W>,
    {
        let element = V::element(element).map_err(|problem| self.refused(problem));
        Condition::new(element.map(|element| Node::Contains(self.place, element)))
    }

    /// Its size: of text in characters, of bytes in bytes, of sets, lists and maps in elements.
    pub fn size(self) -> Size<E>
    where
        Role: Visible,
    {
        Size { place: self.place, entity: PhantomData }
    }

    /// A field of the struct that this field holds, whose fields `#[derive(Nested)]` names.
    pub fn at<F>(self, field: impl FnOnce(&V::Fields<E, Role>) -> F) -> F
    where
        V: super::Nested,
        Presence: Open,
    {
        field(&V::fields(self.place))
    }

    /// A value to be compared by order.
    fn ordered(&self, value: V) -> Result<AttributeValue, Refused>
    where
        V: Comparable,
    {
        match self.encode(value)? {
            AttributeValue::S(text) if V::IS_TIME && text.ends_with('Z') => Err(self.refused(EncodeProblem::UnorderedTime)),
            value => Ok(value),
        }
    }

    fn compare(self, compare: Compare, value: V) -> Condition<E> {
        Condition::new(self.encode(value).map(|value| match compare {
            Compare::Equal if is_nothing(&value) => nothing(self.place),
            Compare::NotEqual if is_nothing(&value) => something(self.place),
            compare => Node::Compare(self.place, compare, value),
        }))
    }

    fn encode(&self, value: V) -> Result<AttributeValue, Refused> {
        (self.encode)(value).map_err(|problem| self.refused(problem))
    }

    fn refused(&self, problem: EncodeProblem) -> Refused {
        Refused { path: self.place.names().join("."), problem }
    }
}

/// Not there, or NULL.
fn nothing(place: Place) -> Node {
    Node::Any(vec![Node::Absent(place), Node::Compare(place, Compare::Equal, AttributeValue::Null(true))])
}

/// There, and not NULL.
fn something(place: Place) -> Node {
    Node::All(vec![Node::Exists(place), Node::Compare(place, Compare::NotEqual, AttributeValue::Null(true))])
}

/// Whether a row holds this value by not having the attribute: a `None` inside the field's type, an empty set.
pub(super) fn is_nothing(value: &AttributeValue) -> bool {
    match value {
        AttributeValue::Null(_) => true,
        AttributeValue::Ss(members) => members.is_empty(),
        _ => false,
    }
}

/// The size of a field's value, to be compared.
#[derive(Debug)]
pub struct Size<E> {
    place: Place,
    entity: PhantomData<fn() -> E>,
}

macro_rules! sizes {
    ($($(#[$doc:meta])* $name:ident => $compare:ident),*) => {
        impl<E> Size<E> {
            $($(#[$doc])* pub fn $name(self, size: u32) -> Condition<E> {
                Condition::new(Ok(Node::Size(self.place, Compare::$compare, size)))
            })*
        }
    };
}

sizes! {
    /// Exactly so many.
    eq => Equal,
    /// Not so many.
    ne => NotEqual,
    /// Less.
    lt => Less,
    /// At most.
    le => AtMost,
    /// More.
    gt => Greater,
    /// At least.
    ge => AtLeast
}

/// How a value is stored by its own `Serialize`. Called by generated code.
#[doc(hidden)]
pub fn encode_value<V: Serialize>(value: V) -> Result<AttributeValue, EncodeProblem> {
    codec::encode_value(|serializer| value.serialize(serializer))
}

/// How a field with `#[table(set)]` is stored. Called by generated code.
#[doc(hidden)]
pub fn encode_set<V: Serialize>(value: V) -> Result<AttributeValue, EncodeProblem> {
    let set = match encode_value(value)? {
        AttributeValue::L(members) => codec::set_of(members)?,
        other => return Ok(other),
    };
    // DynamoDB has no empty sets: rows have no attribute instead, and conditions ask for that.
    Ok(set.unwrap_or_else(|| AttributeValue::Ss(Vec::new())))
}

/// A type whose stored values DynamoDB orders: numbers, text, bytes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no order in DynamoDB",
    label = "only numbers, text and times can be compared by `<` and `>`",
    note = "use `.eq(..)`, `.ne(..)` or `.in_(..)`"
)]
pub trait Comparable {
    /// Whether values are stored in chrono's own form of a time, `…05.5Z`, which does not sort: `…05Z` is after it.
    #[doc(hidden)]
    const IS_TIME: bool = false;
}

/// A type that is stored as text.
#[diagnostic::on_unimplemented(message = "`{Self}` is not text, so it has no prefixes", label = "not text")]
pub trait Text {}

/// A type that can contain a `W`: text a text, a set or a list an element.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot contain `{W}`",
    label = "no element of `{Self}`",
    note = "text contains text; a set or a list contains values of its element type"
)]
pub trait Container<W> {
    /// The element as it is stored.
    #[doc(hidden)]
    fn element(element: W) -> Result<AttributeValue, EncodeProblem>;
}

macro_rules! mark {
    ($marker:ident: $($type:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl $marker for $type {}
    )*};
}

mark!(Comparable: u8, u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize, f32, f64, String, char, Box<str>, ulid::Ulid);
mark!(Comparable: chrono::NaiveDate, chrono::NaiveDateTime, chrono::NaiveTime);

#[diagnostic::do_not_recommend]
impl Comparable for chrono::DateTime<chrono::Utc> {
    const IS_TIME: bool = true;
}
mark!(Text: String, Box<str>);

#[diagnostic::do_not_recommend]
impl<T> Comparable for crate::key::Id<T> {}
#[diagnostic::do_not_recommend]
impl<T> Text for crate::key::Id<T> {}

#[diagnostic::do_not_recommend]
impl<W: AsRef<str>> Container<W> for String {
    fn element(element: W) -> Result<AttributeValue, EncodeProblem> {
        Ok(AttributeValue::S(element.as_ref().to_owned()))
    }
}

macro_rules! containers {
    ($($type:ty where $($hash:ident)?),*) => {$(
        #[diagnostic::do_not_recommend]
        impl<V: Serialize, W: IntoValue<V> $(, $hash)?> Container<W> for $type {
            fn element(element: W) -> Result<AttributeValue, EncodeProblem> {
                encode_value(element.into_value())
            }
        }
    )*};
}

containers!(BTreeSet<V> where, HashSet<V, H> where H, Vec<V> where);

/// Why a condition's value cannot be sent.
#[derive(Debug, Clone, PartialEq)]
#[doc(hidden)]
pub struct Refused {
    pub(crate) path: String,
    pub(crate) problem: EncodeProblem,
}
