//! How an entity becomes an item, and an item an entity: the only module that knows. The layout is Python's (`simplesingletable`).

mod canonical;
mod data;
mod de;
mod decode;
mod encode;
mod json;
pub(crate) mod number;
mod past;
mod path;
mod renew;
mod ser;
pub(crate) mod size;

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, Utc};

pub(crate) use canonical::{canonical, canonical_value};
pub(crate) use data::INFLATED_BYTES;
pub(crate) use decode::{decode, decode_row};
pub(crate) use encode::{Encoded, Stamp, encode, encode_new, set_of};
pub(crate) use past::{created_at, decode_past, restored, version_number, version_sk};
pub(crate) use renew::renewed;
pub(crate) use ser::encode_value;
pub(crate) use size::{of_item as item_bytes, of_value as value_bytes};

use crate::entity::Check;
use crate::error::Item;
use crate::schema::EntityDef;
use crate::time;

/// The names of the attributes that the library writes.
pub(crate) mod name {
    pub(crate) const PK: &str = "pk";
    pub(crate) const SK: &str = "sk";
    pub(crate) const TYPE: &str = "gsitype";
    pub(crate) const TYPE_SK: &str = "gsitypesk";
    pub(crate) const VERSION: &str = "version";
    pub(crate) const DATA: &str = "data";
    pub(crate) const ID: &str = "resource_id";
    pub(crate) const CREATED_AT: &str = "created_at";
    pub(crate) const UPDATED_AT: &str = "updated_at";
    /// The update stamp of compressed rows outside the type index.
    pub(crate) const REVISION: &str = "_rev";
    /// What a Python class publishes for server-side filters, on heads only.
    pub(crate) const METADATA: &str = "metadata";
    /// Python's bookkeeping of fields in S3.
    pub(crate) const BLOBS: [&str; 3] = ["_blob_fields", "_blob_versions", "_version_token"];
    /// The index attributes of the standard table.
    pub(crate) const STANDARD_INDEXES: [&str; 4] = ["gsi1pk", "gsi2pk", "gsi3pk", "gsi3sk"];
}

/// The version of a head that a long deletion has taken out of service.
pub(crate) const OUT_OF_SERVICE: &str = "-1";

/// What a write that is made from this row has to find unchanged: stored strings, never rendered anew.
///
/// The update stamp is `updated_at` where it is an attribute, else `gsitypesk` where it holds the same time, else `_rev`. Sets are
/// compared too on plain rows, because Python's set operations leave `updated_at` alone.
pub(crate) fn revision(def: &EntityDef, item: &Item, updated_at: DateTime<Utc>) -> Vec<Check> {
    let check = |attribute: &'static str| Check { attribute, value: item.get(attribute).cloned() };
    let holds_the_time = |value: &AttributeValue| value.as_s().ok().and_then(|text| time::parse(text)) == Some(updated_at);
    let stamp = if item.get(name::UPDATED_AT).is_some_and(AttributeValue::is_s) {
        name::UPDATED_AT
    } else if item.get(name::TYPE_SK).is_some_and(holds_the_time) {
        name::TYPE_SK
    } else {
        name::REVISION
    };
    let mut checks = vec![check(stamp)];
    if def.versioned {
        checks.push(check(name::VERSION));
    } else if !item.contains_key(name::DATA) {
        checks.extend(def.fields.iter().filter(|field| field.set).map(|field| check(field.attribute)));
    }
    checks
}

/// What no row is: each has its key. It is the state of what no write can be made from.
pub(crate) fn never() -> Vec<Check> {
    vec![Check { attribute: name::PK, value: None }]
}

/// Whether the row's time is over, at the very second that its TTL attribute says.
pub(crate) fn is_expired(item: &Item, ttl_attribute: &str, now: DateTime<Utc>) -> bool {
    let expires = item.get(ttl_attribute).and_then(|value| value.as_n().ok()).and_then(|text| text.parse::<f64>().ok());
    // Seconds fit an `f64` exactly for the next 285 million years.
    expires.is_some_and(|expires| expires <= now.timestamp() as f64)
}

/// Whether a long deletion has taken the head out of service.
pub(crate) fn is_out_of_service(item: &Item) -> bool {
    item.get(name::VERSION).and_then(|version| version.as_n().ok()).is_some_and(|version| version == OUT_OF_SERVICE)
}

#[cfg(test)]
mod tests;
