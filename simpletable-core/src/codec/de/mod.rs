//! The text of values as serde's data model, with errors that say where and what, and hold no values. What has no escapes is borrowed.

mod fields;
mod name;
mod parts;
mod value;
mod variant;

use serde::de::{self, Unexpected};

pub(crate) use fields::Fields;

use crate::error::DecodeProblem;
use crate::json::Refused;

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
