//! Attribute values as serde's data model, with errors that say where and what, and hold no values.

use aws_sdk_dynamodb::types::AttributeValue;
use serde::de::{self, DeserializeSeed, IntoDeserializer, Unexpected, Visitor};

use super::number;
use super::path::Path;
use crate::error::{DecodeProblem, Item};

/// Why and where a value was refused.
pub(crate) type Error = super::path::At<DecodeProblem>;

impl de::Error for Error {
    fn custom<T: std::fmt::Display>(_: T) -> Self {
        Self::new(DecodeProblem::Custom)
    }

    fn invalid_type(found: Unexpected<'_>, _: &dyn de::Expected) -> Self {
        Self::new(DecodeProblem::Type { found: type_name(found) })
    }

    fn invalid_value(_: Unexpected<'_>, _: &dyn de::Expected) -> Self {
        Self::new(DecodeProblem::Value)
    }

    fn invalid_length(_: usize, _: &dyn de::Expected) -> Self {
        Self::new(DecodeProblem::Value)
    }

    fn unknown_variant(_: &str, _: &'static [&'static str]) -> Self {
        Self::new(DecodeProblem::Variant)
    }

    fn unknown_field(_: &str, _: &'static [&'static str]) -> Self {
        Self::new(DecodeProblem::Unknown)
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new(DecodeProblem::Missing).in_field(field)
    }
}

fn type_name(found: Unexpected<'_>) -> &'static str {
    match found {
        Unexpected::Bool(_) => "BOOL",
        Unexpected::Unsigned(_) | Unexpected::Signed(_) | Unexpected::Float(_) => "N",
        Unexpected::Bytes(_) => "B",
        Unexpected::Unit | Unexpected::Option => "NULL",
        Unexpected::Seq => "L",
        Unexpected::Map => "M",
        _ => "S",
    }
}

/// Deserializes one value, which it owns.
pub(crate) struct Value(pub(crate) AttributeValue);

/// The deserializer of a row's fields.
pub(crate) fn of_fields(fields: Item) -> Value {
    Value(AttributeValue::M(fields))
}

macro_rules! numbers {
    ($($method:ident as $type:ty => $visit:ident),*) => {
        numbers!($($method as $type => $visit where |_| true),*);
    };
    ($($method:ident as $type:ty => $visit:ident where $accept:expr),*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            match self.0 {
                AttributeValue::N(text) => match text.parse::<$type>().ok().filter($accept) {
                    Some(number) => visitor.$visit(number),
                    None => Err(Error::new(DecodeProblem::Value)),
                },
                other => Value(other).deserialize_any(visitor),
            }
        }
    )*};
}

impl<'de> de::Deserializer<'de> for Value {
    type Error = Error;

    numbers!(deserialize_i8 as i8 => visit_i8, deserialize_i16 as i16 => visit_i16, deserialize_i32 as i32 => visit_i32);
    numbers!(deserialize_i64 as i64 => visit_i64, deserialize_i128 as i128 => visit_i128);
    numbers!(deserialize_u8 as u8 => visit_u8, deserialize_u16 as u16 => visit_u16, deserialize_u32 as u32 => visit_u32);
    numbers!(deserialize_u64 as u64 => visit_u64, deserialize_u128 as u128 => visit_u128);
    // Rust reads a number beyond the type's range as infinite.
    numbers!(deserialize_f32 as f32 => visit_f32 where |float| float.is_finite());
    numbers!(deserialize_f64 as f64 => visit_f64 where |float| float.is_finite());

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            AttributeValue::S(text) => visitor.visit_string(text),
            AttributeValue::N(text) => any_number(&text, visitor),
            AttributeValue::Bool(value) => visitor.visit_bool(value),
            AttributeValue::B(bytes) => visitor.visit_byte_buf(bytes.into_inner()),
            AttributeValue::L(values) => visitor.visit_seq(List::new(values.into_iter())),
            AttributeValue::Ss(values) => visitor.visit_seq(List::new(values.into_iter().map(AttributeValue::S))),
            AttributeValue::Ns(values) => visitor.visit_seq(List::new(values.into_iter().map(AttributeValue::N))),
            AttributeValue::Bs(values) => visitor.visit_seq(List::new(values.into_iter().map(AttributeValue::B))),
            AttributeValue::M(values) => visitor.visit_map(Map::new(values, &[])),
            AttributeValue::Null(_) => visitor.visit_unit(),
            _ => Err(Error::new(DecodeProblem::Type { found: "an unknown type" })),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            AttributeValue::Null(_) => visitor.visit_none(),
            other => visitor.visit_some(Value(other)),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(self, _: &'static str, fields: &'static [&'static str], visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            AttributeValue::M(values) => visitor.visit_map(Map::new(values, fields)),
            other => Value(other).deserialize_any(visitor),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(self, _: &'static str, variants: &'static [&'static str], visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            AttributeValue::S(name) => visitor.visit_enum(Variant { name, value: None, variants }),
            AttributeValue::M(values) => match <[_; 1]>::try_from(values.into_iter().collect::<Vec<_>>()) {
                Ok([(name, value)]) => visitor.visit_enum(Variant { name, value: Some(value), variants }),
                Err(_) => Err(Error::new(DecodeProblem::Variant)),
            },
            other => Value(other).deserialize_any(visitor),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! {
        bool char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map identifier
    }
}

/// The narrowest of serde's number types that holds the number; its text, where none does without losing digits: a decimal of 28 digits
/// would be another one as a float, and types of decimals read text.
fn any_number<'de, V: Visitor<'de>>(text: &str, visitor: V) -> Result<V::Value, Error> {
    if let Ok(number) = text.parse::<u64>() {
        visitor.visit_u64(number)
    } else if let Ok(number) = text.parse::<i64>() {
        visitor.visit_i64(number)
    } else if let Ok(number) = text.parse::<u128>() {
        visitor.visit_u128(number)
    } else if let Ok(number) = text.parse::<i128>() {
        visitor.visit_i128(number)
    } else {
        let float = text.parse::<f64>().ok().filter(|float| float.is_finite()).ok_or_else(|| Error::new(DecodeProblem::Value))?;
        if number::is_equal(&format!("{float:?}"), text) { visitor.visit_f64(float) } else { visitor.visit_str(text) }
    }
}

impl IntoDeserializer<'_, Error> for Value {
    type Deserializer = Self;
    fn into_deserializer(self) -> Self {
        self
    }
}

struct List<I> {
    values: I,
    index: usize,
}

impl<I> List<I> {
    fn new(values: I) -> Self {
        Self { values, index: 0 }
    }
}

impl<'de, I: ExactSizeIterator<Item = AttributeValue>> de::SeqAccess<'de> for List<I> {
    type Error = Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        let Some(value) = self.values.next() else { return Ok(None) };
        let index = self.index;
        self.index += 1;
        seed.deserialize(Value(value)).map(Some).map_err(|error| error.at_index(index))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.values.len())
    }
}

struct Map {
    values: std::collections::hash_map::IntoIter<String, AttributeValue>,
    /// The names that the code knows; others are data.
    fields: &'static [&'static str],
    value: Option<(Path, AttributeValue)>,
}

impl Map {
    fn new(values: Item, fields: &'static [&'static str]) -> Self {
        Self { values: values.into_iter(), fields, value: None }
    }
}

impl<'de> de::MapAccess<'de> for Map {
    type Error = Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        let Some((key, value)) = self.values.next() else { return Ok(None) };
        let place = self.fields.iter().find(|field| **field == key).map_or(Path::Key, |field| Path::Field(field));
        self.value = Some((place, value));
        seed.deserialize(Value(AttributeValue::S(key))).map(Some).map_err(|error| error.inside(place))
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Error> {
        let (place, value) = self.value.take().ok_or_else(|| Error::new(DecodeProblem::Custom))?;
        seed.deserialize(Value(value)).map_err(|error| error.inside(place))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.values.len())
    }
}

struct Variant {
    name: String,
    value: Option<AttributeValue>,
    variants: &'static [&'static str],
}

impl<'de> de::EnumAccess<'de> for Variant {
    type Error = Error;
    type Variant = Content;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Content), Error> {
        let place = self.variants.iter().find(|variant| **variant == self.name).map_or(Path::Key, |variant| Path::Field(variant));
        let variant = seed.deserialize(Value(AttributeValue::S(self.name)))?;
        Ok((variant, Content { value: self.value, place }))
    }
}

/// What a variant holds.
struct Content {
    value: Option<AttributeValue>,
    place: Path,
}

impl Content {
    fn value(self) -> Result<(Value, Path), Error> {
        match self.value {
            Some(value) => Ok((Value(value), self.place)),
            None => Err(Error::new(DecodeProblem::Missing).inside(self.place)),
        }
    }
}

impl<'de> de::VariantAccess<'de> for Content {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        match self.value {
            None | Some(AttributeValue::Null(_)) => Ok(()),
            Some(_) => Err(Error::new(DecodeProblem::Value).inside(self.place)),
        }
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Error> {
        let (value, place) = self.value()?;
        seed.deserialize(value).map_err(|error| error.inside(place))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        let (value, place) = self.value()?;
        de::Deserializer::deserialize_seq(value, visitor).map_err(|error| error.inside(place))
    }

    fn struct_variant<V: Visitor<'de>>(self, fields: &'static [&'static str], visitor: V) -> Result<V::Value, Error> {
        let (value, place) = self.value()?;
        de::Deserializer::deserialize_struct(value, "", fields, visitor).map_err(|error| error.inside(place))
    }
}
