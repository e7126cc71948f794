//! DynamoDB's form of a value: an object of one member, whose name is the type.

use std::borrow::Cow;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::reader::{DEPTH, Reader, Refused};
use crate::error::Item;

/// The type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tag {
    S,
    N,
    B,
    Bool,
    Null,
    L,
    M,
    Ss,
    Ns,
    Bs,
}

impl Tag {
    fn of(name: &str) -> Result<Self, Refused> {
        Ok(match name {
            "S" => Self::S,
            "N" => Self::N,
            "B" => Self::B,
            "BOOL" => Self::Bool,
            "NULL" => Self::Null,
            "L" => Self::L,
            "M" => Self::M,
            "SS" => Self::Ss,
            "NS" => Self::Ns,
            "BS" => Self::Bs,
            _ => return Err(Refused::Syntax),
        })
    }

    /// Opens a value: what its type is. The reader stands before what it holds, and [`close`](Self::close) belongs behind that.
    #[inline]
    pub(crate) fn open(reader: &mut Reader<'_>) -> Result<Self, Refused> {
        // As DynamoDB writes most of them.
        let tag = match reader.rest() {
            [b'{', b'"', b'S', b'"', b':', ..] => Self::S,
            [b'{', b'"', b'N', b'"', b':', ..] => Self::N,
            [b'{', b'"', b'M', b'"', b':', ..] => Self::M,
            [b'{', b'"', b'L', b'"', b':', ..] => Self::L,
            [b'{', b'"', b'B', b'"', b':', ..] => Self::B,
            _ => return Self::open_any(reader),
        };
        reader.advance(5);
        Ok(tag)
    }

    fn open_any(reader: &mut Reader<'_>) -> Result<Self, Refused> {
        reader.expect(b'{')?;
        Self::of(reader.name()?.raw)
    }

    /// Whether a value is NULL.
    #[inline]
    pub(crate) fn is_null(reader: &Reader<'_>) -> Result<bool, Refused> {
        match reader.rest() {
            // Mostly it is another, as DynamoDB writes it.
            [b'{', b'"', b'A'..=b'M' | b'O'..=b'Z', ..] | [b'{', b'"', b'N', b'"' | b'S', ..] => Ok(false),
            _ => Ok(Self::open(&mut reader.clone())? == Self::Null),
        }
    }

    /// Closes a value: it has one member.
    #[inline]
    pub(crate) fn close(reader: &mut Reader<'_>) -> Result<(), Refused> {
        reader.expect(b'}')
    }
}

/// A value without parts.
#[derive(Debug)]
pub(crate) enum Content<'a> {
    S(Cow<'a, str>),
    N(Cow<'a, str>),
    B(Vec<u8>),
    Bool(bool),
    Null,
}

impl<'a> Content<'a> {
    /// Reads what a value of this type holds; `None` where it has parts, of which nothing is read.
    #[inline]
    pub(crate) fn read(reader: &mut Reader<'a>, tag: Tag) -> Result<Option<Self>, Refused> {
        Ok(Some(match tag {
            Tag::S => Self::S(reader.string()?),
            Tag::N => Self::N(reader.string()?),
            Tag::B => Self::B(bytes(&reader.string()?)?),
            Tag::Bool => Self::Bool(read_bool(reader)?),
            Tag::Null => {
                read_bool(reader)?;
                Self::Null
            }
            Tag::L | Tag::M | Tag::Ss | Tag::Ns | Tag::Bs => return Ok(None),
        }))
    }
}

pub(crate) fn read_bool(reader: &mut Reader<'_>) -> Result<bool, Refused> {
    let value = reader.peek() == Some(b't');
    reader.word(if value { "true" } else { "false" })?;
    Ok(value)
}

/// What base64 stands for.
fn bytes(text: &str) -> Result<Vec<u8>, Refused> {
    STANDARD.decode(text).map_err(|_| Refused::Syntax)
}

/// Appends what base64 stands for.
pub(crate) fn decode_base64(text: &str, bytes: &mut Vec<u8>) -> Result<(), Refused> {
    STANDARD.decode_vec(text, bytes).map_err(|_| Refused::Syntax)
}

/// A value in the SDK's type.
pub(crate) fn read_value(text: &str) -> Result<AttributeValue, Refused> {
    let mut reader = Reader::new(text);
    let value = value(&mut reader, 0)?;
    reader.end()?;
    Ok(value)
}

/// An item in the SDK's type.
pub(crate) fn read_item(text: &str) -> Result<Item, Refused> {
    let mut reader = Reader::new(text);
    let item = item(&mut reader, 0)?;
    reader.end()?;
    Ok(item)
}

pub(crate) fn item(reader: &mut Reader<'_>, depth: u32) -> Result<Item, Refused> {
    let mut item = Item::new();
    reader.members(|reader, name| {
        item.insert(name.text()?.into_owned(), value(reader, depth)?);
        Ok(())
    })?;
    Ok(item)
}

fn value(reader: &mut Reader<'_>, depth: u32) -> Result<AttributeValue, Refused> {
    if depth * 2 >= DEPTH {
        return Err(Refused::TooDeep);
    }
    let tag = Tag::open(reader)?;
    let value = match Content::read(reader, tag)? {
        Some(Content::S(text)) => AttributeValue::S(text.into_owned()),
        Some(Content::N(text)) => AttributeValue::N(text.into_owned()),
        Some(Content::B(bytes)) => AttributeValue::B(Blob::new(bytes)),
        Some(Content::Bool(value)) => AttributeValue::Bool(value),
        Some(Content::Null) => AttributeValue::Null(true),
        None => match tag {
            Tag::L => AttributeValue::L(list(reader, |reader| value(reader, depth + 1))?),
            Tag::Ss => AttributeValue::Ss(list(reader, |reader| reader.string().map(Cow::into_owned))?),
            Tag::Ns => AttributeValue::Ns(list(reader, |reader| reader.string().map(Cow::into_owned))?),
            Tag::Bs => AttributeValue::Bs(list(reader, |reader| bytes(&reader.string()?).map(Blob::new))?),
            _ => AttributeValue::M(item(reader, depth + 1)?),
        },
    };
    Tag::close(reader)?;
    Ok(value)
}

fn list<'a, T>(reader: &mut Reader<'a>, mut element: impl FnMut(&mut Reader<'a>) -> Result<T, Refused>) -> Result<Vec<T>, Refused> {
    let mut values = Vec::new();
    reader.elements(|reader| {
        values.push(element(reader)?);
        Ok(())
    })?;
    Ok(values)
}
