//! How an entity becomes an item, and an item an entity: the only module that knows. The layout is Python's (`simplesingletable`).

mod canonical;
mod claims;
mod container;
mod data;
mod de;
mod decode;
mod encode;
mod gzip;
mod json;
mod map_key;
pub(crate) mod number;
mod past;
mod patch;
mod path;
mod renew;
mod ser;
mod set;
pub(crate) mod size;

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, Utc};

pub(crate) use canonical::{canonical, canonical_value};
pub(crate) use claims::claims_of_row;
pub(crate) use data::INFLATED_BYTES;
pub(crate) use decode::{decode, decode_row};
pub(crate) use encode::{Encoded, Stamp, encode, encode_new};
pub(crate) use past::{created_at, decode_past, restored, version_number, version_sk};
pub(crate) use patch::{Changed, derived, id_in};
pub(crate) use renew::renewed;
pub(crate) use ser::{encode_key, encode_value};
pub(crate) use set::set_of;
pub(crate) use size::{of_row as row_bytes, of_value as value_bytes};

use crate::entity::Check;
use crate::json::{Content, Entry, RawRow};
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
    /// The row that a claim belongs to; on claims only.
    pub(crate) const OWNER: &str = "owner";
    /// What a Python class publishes for server-side filters, on heads only.
    pub(crate) const METADATA: &str = "metadata";
    /// The numbers in the row of statistics, by type.
    pub(crate) const COUNTS: &str = "counts_by_type";
    /// Python's bookkeeping of fields in S3.
    pub(crate) const BLOBS: [&str; 3] = ["_blob_fields", "_blob_versions", "_version_token"];
    /// The index attributes of the standard table.
    pub(crate) const STANDARD_INDEXES: [&str; 4] = ["gsi1pk", "gsi2pk", "gsi3pk", "gsi3sk"];
}

/// The version of a head that a long deletion has taken out of service.
pub(crate) const OUT_OF_SERVICE: &str = "-1";

/// What of a row its update stamp is looked for in.
struct Stored<'a> {
    updated_at: Option<Entry<'a>>,
    type_sk: Option<Entry<'a>>,
}

impl Stored<'_> {
    /// The attribute that every write changes: `updated_at` where it is an attribute, else `gsitypesk` where it holds the same time, else
    /// `_rev`. It is compared as it is stored, never rendered anew.
    ///
    /// Sets are compared too on plain rows, because Python's set operations leave `updated_at` alone.
    fn stamp(&self, updated_at: DateTime<Utc>) -> &'static str {
        let text = |entry: Option<Entry<'_>>| match entry?.content()? {
            Content::S(text) => Some(time::parse(&text)),
            _ => None,
        };
        if self.updated_at.is_some_and(|entry| matches!(entry.content(), Some(Content::S(_)))) {
            name::UPDATED_AT
        } else if text(self.type_sk) == Some(Some(updated_at)) {
            name::TYPE_SK
        } else {
            name::REVISION
        }
    }
}

/// What no row is: each has its key. It is the state of what no write can be made from.
pub(crate) fn never() -> Vec<Check> {
    vec![Check { attribute: name::PK, value: None }]
}

/// What DynamoDB calls the type of a value.
pub(crate) fn type_name(value: &AttributeValue) -> &'static str {
    match value {
        AttributeValue::S(_) => "S",
        AttributeValue::N(_) => "N",
        AttributeValue::B(_) => "B",
        AttributeValue::Bool(_) => "BOOL",
        AttributeValue::Ss(_) => "SS",
        AttributeValue::Ns(_) => "NS",
        AttributeValue::Bs(_) => "BS",
        AttributeValue::L(_) => "L",
        AttributeValue::M(_) => "M",
        _ => "NULL",
    }
}

/// Whether the row's time is over, at the very second that its TTL attribute says.
pub(crate) fn is_expired(row: &RawRow, ttl_attribute: &str, now: DateTime<Utc>) -> bool {
    let expires = row.number(ttl_attribute).and_then(|text| text.parse::<f64>().ok());
    // Seconds fit an `f64` exactly for the next 285 million years.
    expires.is_some_and(|expires| expires <= now.timestamp() as f64)
}

/// Whether a long deletion has taken the head out of service.
pub(crate) fn is_out_of_service(row: &RawRow) -> bool {
    row.number(name::VERSION).is_some_and(|version| version == OUT_OF_SERVICE)
}

#[cfg(test)]
mod tests;
