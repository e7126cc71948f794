use std::cell::RefCell;
use std::collections::HashSet;

use chrono::{DateTime, Utc};

use super::claims::claims_of;
use super::ser::{self, Form, Sets};
use super::{data, json, name, path, size};
use crate::entity::{Birth, Claims, Entity, Limits, NewRows, Parts, Resource, Row};
use crate::error::{DecodeProblem, EncodeProblem, Error, ITEM_BYTES, KeyProblem, Result};
use crate::json::{Entry, RowText, read_value, write_base64, write_name, write_text, write_value};
use crate::key::{self, PARTITION_KEY_BYTES, PrimaryKey, SORT_KEY_BYTES, Values, check_length};
use crate::schema::{EntityDef, IndexDef, KeyForm};
use crate::time;

/// What a write adds to a value.
pub(crate) struct Stamp<'a> {
    /// The id, where the fields do not make it.
    pub(crate) id: Option<&'a str>,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) updated_at: DateTime<Utc>,
    /// `Some` exactly where the entity is versioned.
    pub(crate) version: Option<u64>,
    /// The row that was read, with what the struct did not know of it.
    pub(crate) before: Option<&'a Row>,
    pub(crate) ttl_attribute: &'static str,
    /// How long the partition key may be.
    pub(crate) pk_bytes: usize,
}

/// The rows of one write.
pub(crate) struct Encoded {
    pub(crate) head: RowText,
    /// The same as a row of the history, where the entity is versioned.
    pub(crate) history: Option<RowText>,
    pub(crate) row: Row,
}

thread_local! {
    /// Where rows are put together.
    static SCRATCH: RefCell<String> = const { RefCell::new(String::new()) };
}

/// How much of it is kept from row to row.
const SCRATCH_BYTES: usize = 64 * 1024;

/// The rows that hold `value`.
///
/// # Errors
/// [`Error::Encode`], [`Error::KeyValue`] and [`Error::ItemTooLarge`].
pub(crate) fn encode<T: Entity>(value: &T, stamp: &Stamp<'_>) -> Result<Encoded> {
    // Taken, and not borrowed: what serializes a field may encode something else.
    let mut text = SCRATCH.take();
    text.clear();
    let encoded = encode_in(&mut text, value, stamp);
    text.shrink_to(SCRATCH_BYTES);
    SCRATCH.set(text);
    encoded
}

fn encode_in<T: Entity>(text: &mut String, value: &T, stamp: &Stamp<'_>) -> Result<Encoded> {
    let form = if T::DEF.compress { Form::Json } else { Form::Attributes };
    text.push('{');
    let sets =
        ser::write_fields(text, form, T::DEF.fields, |serializer| value.encode(serializer)).map_err(|at| encode_error(T::DEF, &at))?;
    let part = |part| value.part(part);
    let values = |id| Values { part: &part, id, created_at: stamp.created_at, updated_at: stamp.updated_at };
    let (key, id) = key::primary(T::DEF, &values(stamp.id))?;
    // Where the fields make the id, `<id>` in an index key is that one.
    let values = values(id.as_deref());
    let keys = Keys { values: &values, computed: &|index| value.computed(index), expires_at: value.expires_at(stamp.created_at) };
    let mut encoded = rows(T::DEF, (text, &sets), &keys, stamp, (&key, id.as_deref()))?;
    if !T::DEF.unique.is_empty() {
        let held = claims_of::<T>(&values).collect::<Result<_, _>>()?;
        encoded.row.claims = Some(Box::new(Claims { held, expires: encoded.head.get(stamp.ttl_attribute) }));
    }
    Ok(encoded)
}

/// The rows of a new resource.
///
/// # Errors
/// As [`encode`].
pub(crate) fn encode_new<T: Entity>(value: T, birth: Birth, limits: &Limits) -> Result<NewRows<T>> {
    let stamp = Stamp {
        id: birth.id.as_deref(),
        created_at: birth.time,
        updated_at: birth.time,
        version: T::DEF.versioned.then_some(1),
        before: None,
        ttl_attribute: limits.ttl_attribute,
        pk_bytes: limits.pk_bytes,
    };
    let Encoded { head, history, row } = encode(&value, &stamp)?;
    Ok(NewRows { resource: Resource::new(value, row), head, history })
}

fn encode_error(def: &EntityDef, at: &path::At<EncodeProblem>) -> Error {
    Error::Encode { entity: def.name, path: at.path(), problem: at.problem }
}

/// What the value says beside its fields.
struct Keys<'a> {
    values: &'a Values<'a>,
    computed: &'a dyn Fn(usize) -> Option<String>,
    expires_at: Option<i64>,
}

/// The rows of the fields that `text` holds: an object that is begun, with the sets that are in it.
fn rows(
    def: &'static EntityDef,
    (text, sets): (&mut String, &Sets),
    keys: &Keys<'_>,
    stamp: &Stamp<'_>,
    (key, id): (&PrimaryKey, Option<&str>),
) -> Result<Encoded> {
    check_key(def, "pk", &key.pk, stamp.pk_bytes)?;
    let updated_at = time::attribute_form(stamp.updated_at);
    if def.compress {
        finish_json(text, id, stamp);
        let bytes = data::compress(text.as_bytes());
        text.clear();
        text.push('{');
        write_name(text, name::DATA);
        text.push_str("{\"B\":");
        write_base64(text, &bytes);
        text.push('}');
    } else {
        if let Some(id) = id {
            write(text, name::ID, id);
        }
        write(text, name::CREATED_AT, &time::attribute_form(stamp.created_at));
        write(text, name::UPDATED_AT, &updated_at);
    }
    if let Some(version) = stamp.version {
        write_number(text, name::VERSION, &version.to_string());
    }
    if let Some(seconds) = keys.expires_at {
        write_number(text, stamp.ttl_attribute, &seconds.to_string());
    }
    let history = stamp.version.map(|version| history_of(def, text, key, version, stamp)).transpose()?;
    add_indexes(def, text, keys, &updated_at)?;
    write(text, name::PK, &key.pk);
    write(text, name::SK, &key.sk);
    write_unknown(def, text, stamp.before, |_| true)?;
    text.push('}');
    let head = RowText::new(text);
    check_size(def, &head)?;
    let row = row_of(def, (&head, sets), (key, id), stamp, &updated_at);
    Ok(Encoded { head, history, row })
}

fn write(text: &mut String, name: &str, value: &str) {
    write_name(text, name);
    text.push_str("{\"S\":");
    write_text(text, value);
    text.push('}');
}

fn write_number(text: &mut String, name: &str, digits: &str) {
    write_name(text, name);
    text.extend(["{\"N\":\"", digits, "\"}"]);
}

/// Ends the JSON in `data`: behind the fields come what the library adds, and what the struct does not know.
fn finish_json(text: &mut String, id: Option<&str>, stamp: &Stamp<'_>) {
    let member = |text: &mut String, name: &str, value: &str| {
        write_name(text, name);
        write_text(text, value);
    };
    if let Some(id) = id {
        member(text, name::ID, id);
    }
    member(text, name::CREATED_AT, &time::json_form(stamp.created_at));
    member(text, name::UPDATED_AT, &time::json_form(stamp.updated_at));
    if let Some(version) = stamp.version {
        write_name(text, name::VERSION);
        text.push_str(&version.to_string());
    }
    let unknown = stamp.before.map_or("", Row::unknown_data);
    if !unknown.is_empty() {
        let mut written = names_in(text);
        for Entry { name, value, .. } in Entry::members(&braced(unknown)).unwrap_or_default() {
            if name.text().is_ok_and(|name| written.insert(name.into_owned())) {
                text.extend([",\"", name.raw, "\":", value]);
            }
        }
    }
    text.push('}');
}

fn braced(members: &str) -> String {
    ["{", members, "}"].concat()
}

/// The names in an object that is begun.
fn names_in(text: &str) -> HashSet<String> {
    let text = [text, "}"].concat();
    let entries = Entry::members(&text).unwrap_or_default();
    entries.iter().filter_map(|entry| entry.name.text().ok()).map(Into::into).collect()
}

/// Writes what the struct does not know of its row and `belongs` here, but for names that are written already.
///
/// # Errors
/// [`Error::Decode`], where one is no value of DynamoDB's as we know them: it can be neither lost nor passed on unseen.
fn write_unknown(def: &EntityDef, text: &mut String, before: Option<&Row>, belongs: impl Fn(&str) -> bool) -> Result<()> {
    let unknown = before.filter(|row| !row.unknown_attributes().is_empty() || !row.unknown_data().is_empty());
    let Some(before) = unknown else { return Ok(()) };
    let mut written = names_in(text);
    if !def.compress {
        // What was inside `data` becomes attributes.
        let inside = json::read_object(&braced(before.unknown_data())).unwrap_or_default();
        for (name, value) in inside.into_iter().filter(|(name, _)| belongs(name)) {
            if !written.contains(&name) {
                write_name(text, &name);
                write_value(text, &value);
                written.insert(name);
            }
        }
    }
    for Entry { name, value, .. } in Entry::members(&braced(before.unknown_attributes())).unwrap_or_default() {
        let Ok(name) = name.text() else { continue };
        if belongs(&name) && written.insert(name.to_string()) {
            let refused = |_| Error::Decode { entity: def.name, path: name.to_string(), problem: DecodeProblem::Value };
            read_value(value).map_err(refused)?;
            write_name(text, &name);
            text.push_str(value);
        }
    }
    Ok(())
}

/// What the resource of new rows keeps.
fn row_of(
    def: &'static EntityDef,
    (head, sets): (&RowText, &Sets),
    (key, id): (&PrimaryKey, Option<&str>),
    stamp: &Stamp<'_>,
    updated_at: &str,
) -> Row {
    let Stamp { created_at, version, before, .. } = *stamp;
    let parts = Parts { def, pk: &key.pk, sk: &key.sk, id, created_at, updated_at: stamp.updated_at, version, stamp: stamp_of(def) };
    let stamp_attribute = parts.stamp;
    let revision = |out: &mut String| {
        let has_sets = !def.compress || def.versioned;
        for attribute in Row::checked(def, stamp_attribute).take(if has_sets { usize::MAX } else { 1 }) {
            match (attribute, version) {
                (attribute, _) if attribute == stamp_attribute => out.extend(["{\"S\":\"", updated_at, "\"}"]),
                (name::VERSION, Some(version)) => out.extend(["{\"N\":\"", &version.to_string(), "\"}"]),
                (set, _) => {
                    let place = sets.iter().find(|(name, _)| *name == set).map(|(_, place)| place.clone());
                    out.push_str(place.map_or("null", |place| &head.as_str()[place]));
                }
            }
        }
    };
    let Some(before) = before else { return Row::new(parts, revision, None, None) };
    let (attributes, data) = (braced(before.unknown_attributes()), braced(before.unknown_data()));
    let members = |text| Entry::members(text).unwrap_or_default();
    Row::new(parts, revision, members(&attributes), members(&data))
}

/// The attribute that every write changes.
fn stamp_of(def: &EntityDef) -> &'static str {
    match def {
        EntityDef { compress: false, .. } => name::UPDATED_AT,
        EntityDef { type_index: true, .. } => name::TYPE_SK,
        _ => name::REVISION,
    }
}

/// A row of the history: what `text` holds is the head without what would put it in an index, and without what Python keeps on heads only.
/// It expires with its head. The text stays as it is.
fn history_of(def: &EntityDef, text: &mut String, key: &PrimaryKey, version: u64, stamp: &Stamp<'_>) -> Result<RowText> {
    let belongs = |attribute: &str| match attribute {
        attribute if attribute == stamp.ttl_attribute => true,
        name::METADATA => false,
        attribute if name::STANDARD_INDEXES.contains(&attribute) => false,
        // Beside `data` stand attributes that other code filters or indexes by; Python's blob bookkeeping describes the version.
        attribute if def.compress => attribute.starts_with("_blob_"),
        _ => true,
    };
    let begin = text.len();
    write(text, name::PK, &key.pk);
    write(text, name::SK, &format!("v{version}"));
    write_unknown(def, text, stamp.before, belongs)?;
    text.push('}');
    let row = RowText::new(text);
    text.truncate(begin);
    Ok(row)
}

fn add_indexes(def: &'static EntityDef, text: &mut String, keys: &Keys<'_>, updated_at: &str) -> Result<()> {
    write(text, name::TYPE, def.name);
    if def.type_index {
        write(text, name::TYPE_SK, updated_at);
    } else if def.compress {
        write(text, name::REVISION, updated_at);
    }
    for index in def.indexes {
        if let Some((pk, sk)) = index_key(def, index, keys)? {
            write(text, index.pk_attribute, &pk);
            if let (Some(attribute), Some(sk)) = (index.sk_attribute, sk) {
                write(text, attribute, &sk);
            }
        }
    }
    Ok(())
}

/// Both keys of an index, or `None` where any part is `None`: the row is not in that index.
fn index_key(def: &'static EntityDef, index: &'static IndexDef, keys: &Keys<'_>) -> Result<Option<(String, Option<String>)>> {
    let Some(pk) = form(def, &index.pk, keys, PARTITION_KEY_BYTES)? else { return Ok(None) };
    let Some(sort) = &index.sk else { return Ok(Some((pk, None))) };
    Ok(form(def, sort, keys, SORT_KEY_BYTES)?.map(|sk| (pk, Some(sk))))
}

fn form(def: &'static EntityDef, form: &'static KeyForm, keys: &Keys<'_>, limit: usize) -> Result<Option<String>> {
    let (text, template) = match form {
        KeyForm::Template(template) => (key::render(def.name, template, keys.values, false)?, template.text),
        KeyForm::Computed { path, index } => ((keys.computed)(*index), *path),
    };
    if let Some(text) = &text {
        check_key(def, template, text, limit)?;
    }
    Ok(text)
}

pub(super) fn check_key(def: &'static EntityDef, template: &'static str, text: &str, limit: usize) -> Result<()> {
    check_length(text, limit).map_err(|problem: KeyProblem| Error::KeyValue { entity: def.name, template, field: None, problem })
}

fn check_size(def: &EntityDef, row: &RowText) -> Result<()> {
    // The text is longer than what DynamoDB counts, which takes time to tell.
    let bytes = if row.as_str().len() > ITEM_BYTES { size::of_row(row) } else { 0 };
    if bytes > ITEM_BYTES { Err(Error::ItemTooLarge { entity: def.name, bytes }) } else { Ok(()) }
}
