use serde::de::{self, DeserializeSeed};

use super::Error;
use super::name::Text;
use super::value::{As, Value};
use crate::codec::path::Path;
use crate::error::DecodeProblem;
use crate::json::{Quoted, Reader};

/// The elements of a list, or the members of a set.
pub(super) struct List<'a, 'de> {
    pub(super) reader: &'a mut Reader<'de>,
    pub(super) form: As,
    pub(super) first: bool,
    pub(super) ended: bool,
    pub(super) index: usize,
    /// How many there are, where that is known.
    pub(super) parts: u32,
}

impl List<'_, '_> {
    pub(super) fn more(&mut self) -> Result<bool, Error> {
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
        let value = Value { reader: self.reader, form: self.form, parts: 0 };
        seed.deserialize(value).map(Some).map_err(|error| error.at_index(index))
    }

    fn size_hint(&self) -> Option<usize> {
        (self.parts > 0).then(|| (self.parts as usize).saturating_sub(self.index))
    }
}

/// The members of a map.
pub(super) struct Map<'a, 'de> {
    pub(super) reader: &'a mut Reader<'de>,
    pub(super) form: As,
    pub(super) first: bool,
    pub(super) ended: bool,
    /// How many there are, where that is known.
    pub(super) parts: u32,
    /// The names that the code knows; others are data.
    pub(super) fields: &'static [&'static str],
    pub(super) name: Option<Quoted<'de>>,
}

/// The step to a member, for an error.
pub(super) fn place(fields: &'static [&'static str], name: &str) -> Path {
    fields.iter().find(|field| **field == name).map_or(Path::Key, |field| Path::Field(field))
}

impl Map<'_, '_> {
    pub(super) fn more(&mut self) -> Result<bool, Error> {
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
        let value = Value { reader: self.reader, form: self.form, parts: 0 };
        seed.deserialize(value).map_err(|error| error.inside(place(self.fields, name.raw)))
    }

    fn size_hint(&self) -> Option<usize> {
        (self.parts > 0).then_some(self.parts as usize)
    }
}
