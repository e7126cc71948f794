use serde::de::{self, DeserializeSeed, Visitor};

use super::Error;
use super::name::Text;
use super::parts::place;
use super::value::Value;
use crate::codec::ser::Form;
use crate::error::DecodeProblem;
use crate::json::{Entry, Reader};

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
        Value { reader: &mut Reader::new(entry.value), form: self.form.into(), parts: 0 }.is_null().unwrap_or_default()
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
        let value = Value { reader: &mut reader, form: self.fields.form.into(), parts: entry.parts };
        seed.deserialize(value).map_err(|error| error.inside(place(self.known, entry.name.raw)))
    }
}
