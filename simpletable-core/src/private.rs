//! The only names that generated code may use. No part of the public interface: anything here may change in any release.

pub use chrono::{DateTime, Utc};
pub use serde::{Deserializer, Serializer};

pub use crate::entity::{
    Attributes, ById, ByNaturalId, ByParts, Compressed, Dropped, Entity, IntoValue, Kept, Schema, SetField, Storable, TtlField, VariantOf,
};
pub use crate::key::{DerivedPart, Key, KeyPart, Part};
pub use crate::schema::{
    EntityDef, FieldDef, IndexDef, KeyForm, PrimaryKey, Segment, Shape, Template, check_entity, check_part, check_variant,
};
