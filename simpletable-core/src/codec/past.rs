//! Rows of the history, read as versions of their resource.

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, Utc};

use super::decode::{Parsed, decode, decode_error, parse, value};
use super::{data, name, never};
use crate::entity::{Entity, Limits, Resource, Rest, Row};
use crate::error::{Item, Result};
use crate::schema::EntityDef;
use crate::time;

/// The sort key of a head.
const HEAD: &str = "v0";

/// The sort key of a version's row.
pub(crate) fn version_sk(number: u64) -> String {
    format!("v{number}")
}

/// The number in the sort key of a version's row; `None` for the head, and for rows that are none of a history.
pub(crate) fn version_number(sk: &str) -> Option<u64> {
    let digits = sk.strip_prefix('v').filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
    digits.parse().ok().filter(|number| *number > 0 && !digits.starts_with('0'))
}

/// The resource as it was, of a row of its history. It has the resource's key, and no write can be made from it: such a row holds less than
/// a head does.
///
/// # Errors
/// [`Error::Decode`](crate::Error::Decode).
pub(crate) fn decode_past<T: Entity>(item: Item, limits: &Limits) -> Result<Resource<T>> {
    let mut resource = decode::<T>(item, limits)?;
    let row = resource.row_mut();
    HEAD.clone_into(&mut row.key.sk);
    row.revision = never();
    Ok(resource)
}

/// The resource of the head, with the content of one of its versions.
///
/// What the struct does not know is content, too, and comes from the version; but from the head comes what is on heads only and so is no part
/// of a version: what a Python class publishes for filters, keys of indexes, and whatever stands beside compressed `data`.
///
/// # Errors
/// [`Error::Decode`](crate::Error::Decode).
pub(crate) fn restored<T: Entity>(version: Item, head: Item, with_ttl: bool, limits: &Limits) -> Result<Resource<T>> {
    let packed = head.contains_key(name::DATA) || version.contains_key(name::DATA);
    let Parsed { fields: mut head_fields, row: head, id } = parse(T::DEF, head, limits)?;
    let Parsed { mut fields, row: Row { rest: mut past, version, .. }, .. } = parse(T::DEF, version, limits)?;
    if let Some(field) = T::DEF.ttl
        && !with_ttl
    {
        take_over(T::DEF, field, &mut head_fields, &mut fields);
    }
    locate_blobs(&mut past.attributes, version.unwrap_or_default());
    let mut attributes = head.rest.attributes.clone();
    attributes.retain(|attribute, _| is_of_head(attribute) || (packed && !attribute.starts_with("_blob_")));
    attributes.extend(past.attributes);
    let value = value::<T>(fields).map_err(|at| decode_error(T::DEF, &at))?;
    Ok(Resource::new(value, id, Row { rest: Rest { attributes, data: past.data }, ..head }))
}

/// When the resource of a row was created; `None` where the row does not say.
pub(crate) fn created_at(item: &Item, limits: &Limits) -> Option<DateTime<Utc>> {
    let inside = match item.get(name::DATA) {
        Some(AttributeValue::B(bytes)) => Some(data::read(bytes.as_ref(), limits.inflated_bytes).ok()?),
        _ => None,
    };
    time::parse(inside.as_ref().unwrap_or(item).get(name::CREATED_AT)?.as_s().ok()?)
}

/// Whether an attribute is on heads only.
fn is_of_head(attribute: &str) -> bool {
    attribute == name::METADATA || attribute == "_version_token" || name::STANDARD_INDEXES.contains(&attribute)
}

/// Replaces a field by that of another row, under whichever of its names.
fn take_over(def: &EntityDef, attribute: &str, from: &mut Item, to: &mut Item) {
    let Some(field) = def.fields.iter().find(|field| field.attribute == attribute) else { return };
    for name in std::iter::once(field.attribute).chain(field.aliases.iter().copied()) {
        to.remove(name);
        to.extend(from.remove_entry(name));
    }
}

/// Says where the bytes of Python's fields in S3 are. A row that does not say it means its own version, and the content is moving to another.
fn locate_blobs(attributes: &mut Item, version: u64) {
    let Some(AttributeValue::L(fields)) = attributes.get("_blob_fields") else { return };
    let fields: Vec<String> = fields.iter().filter_map(|field| field.as_s().ok().cloned()).collect();
    let located = attributes.entry("_blob_versions".to_owned()).or_insert_with(|| AttributeValue::M(Item::new()));
    if let AttributeValue::M(located) = located {
        for field in fields {
            located.entry(field).or_insert_with(|| AttributeValue::N(version.to_string()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_rows_of_a_history_have_a_number() {
        assert_eq!(["v1", "v10", "v1200"].map(version_number), [Some(1), Some(10), Some(1200)]);
        assert_eq!(["v0", "v", "v01", "v+1", "v-1", "v1a", "w1", "1", "v99999999999999999999"].map(version_number), [None; 9]);
    }
}
