//! Rows of the history, read as versions of their resource.

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, Utc};

use super::claims::claims_of_row;
use super::decode::{Reading, Split, decode, decode_error, read_time, value};
use super::ser::Form;
use super::{json, name};
use crate::entity::{Entity, Limits, Resource};
use crate::error::{Item, Result};
use crate::json::{Entry, Quoted, RawRow, read_value, write_item, write_value};
use crate::schema::EntityDef;

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
pub(crate) fn decode_past<T: Entity>(row: &RawRow, limits: &Limits) -> Result<Resource<T>> {
    Ok(decode::<T>(row, limits)?.in_row(|row| row.past(HEAD)))
}

/// The resource of the head, with the content of one of its versions.
///
/// What the struct does not know is content, too, and comes from the version; but from the head comes what is on heads only and so is no part
/// of a version: what a Python class publishes for filters, keys of indexes, and whatever stands beside compressed `data`.
///
/// # Errors
/// [`Error::Decode`](crate::Error::Decode).
pub(crate) fn restored<T: Entity>(version: &RawRow, head: &RawRow, with_ttl: bool, limits: &Limits) -> Result<Resource<T>> {
    let packed = head.entry(name::DATA).is_some() || version.entry(name::DATA).is_some();
    // What cannot be read keeps its claims: they are taken over when they are wanted.
    let claims = (!T::DEF.unique.is_empty()).then(|| Box::new(claims_of_row::<T>(head, limits).unwrap_or_default()));
    let reading = Reading { def: T::DEF, limits };
    let (head, past) = (reading.open(head)?, reading.open(version)?);
    let (head_inside, past_inside) = (head.inside(&reading)?, past.inside(&reading)?);
    // Before what borrows from it.
    let mut taken = Vec::new();
    let (head_split, mut split) =
        (reading.split(&head.attributes, head_inside.as_deref()), reading.split(&past.attributes, past_inside.as_deref()));
    let head_row = reading.row(&head.own, head_inside.as_deref(), &head_split)?;
    let number = reading.row(&past.own, past_inside.as_deref(), &split)?.version.unwrap_or_default();

    if let Some(field) = T::DEF.ttl
        && !with_ttl
    {
        taken = take_over(T::DEF, field, &head_split, &mut split);
    }
    split.known.extend(taken.iter().map(|(name, value)| Entry { name: Quoted { raw: name, escaped: false }, value, parts: 0 }));
    let value = value::<T>(&split).map_err(|at| decode_error(T::DEF, &at))?;

    let mut attributes = item_of(&head_split.attributes);
    attributes.retain(|attribute, _| is_of_head(attribute) || (packed && !attribute.starts_with("_blob_")));
    let mut past_attributes = item_of(&split.attributes);
    locate_blobs(&mut past_attributes, number);
    attributes.extend(past_attributes);
    let mut text = String::new();
    write_item(&mut text, &attributes);
    let attributes = Entry::members(&text).unwrap_or_default();
    let mut row = head_row.with_unknown(attributes.iter().copied(), split.data.iter().copied());
    row.claims = claims;
    Ok(Resource::new(value, row))
}

fn item_of(entries: &[Entry<'_>]) -> Item {
    entries.iter().filter_map(|entry| Some((entry.name.text().ok()?.into_owned(), read_value(entry.value).ok()?))).collect()
}

/// When the resource of a row was created; `None` where the row does not say.
pub(crate) fn created_at(row: &RawRow, def: &'static EntityDef, limits: &Limits) -> Option<DateTime<Utc>> {
    let reading = Reading { def, limits };
    let opened = reading.open(row).ok()?;
    let inside = opened.inside(&reading).ok()?;
    match inside {
        Some(members) => read_time(members.iter().find(|entry| entry.is(name::CREATED_AT)).copied(), Form::Json).ok(),
        None => read_time(opened.own.created_at, Form::Attributes).ok(),
    }
}

/// Whether an attribute is on heads only.
fn is_of_head(attribute: &str) -> bool {
    attribute == name::METADATA || attribute == "_version_token" || name::STANDARD_INDEXES.contains(&attribute)
}

/// Takes a field out, under whichever of its names, and gives that of another row, to stand in its place.
fn take_over(def: &EntityDef, attribute: &str, from: &Split<'_>, to: &mut Split<'_>) -> Vec<(&'static str, String)> {
    let Some(field) = def.fields.iter().find(|field| field.attribute == attribute) else { return Vec::new() };
    let names = || std::iter::once(field.attribute).chain(field.aliases.iter().copied());
    to.known.retain(|entry| !names().any(|name| entry.is(name)));
    let found = |name: &'static str| Some((name, from.known.iter().find(|entry| entry.is(name))?.value));
    names().filter_map(found).map(|(name, value)| (name, written_as(value, from.form, to.form))).collect()
}

/// A value in another form.
fn written_as(value: &str, from: Form, to: Form) -> String {
    let mut text = String::new();
    match (from, to) {
        (Form::Attributes, Form::Json) => {
            let value = read_value(value).unwrap_or(AttributeValue::Null(true));
            json::write(&mut text, &value);
        }
        (Form::Json, Form::Attributes) => write_value(&mut text, &json::read(value).unwrap_or(AttributeValue::Null(true))),
        _ => text.push_str(value),
    }
    text
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
