//! Serde's data model as text, in DynamoDB's form or as plain JSON, with everything refused that DynamoDB would refuse.

use std::fmt::{self, Write};
use std::ops::Range;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::ser::{self, Serialize};
use smallvec::SmallVec;

use super::container::{List, Map};
use super::map_key::MapKey;
use super::number;
use crate::error::EncodeProblem;
use crate::json::{read_value, write_base64, write_name, write_text};
use crate::schema::FieldDef;

/// Where values go, and so how they are written, and how deep and how large they may be.
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
pub(super) const NAME_BYTES: usize = 65_535;

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

    /// Writes a value, which `write` writes as plain JSON.
    fn tagged(self, out: &mut String, tag: &str, write: impl FnOnce(&mut String)) {
        self.open(out, tag);
        write(out);
        self.close(out);
    }

    /// Opens a value: its type, where it needs one.
    fn open(self, out: &mut String, tag: &str) {
        if self == Self::Attributes {
            out.push_str("{\"");
            out.push_str(tag);
            out.push_str("\":");
        }
    }

    pub(super) fn close(self, out: &mut String) {
        if self == Self::Attributes {
            out.push('}');
        }
    }

    pub(super) fn null(self, out: &mut String) {
        out.push_str(if self == Self::Attributes { "{\"NULL\":true}" } else { "null" });
    }

    /// Opens the map of one entry that stands for an enum's variant.
    fn open_variant(self, out: &mut String, variant: &str) {
        self.open(out, "M");
        out.push('{');
        write_name(out, variant);
    }

    pub(super) fn close_variant(self, out: &mut String) {
        out.push('}');
        self.close(out);
    }
}

/// Why and where a value was refused.
pub(crate) type Error = super::path::At<EncodeProblem>;

impl ser::Error for Error {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self::new(EncodeProblem::Custom)
    }
}

/// The sets among the fields of an entity: their names, and where in the text they are.
pub(crate) type Sets = SmallVec<[(&'static str, Range<usize>); 2]>;

/// What is known of the entity itself while its fields are written.
pub(crate) struct Root {
    pub(super) fields: &'static [FieldDef],
    pub(super) sets: Sets,
}

/// Writes the fields that `encode` serializes, which must be those of a struct, as members of an object that `out` has begun. Those of
/// `fields` that are sets become sets, and are what is returned; empty ones are absent.
pub(crate) fn write_fields(
    out: &mut String,
    form: Form,
    fields: &'static [FieldDef],
    encode: impl FnOnce(Value<'_>) -> Answer,
) -> Result<Sets, Error> {
    let mut root = Root { fields, sets: Sets::new() };
    match encode(Value { out, form, depth: 0, root: Some(&mut root) })? {
        Written::Fields => Ok(root.sets),
        Written::Nothing | Written::Value => Err(Error::new(EncodeProblem::NotAStruct)),
    }
}

/// One value as an attribute, for conditions.
pub(crate) fn encode_value(encode: impl FnOnce(Value<'_>) -> Answer) -> Result<AttributeValue, EncodeProblem> {
    let mut out = String::new();
    let value = Value { out: &mut out, form: Form::Attributes, depth: 1, root: None };
    match encode(value).map_err(|error| error.problem)? {
        Written::Nothing => Ok(AttributeValue::Null(true)),
        Written::Value | Written::Fields => Ok(read_back(&out)),
    }
}

pub(super) fn read_back(text: &str) -> AttributeValue {
    read_value(text).unwrap_or_else(|_| unreachable!("it was written as a value of DynamoDB's"))
}

/// A map's key as it is stored.
pub(crate) fn encode_key<K: Serialize>(key: &K) -> Result<String, EncodeProblem> {
    let key = key.serialize(MapKey(str::to_owned)).map_err(|error| error.problem)?;
    if (1..=NAME_BYTES).contains(&key.len()) { Ok(key) } else { Err(EncodeProblem::MapKey) }
}

/// What became of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Written {
    /// It is `None`, and the caller decides between absent and NULL.
    Nothing,
    /// It is behind what was there.
    Value,
    /// It is the entity itself, whose members are behind what was there.
    Fields,
}

pub(super) type Answer = Result<Written, Error>;

/// Serializes one value behind what is there. After an error, what is there is of no use.
pub(crate) struct Value<'a> {
    pub(super) out: &'a mut String,
    pub(super) form: Form,
    pub(super) depth: usize,
    /// Where this is the entity itself.
    pub(super) root: Option<&'a mut Root>,
}

impl<'a> Value<'a> {
    /// For what this value contains: one level down.
    fn inner(self) -> Result<Self, Error> {
        let depth = self.depth + 1;
        if depth > self.form.depth() { Err(Error::new(EncodeProblem::TooDeep)) } else { Ok(Self { depth, ..self }) }
    }

    fn tagged(self, tag: &str, write: impl FnOnce(&mut String)) -> Answer {
        self.form.tagged(self.out, tag, write);
        Ok(Written::Value)
    }

    fn number(self, digits: fmt::Arguments<'_>) -> Answer {
        let Self { out, form, .. } = self;
        form.open(out, "N");
        let quote = if form == Form::Attributes { "\"" } else { "" };
        out.push_str(quote);
        let begin = out.len();
        // Writing to a `String` does not fail.
        let _ = out.write_fmt(digits);
        // It may have more digits than DynamoDB can hold, or be too large or too small.
        if form == Form::Attributes && !number::fits(&out[begin..]) {
            return Err(Error::new(EncodeProblem::NumberRange));
        }
        out.push_str(quote);
        form.close(out);
        Ok(Written::Value)
    }

    /// `{:?}` is the shortest text that reads back as the same float: `1.0`, `0.1`, `1e300`.
    fn float(self, finite: bool, digits: fmt::Arguments<'_>) -> Answer {
        if finite { self.number(digits) } else { Err(Error::new(EncodeProblem::NotFinite)) }
    }

    fn bytes(self, bytes: &[u8]) -> Answer {
        match (self.form, std::str::from_utf8(bytes)) {
            (Form::Attributes, _) => self.tagged("B", |out| write_base64(out, bytes)),
            // Bytes are text, as pydantic has them; where they are none, a list of numbers, as serde_json has them.
            (Form::Json, Ok(text)) => self.serialize_text(text),
            (Form::Json, Err(_)) => bytes.serialize(self),
        }
    }

    fn serialize_text(self, text: &str) -> Answer {
        self.tagged("S", |out| write_text(out, text))
    }

    fn list(self, variant: Option<&'static str>) -> Result<List<'a>, Error> {
        let mut inner = self.inner()?;
        if let Some(variant) = variant {
            inner.form.open_variant(inner.out, variant);
            inner = inner.inner()?;
        }
        inner.form.open(inner.out, "L");
        inner.out.push('[');
        Ok(List { out: inner.out, form: inner.form, depth: inner.depth, length: 0, in_variant: variant.is_some() })
    }

    fn map(self, variant: Option<&'static str>) -> Result<Map<'a>, Error> {
        let mut inner = self.inner()?;
        let root = inner.root.take().filter(|_| variant.is_none());
        if let Some(variant) = variant {
            inner.form.open_variant(inner.out, variant);
            inner = inner.inner()?;
        }
        if root.is_none() {
            inner.form.open(inner.out, "M");
            inner.out.push('{');
        }
        let Value { out, form, depth, .. } = inner;
        Ok(Map { out, form, depth, root, entries: SmallVec::new(), in_variant: variant.is_some() })
    }
}

macro_rules! integers {
    ($($method:ident: $type:ty),*) => {$(
        fn $method(self, value: $type) -> Answer {
            self.number(format_args!("{value}"))
        }
    )*};
}

impl<'a> ser::Serializer for Value<'a> {
    type Ok = Written;
    type Error = Error;
    type SerializeSeq = List<'a>;
    type SerializeTuple = List<'a>;
    type SerializeTupleStruct = List<'a>;
    type SerializeTupleVariant = List<'a>;
    type SerializeMap = Map<'a>;
    type SerializeStruct = Map<'a>;
    type SerializeStructVariant = Map<'a>;

    integers!(serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64, serialize_i128: i128);
    integers!(serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64, serialize_u128: u128);

    fn serialize_bool(self, value: bool) -> Answer {
        self.tagged("BOOL", |out| out.push_str(if value { "true" } else { "false" }))
    }

    fn serialize_f32(self, value: f32) -> Answer {
        self.float(value.is_finite(), format_args!("{value:?}"))
    }

    fn serialize_f64(self, value: f64) -> Answer {
        self.float(value.is_finite(), format_args!("{value:?}"))
    }

    fn serialize_char(self, value: char) -> Answer {
        self.serialize_text(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Answer {
        self.serialize_text(value)
    }

    fn serialize_bytes(self, value: &[u8]) -> Answer {
        self.bytes(value)
    }

    fn serialize_none(self) -> Answer {
        Ok(Written::Nothing)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Answer {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Answer {
        self.form.null(self.out);
        Ok(Written::Value)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Answer {
        self.serialize_unit()
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Answer {
        self.serialize_text(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Answer {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(self, _: &'static str, _: u32, variant: &'static str, value: &T) -> Answer {
        let Value { out, form, depth, .. } = self.inner()?;
        form.open_variant(out, variant);
        let written = value.serialize(Value { out: &mut *out, form, depth, root: None }).map_err(|error| error.in_field(variant))?;
        if written == Written::Nothing {
            form.null(out);
        }
        form.close_variant(out);
        Ok(Written::Value)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<List<'a>, Error> {
        self.list(None)
    }

    fn serialize_tuple(self, _: usize) -> Result<List<'a>, Error> {
        self.list(None)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<List<'a>, Error> {
        self.list(None)
    }

    fn serialize_tuple_variant(self, _: &'static str, _: u32, variant: &'static str, _: usize) -> Result<List<'a>, Error> {
        self.list(Some(variant))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Map<'a>, Error> {
        self.map(None)
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Map<'a>, Error> {
        self.map(None)
    }

    fn serialize_struct_variant(self, _: &'static str, _: u32, variant: &'static str, _: usize) -> Result<Map<'a>, Error> {
        self.map(Some(variant))
    }
}
