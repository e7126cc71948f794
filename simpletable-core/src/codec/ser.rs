//! Serde's data model as attribute values, with everything refused that DynamoDB would refuse.

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use serde::ser::{self, Impossible, Serialize};

use super::path::Path;
use crate::error::{EncodeProblem, Item};

/// Where values go, and so how deep and how large they may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// Attributes: 32 levels, 38 digits.
    Attributes,
    /// JSON inside `data`: 128 levels, any number that is finite.
    Json,
}

/// The longest name of an attribute or of a map's key, in bytes.
///
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-attributes>
const NAME_BYTES: usize = 65_535;

impl Form {
    /// How many lists and maps can be inside one another, the entity itself included: DynamoDB takes 31 in an attribute.
    ///
    /// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-attributes>
    fn depth(self) -> usize {
        match self {
            Self::Attributes => 32,
            Self::Json => crate::json::DEPTH as usize,
        }
    }
}

/// Why and where a value was refused.
pub(crate) type Error = super::path::At<EncodeProblem>;

impl ser::Error for Error {
    fn custom<T: std::fmt::Display>(_: T) -> Self {
        Self::new(EncodeProblem::Custom)
    }
}

/// The fields that `encode` writes through a serializer, which must be those of a struct.
pub(crate) fn fields(form: Form, encode: impl FnOnce(Value) -> Result<Option<AttributeValue>, Error>) -> Result<Item, Error> {
    match encode(Value { form, depth: 0 })? {
        Some(AttributeValue::M(fields)) => Ok(fields),
        _ => Err(Error::new(EncodeProblem::NotAStruct)),
    }
}

/// One value as an attribute, for conditions.
pub(crate) fn encode_value(encode: impl FnOnce(Value) -> Result<Option<AttributeValue>, Error>) -> Result<AttributeValue, EncodeProblem> {
    let value = encode(Value { form: Form::Attributes, depth: 1 }).map_err(|error| error.problem)?;
    Ok(value.unwrap_or(AttributeValue::Null(true)))
}

/// A map's key as it is stored.
pub(crate) fn encode_key<K: Serialize>(key: &K) -> Result<String, EncodeProblem> {
    let key = key.serialize(MapKey).map_err(|error| error.problem)?;
    if (1..=NAME_BYTES).contains(&key.len()) { Ok(key) } else { Err(EncodeProblem::MapKey) }
}

/// Serializes one value. `None` becomes `None`, so that the caller decides between absent and NULL.
#[derive(Clone, Copy)]
pub(crate) struct Value {
    form: Form,
    depth: usize,
}

impl Value {
    /// For what this value contains: one level down.
    fn inner(self) -> Result<Self, Error> {
        let depth = self.depth + 1;
        if depth > self.form.depth() { Err(Error::new(EncodeProblem::TooDeep)) } else { Ok(Self { depth, ..self }) }
    }

    fn contained<T: Serialize + ?Sized>(self, value: &T) -> Result<AttributeValue, Error> {
        Ok(value.serialize(self)?.unwrap_or(AttributeValue::Null(true)))
    }

    fn number(self, text: String) -> Answer {
        match self.form {
            Form::Attributes if !super::number::fits(&text) => Err(Error::new(EncodeProblem::NumberRange)),
            _ => Ok(Some(AttributeValue::N(text))),
        }
    }

    fn float(self, finite: bool, text: String) -> Answer {
        if finite { self.number(text) } else { Err(Error::new(EncodeProblem::NotFinite)) }
    }
}

type Answer = Result<Option<AttributeValue>, Error>;

macro_rules! integers {
    ($($method:ident: $type:ty),*) => {$(
        fn $method(self, value: $type) -> Answer {
            self.number(value.to_string())
        }
    )*};
}

impl ser::Serializer for Value {
    type Ok = Option<AttributeValue>;
    type Error = Error;
    type SerializeSeq = List;
    type SerializeTuple = List;
    type SerializeTupleStruct = List;
    type SerializeTupleVariant = List;
    type SerializeMap = Map;
    type SerializeStruct = Map;
    type SerializeStructVariant = Map;

    integers!(serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64, serialize_i128: i128);
    integers!(serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64, serialize_u128: u128);

    fn serialize_bool(self, value: bool) -> Answer {
        Ok(Some(AttributeValue::Bool(value)))
    }

    /// `{:?}` is the shortest text that reads back as the same float: `1.0`, `0.1`, `1e300`.
    fn serialize_f32(self, value: f32) -> Answer {
        self.float(value.is_finite(), format!("{value:?}"))
    }

    fn serialize_f64(self, value: f64) -> Answer {
        self.float(value.is_finite(), format!("{value:?}"))
    }

    fn serialize_char(self, value: char) -> Answer {
        Ok(Some(AttributeValue::S(value.to_string())))
    }

    fn serialize_str(self, value: &str) -> Answer {
        Ok(Some(AttributeValue::S(value.to_owned())))
    }

    fn serialize_bytes(self, value: &[u8]) -> Answer {
        if self.form == Form::Json && std::str::from_utf8(value).is_err() {
            // JSON will hold a list of numbers.
            self.inner()?;
        }
        Ok(Some(AttributeValue::B(Blob::new(value))))
    }

    fn serialize_none(self) -> Answer {
        Ok(None)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Answer {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Answer {
        Ok(Some(AttributeValue::Null(true)))
    }

    fn serialize_unit_struct(self, _: &'static str) -> Answer {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Answer {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Answer {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(self, _: &'static str, _: u32, variant: &'static str, value: &T) -> Answer {
        let value = self.inner()?.contained(value).map_err(|error| error.in_field(variant))?;
        Ok(Some(AttributeValue::M(Item::from([(variant.to_owned(), value)]))))
    }

    fn serialize_seq(self, length: Option<usize>) -> Result<List, Error> {
        Ok(List { inner: self.inner()?, values: Vec::with_capacity(length.unwrap_or_default().min(1024)), variant: None })
    }

    fn serialize_tuple(self, length: usize) -> Result<List, Error> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_struct(self, _: &'static str, length: usize) -> Result<List, Error> {
        self.serialize_seq(Some(length))
    }

    fn serialize_tuple_variant(self, _: &'static str, _: u32, variant: &'static str, length: usize) -> Result<List, Error> {
        Ok(List { variant: Some(variant), ..self.inner()?.serialize_seq(Some(length))? })
    }

    fn serialize_map(self, length: Option<usize>) -> Result<Map, Error> {
        let values = Item::with_capacity(length.unwrap_or_default().min(1024));
        Ok(Map { inner: self.inner()?, root: self.depth == 0, values, key: None, variant: None })
    }

    fn serialize_struct(self, _: &'static str, length: usize) -> Result<Map, Error> {
        self.serialize_map(Some(length))
    }

    fn serialize_struct_variant(self, _: &'static str, _: u32, variant: &'static str, length: usize) -> Result<Map, Error> {
        Ok(Map { variant: Some(variant), ..self.inner()?.serialize_map(Some(length))? })
    }
}

/// The value, or the map of one entry that stands for an enum's variant.
fn in_variant(variant: Option<&'static str>, value: AttributeValue) -> Option<AttributeValue> {
    Some(match variant {
        Some(variant) => AttributeValue::M(Item::from([(variant.to_owned(), value)])),
        None => value,
    })
}

pub(crate) struct List {
    inner: Value,
    values: Vec<AttributeValue>,
    variant: Option<&'static str>,
}

impl List {
    fn push<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        let value = self.inner.contained(value).map_err(|error| error.at_index(self.values.len()))?;
        self.values.push(value);
        Ok(())
    }

    fn finish(self) -> Answer {
        Ok(in_variant(self.variant, AttributeValue::L(self.values)))
    }
}

macro_rules! lists {
    ($($of:ident . $method:ident),*) => {$(
        impl ser::$of for List {
            type Ok = Option<AttributeValue>;
            type Error = Error;
            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
                self.push(value)
            }
            fn end(self) -> Answer {
                self.finish()
            }
        }
    )*};
}

lists!(
    SerializeSeq.serialize_element,
    SerializeTuple.serialize_element,
    SerializeTupleStruct.serialize_field,
    SerializeTupleVariant.serialize_field
);

pub(crate) struct Map {
    inner: Value,
    /// Whether this is the entity itself, whose `None`s are absent unless the form is JSON.
    root: bool,
    values: Item,
    key: Option<String>,
    variant: Option<&'static str>,
}

impl Map {
    fn insert<T: Serialize + ?Sized>(&mut self, key: String, value: &T, place: Path) -> Result<(), Error> {
        if self.inner.form == Form::Attributes && !(1..=NAME_BYTES).contains(&key.len()) {
            return Err(Error::new(EncodeProblem::MapKey).inside(place));
        }
        match value.serialize(self.inner).map_err(|error| error.inside(place))? {
            None if self.root && self.inner.form == Form::Attributes => {}
            value => {
                self.values.insert(key, value.unwrap_or(AttributeValue::Null(true)));
            }
        }
        Ok(())
    }

    fn finish(self) -> Answer {
        Ok(in_variant(self.variant, AttributeValue::M(self.values)))
    }
}

impl ser::SerializeMap for Map {
    type Ok = Option<AttributeValue>;
    type Error = Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        self.key = Some(key.serialize(MapKey).map_err(|error| error.inside(Path::Key))?);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        let key = self.key.take().ok_or_else(|| Error::new(EncodeProblem::Custom))?;
        self.insert(key, value, Path::Key)
    }

    fn end(self) -> Answer {
        self.finish()
    }
}

macro_rules! structs {
    ($($of:ident),*) => {$(
        impl ser::$of for Map {
            type Ok = Option<AttributeValue>;
            type Error = Error;
            fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Error> {
                self.insert(name.to_owned(), value, Path::Field(name))
            }
            fn end(self) -> Answer {
                self.finish()
            }
        }
    )*};
}

structs!(SerializeStruct, SerializeStructVariant);

/// A map's key: DynamoDB has strings only.
struct MapKey;

macro_rules! no_keys {
    ($($method:ident: $type:ty),*) => {$(
        fn $method(self, _: $type) -> Result<String, Error> {
            Err(Error::new(EncodeProblem::MapKey))
        }
    )*};
}

impl ser::Serializer for MapKey {
    type Ok = String;
    type Error = Error;
    type SerializeSeq = Impossible<String, Error>;
    type SerializeTuple = Impossible<String, Error>;
    type SerializeTupleStruct = Impossible<String, Error>;
    type SerializeTupleVariant = Impossible<String, Error>;
    type SerializeMap = Impossible<String, Error>;
    type SerializeStruct = Impossible<String, Error>;
    type SerializeStructVariant = Impossible<String, Error>;

    no_keys!(serialize_bool: bool, serialize_f32: f32, serialize_f64: f64, serialize_bytes: &[u8]);
    no_keys!(serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64, serialize_i128: i128);
    no_keys!(serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64, serialize_u128: u128);
    no_keys!(serialize_unit_struct: &'static str);

    fn serialize_str(self, value: &str) -> Result<String, Error> {
        Ok(value.to_owned())
    }

    fn serialize_char(self, value: char) -> Result<String, Error> {
        Ok(value.to_string())
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<String, Error> {
        Ok(variant.to_owned())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<String, Error> {
        value.serialize(self)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<String, Error> {
        value.serialize(self)
    }

    fn serialize_none(self) -> Result<String, Error> {
        Err(Error::new(EncodeProblem::MapKey))
    }

    fn serialize_unit(self) -> Result<String, Error> {
        Err(Error::new(EncodeProblem::MapKey))
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(self, _: &'static str, _: u32, _: &'static str, _: &T) -> Result<String, Error> {
        Err(Error::new(EncodeProblem::MapKey))
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Self::SerializeSeq, Error> {
        Err(Error::new(EncodeProblem::MapKey))
    }

    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, Error> {
        Err(Error::new(EncodeProblem::MapKey))
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeTupleStruct, Error> {
        Err(Error::new(EncodeProblem::MapKey))
    }

    fn serialize_tuple_variant(self, _: &'static str, _: u32, _: &'static str, _: usize) -> Result<Self::SerializeTupleVariant, Error> {
        Err(Error::new(EncodeProblem::MapKey))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, Error> {
        Err(Error::new(EncodeProblem::MapKey))
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeStruct, Error> {
        Err(Error::new(EncodeProblem::MapKey))
    }

    fn serialize_struct_variant(self, _: &'static str, _: u32, _: &'static str, _: usize) -> Result<Self::SerializeStructVariant, Error> {
        Err(Error::new(EncodeProblem::MapKey))
    }
}
