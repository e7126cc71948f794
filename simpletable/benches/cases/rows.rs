//! The rows of `entities` as somebody declares them who uses the SDK and `serde_dynamo`: one struct a row, no flattening.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, SecondsFormat, Utc};
use modyne::EntityDef;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use super::entities::{self, Address, Line, Section, Status};

pub(crate) type Item = std::collections::HashMap<String, AttributeValue>;

/// A row with an id and the times of its writes.
pub(crate) trait Row: Clone + Serialize + serde::de::DeserializeOwned + 'static {
    /// The discriminator, and the prefix of the keys.
    const NAME: &'static str;

    /// The row is new, or changed.
    fn stamp(&mut self, id: Option<String>, now: DateTime<Utc>);
    fn id(&self) -> &str;
    fn owner(&self) -> &str;
    fn updated_at(&self) -> DateTime<Utc>;
}

/// The keys of a row, as attributes.
pub(crate) fn add_keys<R: Row>(item: &mut Item, row: &R, sk: Option<&str>) {
    let key = format!("{}#{}", R::NAME, row.id());
    item.insert("sk".into(), AttributeValue::S(sk.map_or_else(|| key.clone(), Into::into)));
    item.insert("pk".into(), AttributeValue::S(key));
}

/// What puts a row into the indexes.
pub(crate) fn add_indexes<R: Row>(item: &mut Item, row: &R) {
    item.insert("gsitype".into(), AttributeValue::S(R::NAME.into()));
    item.insert("gsitypesk".into(), AttributeValue::S(row.updated_at().to_rfc3339_opts(SecondsFormat::Micros, false)));
    item.insert("ownerpk".into(), AttributeValue::S(format!("owner#{}", row.owner())));
}

macro_rules! row {
    ($(#[$attribute:meta])* $name:ident { $($(#[$field_attribute:meta])* $field:ident: $type:ty,)* }) => {
        $(#[$attribute])*
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
        pub(crate) struct $name {
            pub(crate) resource_id: String,
            pub(crate) created_at: DateTime<Utc>,
            pub(crate) updated_at: DateTime<Utc>,
            $($(#[$field_attribute])* pub(crate) $field: $type,)*
        }

        impl Row for $name {
            const NAME: &'static str = stringify!($name);

            fn stamp(&mut self, id: Option<String>, now: DateTime<Utc>) {
                if let Some(id) = id {
                    self.resource_id = id;
                    self.created_at = now;
                }
                self.updated_at = now;
            }
            fn id(&self) -> &str {
                &self.resource_id
            }
            fn owner(&self) -> &str {
                &self.owner
            }
            fn updated_at(&self) -> DateTime<Utc> {
                self.updated_at
            }
        }
    };
}

macro_rules! mixed_row {
    ($(#[$attribute:meta])* $name:ident { $($extra:ident: $extra_type:ty,)* }) => {
        row! {
            $(#[$attribute])*
            $name {
                $($extra: $extra_type,)*
                owner: String,
                reference: String,
                status: Status,
                #[serde(skip_serializing_if = "Option::is_none")]
                note: Option<String>,
                quantity: u32,
                total: f64,
                balance: i64,
                paid: bool,
                placed_at: DateTime<Utc>,
                address: Address,
                lines: Vec<Line>,
                labels: BTreeMap<String, String>,
                #[serde(with = "serde_dynamo::string_set")]
                tags: BTreeSet<String>,
                #[serde(with = "serde_dynamo::number_set")]
                ratings: BTreeSet<u32>,
                #[serde(with = "serde_dynamo::binary_set")]
                digests: BTreeSet<ByteBuf>,
                checksum: ByteBuf,
            }
        }
    };
}

macro_rules! large_row {
    ($name:ident { $($extra:ident: $extra_type:ty,)* }) => {
        row! {
            $name {
                $($extra: $extra_type,)*
                owner: String,
                title: String,
                body: String,
                sections: Vec<Section>,
                sources: BTreeMap<String, String>,
            }
        }
    };
}

row! { Event { owner: String, kind: String, value: f64, } }
mixed_row! { #[derive(EntityDef)] #[serde(rename = "Order")] Order {} }
mixed_row! { Contract { version: u64, } }
large_row! { Report {} }
large_row! { Archive {} }
large_row! { Policy { version: u64, } }

/// A row with the fields of an entity.
macro_rules! from_entity {
    ($name:ident { $($extra:ident = $value:expr,)* } $($field:ident)*) => {
        impl From<entities::$name> for $name {
            fn from(entity: entities::$name) -> Self {
                let entities::$name { $($field,)* } = entity;
                let (resource_id, created_at, updated_at) = Default::default();
                Self { resource_id, created_at, updated_at, $($extra: $value,)* $($field,)* }
            }
        }
    };
}

macro_rules! from_mixed {
    ($($name:ident $extra:tt)*) => {
        $(from_entity! { $name $extra
            owner reference status note quantity total balance paid placed_at address lines labels tags ratings digests checksum
        })*
    };
}

macro_rules! from_large {
    ($($name:ident $extra:tt)*) => {
        $(from_entity! { $name $extra owner title body sections sources })*
    };
}

from_mixed! { Order {} Contract { version = 1, } }
from_large! { Report {} Archive {} Policy { version = 1, } }
