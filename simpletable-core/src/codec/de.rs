//! The text of values as serde's data model, with errors that say where and what, and hold no values. What has no escapes is borrowed.

use std::borrow::Cow;

use serde::de::{self, DeserializeSeed, Unexpected, Visitor};

use super::number;
use super::path::Path;
use super::ser::Form;
use crate::error::DecodeProblem;
use crate::json::{Content, Entry, Quoted, Reader, Refused, Tag, read_bool};

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

impl From<Refused> for Error {
    fn from(refused: Refused) -> Self {
        Self::new(match refused {
            Refused::Syntax => DecodeProblem::Value,
            Refused::TooDeep => DecodeProblem::TooLarge,
        })
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

/// How a value is written.
#[derive(Clone, Copy)]
enum As {
    /// In DynamoDB's form.
    Attribute,
    /// As plain JSON.
    Json,
    /// As a member of a set, whose type the set has said.
    Member(Tag),
}

impl From<Form> for As {
    fn from(form: Form) -> Self {
        match form {
            Form::Attributes => Self::Attribute,
            Form::Json => Self::Json,
        }
    }
}

/// Deserializes the value that a reader stands before, and moves past it.
struct Value<'a, 'de> {
    reader: &'a mut Reader<'de>,
    form: As,
}

impl<'a, 'de> Value<'a, 'de> {
    /// Moves to what the value holds.
    fn open(&mut self) -> Result<Tag, Error> {
        Ok(match self.form {
            As::Attribute => Tag::open(self.reader)?,
            As::Member(tag) => tag,
            As::Json => match self.reader.peek() {
                Some(b'"') => Tag::S,
                Some(b'{') => Tag::M,
                Some(b'[') => Tag::L,
                Some(b't' | b'f') => Tag::Bool,
                Some(b'n') => Tag::Null,
                _ => Tag::N,
            },
        })
    }

    fn close(self) -> Result<(), Error> {
        if matches!(self.form, As::Attribute) {
            Tag::close(self.reader)?;
        }
        Ok(())
    }

    /// Whether it is NULL.
    fn is_null(&mut self) -> Result<bool, Error> {
        match self.form {
            As::Attribute => Ok(Tag::open(&mut self.reader.clone())? == Tag::Null),
            As::Json => Ok(self.reader.peek() == Some(b'n')),
            As::Member(_) => Ok(false),
        }
    }

    /// Past it, whatever it is.
    fn skip(self) -> Result<(), Error> {
        self.reader.skip()?;
        Ok(())
    }

    fn number(&mut self) -> Result<Cow<'de, str>, Error> {
        Ok(match self.form {
            As::Json => Cow::Borrowed(self.reader.number()?),
            As::Attribute | As::Member(_) => self.reader.string()?,
        })
    }

    /// What an opened value is to a type that asks for nothing in particular.
    fn any<V: Visitor<'de>>(mut self, tag: Tag, visitor: V) -> Result<V::Value, Error> {
        let value = match tag {
            Tag::S => visit_text(self.reader.string()?, visitor)?,
            Tag::N => any_number(&self.number()?, visitor)?,
            Tag::Bool => visitor.visit_bool::<Error>(read_bool(self.reader)?)?,
            Tag::Null => {
                self.null()?;
                visitor.visit_unit::<Error>()?
            }
            Tag::B => match Content::read(self.reader, tag) {
                Ok(Some(Content::B(bytes))) => visitor.visit_byte_buf::<Error>(bytes)?,
                // Base64 that is none.
                _ => return Err(Error::new(DecodeProblem::Value)),
            },
            Tag::L => self.list(self.form, visitor)?,
            Tag::Ss => self.list(As::Member(Tag::S), visitor)?,
            Tag::Ns => self.list(As::Member(Tag::N), visitor)?,
            Tag::Bs => self.list(As::Member(Tag::B), visitor)?,
            Tag::M => self.map(&[], visitor)?,
        };
        self.close()?;
        Ok(value)
    }

    fn null(&mut self) -> Result<(), Error> {
        match self.form {
            As::Attribute => drop(read_bool(self.reader)?),
            As::Json | As::Member(_) => self.reader.word("null")?,
        }
        Ok(())
    }

    fn list<V: Visitor<'de>>(&mut self, form: As, visitor: V) -> Result<V::Value, Error> {
        self.reader.expect(b'[')?;
        let mut list = List { reader: self.reader, form, first: true, ended: false, index: 0 };
        let value = visitor.visit_seq(&mut list)?;
        // A tuple takes only so many.
        while !list.ended && list.more()? {
            list.reader.skip()?;
        }
        Ok(value)
    }

    fn map<V: Visitor<'de>>(&mut self, fields: &'static [&'static str], visitor: V) -> Result<V::Value, Error> {
        self.reader.expect(b'{')?;
        let mut map = Map { reader: self.reader, form: self.form, first: true, ended: false, fields, name: None };
        let value = visitor.visit_map(&mut map)?;
        while !map.ended && map.more()? {
            map.reader.name()?;
            map.reader.skip()?;
        }
        Ok(value)
    }
}

/// Gives a visitor a text, borrowed where it can be.
fn visit_text<'de, V: Visitor<'de>>(text: Cow<'de, str>, visitor: V) -> Result<V::Value, Error> {
    match text {
        Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
        Cow::Owned(text) => visitor.visit_string(text),
    }
}

macro_rules! numbers {
    ($($method:ident as $type:ty => $visit:ident),*) => {
        numbers!($($method as $type => $visit where |_| true),*);
    };
    ($($method:ident as $type:ty => $visit:ident where $accept:expr),*) => {$(
        fn $method<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Error> {
            match self.open()? {
                Tag::N => {
                    let value = match self.number()?.parse::<$type>().ok().filter($accept) {
                        Some(number) => visitor.$visit::<Error>(number)?,
                        None => return Err(Error::new(DecodeProblem::Value)),
                    };
                    self.close()?;
                    Ok(value)
                }
                tag => self.any(tag, visitor),
            }
        }
    )*};
}

impl<'de> de::Deserializer<'de> for Value<'_, 'de> {
    type Error = Error;

    numbers!(deserialize_i8 as i8 => visit_i8, deserialize_i16 as i16 => visit_i16, deserialize_i32 as i32 => visit_i32);
    numbers!(deserialize_i64 as i64 => visit_i64, deserialize_i128 as i128 => visit_i128);
    numbers!(deserialize_u8 as u8 => visit_u8, deserialize_u16 as u16 => visit_u16, deserialize_u32 as u32 => visit_u32);
    numbers!(deserialize_u64 as u64 => visit_u64, deserialize_u128 as u128 => visit_u128);
    // Rust reads a number beyond the type's range as infinite.
    numbers!(deserialize_f32 as f32 => visit_f32 where |float| float.is_finite());
    numbers!(deserialize_f64 as f64 => visit_f64 where |float| float.is_finite());

    fn deserialize_any<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Error> {
        let tag = self.open()?;
        self.any(tag, visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(mut self, visitor: V) -> Result<V::Value, Error> {
        if self.is_null()? {
            self.skip()?;
            visitor.visit_none()
        } else {
            visitor.visit_some(self)
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        mut self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self.open()? {
            Tag::M => {
                let value = self.map(fields, visitor)?;
                self.close()?;
                Ok(value)
            }
            tag => self.any(tag, visitor),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        mut self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let value = match self.open()? {
            Tag::S => {
                let name = self.reader.string()?;
                visitor.visit_enum(Variant { name, variants, value: None })?
            }
            Tag::M => {
                self.reader.expect(b'{')?;
                // The variant is the only member.
                let one = || Error::new(DecodeProblem::Variant);
                let name = self.reader.name().map_err(|_| one())?.text()?;
                let value = Some(Value { reader: self.reader, form: self.form });
                let value = visitor.visit_enum(Variant { name, variants, value })?;
                self.reader.expect(b'}').map_err(|_| one())?;
                value
            }
            tag => return self.any(tag, visitor),
        };
        self.close()?;
        Ok(value)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.skip()?;
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

/// A name: a map's key, or a variant's.
struct Text<'de>(Cow<'de, str>);

impl<'de> de::Deserializer<'de> for Text<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visit_text(self.0, visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(self, _: &'static str, variants: &'static [&'static str], visitor: V) -> Result<V::Value, Error> {
        visitor.visit_enum(Variant { name: self.0, variants, value: None })
    }

    serde::forward_to_deserialize_any! {
        i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 bool char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map
        struct identifier ignored_any
    }
}

struct List<'a, 'de> {
    reader: &'a mut Reader<'de>,
    form: As,
    first: bool,
    ended: bool,
    index: usize,
}

impl List<'_, '_> {
    fn more(&mut self) -> Result<bool, Error> {
        self.ended = !self.reader.more(b']', &mut self.first)?;
        Ok(!self.ended)
    }
}

impl<'de> de::SeqAccess<'de> for &mut List<'_, 'de> {
    type Error = Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        if self.ended || !self.more()? {
            return Ok(None);
        }
        let index = self.index;
        self.index += 1;
        let value = Value { reader: self.reader, form: self.form };
        seed.deserialize(value).map(Some).map_err(|error| error.at_index(index))
    }
}

struct Map<'a, 'de> {
    reader: &'a mut Reader<'de>,
    form: As,
    first: bool,
    ended: bool,
    /// The names that the code knows; others are data.
    fields: &'static [&'static str],
    name: Option<Quoted<'de>>,
}

/// The step to a member, for an error.
fn place(fields: &'static [&'static str], name: &str) -> Path {
    fields.iter().find(|field| **field == name).map_or(Path::Key, |field| Path::Field(field))
}

impl Map<'_, '_> {
    fn more(&mut self) -> Result<bool, Error> {
        self.ended = !self.reader.more(b'}', &mut self.first)?;
        Ok(!self.ended)
    }
}

impl<'de> de::MapAccess<'de> for &mut Map<'_, 'de> {
    type Error = Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        if self.ended || !self.more()? {
            return Ok(None);
        }
        let name = self.reader.name()?;
        self.name = Some(name);
        seed.deserialize(Text(name.text()?)).map(Some).map_err(|error| error.inside(place(self.fields, name.raw)))
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Error> {
        let name = self.name.take().ok_or_else(|| Error::new(DecodeProblem::Custom))?;
        let value = Value { reader: self.reader, form: self.form };
        seed.deserialize(value).map_err(|error| error.inside(place(self.fields, name.raw)))
    }
}

struct Variant<'a, 'de> {
    name: Cow<'de, str>,
    variants: &'static [&'static str],
    value: Option<Value<'a, 'de>>,
}

impl<'a, 'de> de::EnumAccess<'de> for Variant<'a, 'de> {
    type Error = Error;
    type Variant = Held<'a, 'de>;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Held<'a, 'de>), Error> {
        let place = place(self.variants, &self.name);
        let variant = seed.deserialize(Text(self.name))?;
        Ok((variant, Held { value: self.value, place }))
    }
}

/// What a variant holds.
struct Held<'a, 'de> {
    value: Option<Value<'a, 'de>>,
    place: Path,
}

impl<'a, 'de> Held<'a, 'de> {
    fn value(self) -> Result<(Value<'a, 'de>, Path), Error> {
        match self.value {
            Some(value) => Ok((value, self.place)),
            None => Err(Error::new(DecodeProblem::Missing).inside(self.place)),
        }
    }
}

impl<'de> de::VariantAccess<'de> for Held<'_, 'de> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        let place = self.place;
        let Some(mut value) = self.value else { return Ok(()) };
        if value.is_null()? { value.skip() } else { Err(Error::new(DecodeProblem::Value).inside(place)) }
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

/// Deserializes a row's fields.
#[derive(Clone, Copy)]
pub(crate) struct Fields<'a, 'de> {
    pub(crate) entries: &'a [Entry<'de>],
    pub(crate) form: Form,
    /// Whether those that are NULL are given too.
    pub(crate) nulls: bool,
}

impl<'de> Fields<'_, 'de> {
    fn is_null(&self, entry: &Entry<'de>) -> bool {
        Value { reader: &mut Reader::new(entry.value), form: self.form.into() }.is_null().unwrap_or_default()
    }

    pub(crate) fn has_nulls(&self) -> bool {
        self.entries.iter().any(|entry| self.is_null(entry))
    }
}

impl<'de> de::Deserializer<'de> for Fields<'_, 'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_map(Members { fields: self, known: &[], at: 0 })
    }

    fn deserialize_struct<V: Visitor<'de>>(self, _: &'static str, known: &'static [&'static str], visitor: V) -> Result<V::Value, Error> {
        visitor.visit_map(Members { fields: self, known, at: 0 })
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! {
        i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 bool char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map
        enum identifier
    }
}

struct Members<'a, 'de> {
    fields: Fields<'a, 'de>,
    known: &'static [&'static str],
    /// Behind the member whose name was given last.
    at: usize,
}

impl<'de> de::MapAccess<'de> for Members<'_, 'de> {
    type Error = Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        while let Some(entry) = self.fields.entries.get(self.at) {
            self.at += 1;
            if !self.fields.nulls && self.fields.is_null(entry) {
                continue;
            }
            return seed.deserialize(Text(entry.name.text()?)).map(Some);
        }
        Ok(None)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Error> {
        let entry = self.at.checked_sub(1).and_then(|at| self.fields.entries.get(at)).ok_or_else(|| Error::new(DecodeProblem::Custom))?;
        let mut reader = Reader::new(entry.value);
        let value = Value { reader: &mut reader, form: self.fields.form.into() };
        seed.deserialize(value).map_err(|error| error.inside(place(self.known, entry.name.raw)))
    }
}
