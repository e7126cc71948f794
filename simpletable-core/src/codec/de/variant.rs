use std::borrow::Cow;

use serde::de::{self, DeserializeSeed, Visitor};

use super::Error;
use super::name::Text;
use super::parts::place;
use super::value::Value;
use crate::codec::path::Path;
use crate::error::DecodeProblem;

/// An enum's variant: its name and, where it is the name of a map's only member, what it holds.
pub(super) struct Variant<'a, 'de> {
    pub(super) name: Cow<'de, str>,
    pub(super) variants: &'static [&'static str],
    pub(super) value: Option<Value<'a, 'de>>,
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
pub(super) struct Held<'a, 'de> {
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
