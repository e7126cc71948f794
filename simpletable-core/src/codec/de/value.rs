use std::borrow::Cow;

use serde::de::{self, Visitor};

use super::Error;
use super::name::visit_text;
use super::parts::{List, Map};
use super::variant::Variant;
use crate::codec::number;
use crate::codec::ser::Form;
use crate::error::DecodeProblem;
use crate::json::{Content, Reader, Tag, read_bool};

/// How a value is written.
#[derive(Clone, Copy)]
pub(super) enum As {
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
pub(super) struct Value<'a, 'de> {
    pub(super) reader: &'a mut Reader<'de>,
    pub(super) form: As,
    /// How many elements or members it has, where that is known.
    pub(super) parts: u32,
}

impl<'a, 'de> Value<'a, 'de> {
    /// Moves to what the value holds.
    #[inline]
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

    #[inline]
    fn close(self) -> Result<(), Error> {
        if matches!(self.form, As::Attribute) {
            Tag::close(self.reader)?;
        }
        Ok(())
    }

    /// Whether it is NULL.
    #[inline]
    pub(super) fn is_null(&mut self) -> Result<bool, Error> {
        match self.form {
            As::Attribute => Ok(Tag::is_null(self.reader)?),
            As::Json => Ok(self.reader.peek() == Some(b'n')),
            As::Member(_) => Ok(false),
        }
    }

    /// Past it, whatever it is.
    pub(super) fn skip(self) -> Result<(), Error> {
        self.reader.skip()?;
        Ok(())
    }

    #[inline]
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
        let mut list = List { reader: self.reader, form, first: true, ended: false, index: 0, parts: self.parts };
        let value = visitor.visit_seq(&mut list)?;
        // A tuple takes only so many.
        while !list.ended && list.more()? {
            list.reader.skip()?;
        }
        Ok(value)
    }

    fn map<V: Visitor<'de>>(&mut self, fields: &'static [&'static str], visitor: V) -> Result<V::Value, Error> {
        self.reader.expect(b'{')?;
        let mut map = Map { reader: self.reader, form: self.form, first: true, ended: false, parts: self.parts, fields, name: None };
        let value = visitor.visit_map(&mut map)?;
        while !map.ended && map.more()? {
            map.reader.name()?;
            map.reader.skip()?;
        }
        Ok(value)
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
                let value = Some(Value { reader: self.reader, form: self.form, parts: 0 });
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
