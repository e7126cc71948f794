//! The only names that generated code may use. No part of the public interface: anything here may change in any release.

pub use chrono::{DateTime, Utc};
pub use serde::{Deserializer, Serialize, Serializer};

pub use crate::entity::{
    Attributes, ById, ByName, ByNaturalId, ByParts, Claimed, Compressed, ComputedKeys, Declared, Dropped, Entity, Following, InKeys,
    IntoKey, IntoValue, Kept, KeptLast, Limits, Listed, Member, Nowhere, Payload, Schema, SetField, Stamped, Storable, Tallied, TtlField,
    Unclaimed, UniqueKey, Unlisted, Untallied, Variant, VariantOf,
};
pub use crate::error::{Item, KeyValueError};
pub use crate::expr::role::{Alone, AsSet, ClaimedField, Custom, Defaulted, Expiry, Grouped, Mixed, Optional, Primary, Required};
pub use crate::expr::{Field, InData, Nested, Place, Stored, encode_set, encode_value};
pub use crate::find::{
    Bounds, Collection, DerivedFinder, Edge, Index, IndexKey, Inner, KeyPrefix, KeyRange, KeysOrFetch, Last, Lookup, Ranged, TableKey,
    TextPrefix, WholeRows,
};
pub use crate::key::{DerivedPart, Id, Key, KeyPart, Part};
pub use crate::op::{About, AllPlanned, KeyOf, Planned};
pub use crate::schema::{
    CREATED_AT_PART, EntityDef, FieldDef, Fold, ID_PART, IndexDef, KeyForm, PrimaryKey, Projection, Segment, Shape, Template,
    UPDATED_AT_PART, UniqueDef, check_entity, check_part, check_variant,
};
