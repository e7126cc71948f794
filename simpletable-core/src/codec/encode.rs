use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, Utc};

use super::claims::claims_of;
use super::ser::{self, Form};
use super::{data, json, name, path, size};
use crate::entity::{Birth, Claims, Entity, Limits, NewRows, Parts, Resource, Row};
use crate::error::{EncodeProblem, Error, ITEM_BYTES, Item, KeyProblem, Result};
use crate::json::{Entry, read_item, write_value};
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
    pub(crate) head: Item,
    /// The same as a row of the history, where the entity is versioned.
    pub(crate) history: Option<Item>,
    pub(crate) row: Row,
}

/// The rows that hold `value`.
///
/// # Errors
/// [`Error::Encode`], [`Error::KeyValue`] and [`Error::ItemTooLarge`].
pub(crate) fn encode<T: Entity>(value: &T, stamp: &Stamp<'_>) -> Result<Encoded> {
    let form = if T::DEF.compress { Form::Json } else { Form::Attributes };
    let fields = ser::fields(form, |serializer| value.encode(serializer)).map_err(|at| encode_error(T::DEF, &at))?;
    let part = |part| value.part(part);
    let values = |id| Values { part: &part, id, created_at: stamp.created_at, updated_at: stamp.updated_at };
    let (key, id) = key::primary(T::DEF, &values(stamp.id))?;
    // Where the fields make the id, `<id>` in an index key is that one.
    let values = values(id.as_deref());
    let keys = Keys { values: &values, computed: &|index| value.computed(index), expires_at: value.expires_at(stamp.created_at) };
    let mut encoded = rows(T::DEF, fields, &keys, stamp, (key, id.clone()))?;
    if !T::DEF.unique.is_empty() {
        let held = claims_of::<T>(&values).collect::<Result<_, _>>()?;
        encoded.row.claims = Some(Box::new(Claims { held, expires: encoded.head.get(stamp.ttl_attribute).cloned() }));
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

fn rows(
    def: &'static EntityDef,
    fields: Item,
    keys: &Keys<'_>,
    stamp: &Stamp<'_>,
    (key, id): (PrimaryKey, Option<String>),
) -> Result<Encoded> {
    check_key(def, "pk", &key.pk, stamp.pk_bytes)?;
    let rest = Rest::of(stamp.before);
    let mut head = rest.attributes.clone();
    if def.compress {
        let bytes = data::compress(&json_of(fields, &rest, id.as_deref(), stamp));
        head.insert(name::DATA.to_owned(), AttributeValue::B(Blob::new(bytes)));
    } else {
        head.extend(rest.data.clone());
        head.extend(attributes_of(def, fields)?);
        if let Some(id) = &id {
            insert(&mut head, name::ID, id.clone());
        }
        insert(&mut head, name::CREATED_AT, time::attribute_form(stamp.created_at));
        insert(&mut head, name::UPDATED_AT, time::attribute_form(stamp.updated_at));
    }
    if let Some(version) = stamp.version {
        head.insert(name::VERSION.to_owned(), AttributeValue::N(version.to_string()));
    }
    if let Some(seconds) = keys.expires_at {
        head.insert(stamp.ttl_attribute.to_owned(), AttributeValue::N(seconds.to_string()));
    }
    let history = stamp.version.map(|version| history_of(def, &head, &key, version, stamp.ttl_attribute));
    add_indexes(def, &mut head, keys, stamp.updated_at)?;
    insert(&mut head, name::PK, key.pk.clone());
    insert(&mut head, name::SK, key.sk.clone());
    check_size(def, &head)?;
    let row = row_of(def, &head, &key, id.as_deref(), stamp);
    Ok(Encoded { head, history, row })
}

/// What a struct does not know of its row.
#[derive(Default)]
pub(super) struct Rest {
    pub(super) attributes: Item,
    /// Keys inside compressed `data`.
    pub(super) data: Item,
}

impl Rest {
    pub(super) fn of(row: Option<&Row>) -> Self {
        let Some(row) = row else { return Self::default() };
        let braced = |members: &str| ["{", members, "}"].concat();
        Self {
            attributes: read_item(&braced(row.unknown_attributes())).unwrap_or_default(),
            data: json::read_object(&braced(row.unknown_data())).unwrap_or_default(),
        }
    }
}

/// What the resource of new rows keeps.
fn row_of(def: &'static EntityDef, head: &Item, key: &PrimaryKey, id: Option<&str>, stamp: &Stamp<'_>) -> Row {
    let parts = Parts {
        def,
        pk: &key.pk,
        sk: &key.sk,
        id,
        created_at: stamp.created_at,
        updated_at: stamp.updated_at,
        version: stamp.version,
        stamp: stamp_of(def),
    };
    let stamp_attribute = parts.stamp;
    let revision = |text: &mut String| {
        for attribute in Row::checked(def, stamp_attribute).take(if def.compress && !def.versioned { 1 } else { usize::MAX }) {
            match head.get(attribute) {
                Some(value) => write_value(text, value),
                None => text.push_str("null"),
            }
        }
    };
    let braced = |members: &str| ["{", members, "}"].concat();
    let attributes = braced(stamp.before.map_or("", Row::unknown_attributes));
    let data = braced(stamp.before.map_or("", Row::unknown_data));
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

fn insert(item: &mut Item, name: &str, text: String) {
    item.insert(name.to_owned(), AttributeValue::S(text));
}

/// The JSON in `data`: what the library adds, the fields, and what the struct does not know.
fn json_of(fields: Item, rest: &Rest, id: Option<&str>, stamp: &Stamp<'_>) -> Vec<u8> {
    let mut first = Vec::with_capacity(4);
    if let Some(id) = id {
        first.push((name::ID, AttributeValue::S(id.to_owned())));
    }
    first.push((name::CREATED_AT, AttributeValue::S(time::json_form(stamp.created_at))));
    first.push((name::UPDATED_AT, AttributeValue::S(time::json_form(stamp.updated_at))));
    if let Some(version) = stamp.version {
        first.push((name::VERSION, AttributeValue::N(version.to_string())));
    }
    let mut members = rest.data.clone();
    members.extend(fields);
    json::write_object(&first, &members)
}

/// The fields as attributes: sets become sets, empty ones are absent.
fn attributes_of(def: &EntityDef, mut fields: Item) -> Result<Item> {
    for field in def.fields.iter().filter(|field| field.set) {
        let Some(AttributeValue::L(members)) = fields.remove(field.attribute) else { continue };
        let set = set_of(members).map_err(|problem| encode_error(def, &path::At::new(problem).in_field(field.attribute)))?;
        fields.extend(set.map(|set| (field.attribute.to_owned(), set)));
    }
    Ok(fields)
}

/// The members as a set; `None` for an empty one, which DynamoDB does not have.
pub(crate) fn set_of(members: Vec<AttributeValue>) -> Result<Option<AttributeValue>, EncodeProblem> {
    let Some(first) = members.first() else { return Ok(None) };
    let refused = |_| EncodeProblem::SetElement;
    if has_twins(&members) {
        return Err(EncodeProblem::SetElement);
    }
    let set = match first {
        AttributeValue::S(_) => AttributeValue::Ss(members.into_iter().map(into_s).collect::<Result<_, _>>().map_err(refused)?),
        AttributeValue::N(_) => AttributeValue::Ns(members.into_iter().map(into_n).collect::<Result<_, _>>().map_err(refused)?),
        AttributeValue::B(_) => AttributeValue::Bs(members.into_iter().map(into_b).collect::<Result<_, _>>().map_err(refused)?),
        _ => return Err(EncodeProblem::SetElement),
    };
    Ok(Some(set))
}

/// Whether two members are stored alike, which DynamoDB refuses.
fn has_twins(members: &[AttributeValue]) -> bool {
    let mut texts: Vec<&[u8]> = members
        .iter()
        .filter_map(|member| match member {
            AttributeValue::S(text) | AttributeValue::N(text) => Some(text.as_bytes()),
            AttributeValue::B(bytes) => Some(bytes.as_ref()),
            _ => None,
        })
        .collect();
    texts.sort_unstable();
    texts.windows(2).any(|pair| pair[0] == pair[1])
}

fn into_s(value: AttributeValue) -> Result<String, AttributeValue> {
    if let AttributeValue::S(text) = value { Ok(text) } else { Err(value) }
}

fn into_n(value: AttributeValue) -> Result<String, AttributeValue> {
    if let AttributeValue::N(text) = value { Ok(text) } else { Err(value) }
}

fn into_b(value: AttributeValue) -> Result<Blob, AttributeValue> {
    if let AttributeValue::B(bytes) = value { Ok(bytes) } else { Err(value) }
}

/// A row of the history: the head without what would put it in an index, and without what Python keeps on heads only. It expires with
/// its head.
fn history_of(def: &EntityDef, head: &Item, key: &PrimaryKey, version: u64, ttl_attribute: &str) -> Item {
    let belongs = |attribute: &str| match attribute {
        name::DATA | name::VERSION => true,
        attribute if attribute == ttl_attribute => true,
        name::METADATA => false,
        attribute if name::STANDARD_INDEXES.contains(&attribute) => false,
        // Beside `data` stand attributes that other code filters or indexes by; Python's blob bookkeeping describes the version.
        attribute if def.compress => attribute.starts_with("_blob_"),
        _ => true,
    };
    let mut item: Item =
        head.iter().filter(|(attribute, _)| belongs(attribute)).map(|(name, value)| (name.clone(), value.clone())).collect();
    insert(&mut item, name::PK, key.pk.clone());
    insert(&mut item, name::SK, format!("v{version}"));
    item
}

fn add_indexes(def: &'static EntityDef, head: &mut Item, keys: &Keys<'_>, updated_at: DateTime<Utc>) -> Result<()> {
    insert(head, name::TYPE, def.name.to_owned());
    if def.type_index {
        insert(head, name::TYPE_SK, time::attribute_form(updated_at));
    } else if def.compress {
        insert(head, name::REVISION, time::attribute_form(updated_at));
    }
    for index in def.indexes {
        if let Some((pk, sk)) = index_key(def, index, keys)? {
            insert(head, index.pk_attribute, pk);
            if let (Some(attribute), Some(sk)) = (index.sk_attribute, sk) {
                insert(head, attribute, sk);
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

fn check_size(def: &EntityDef, item: &Item) -> Result<()> {
    match size::of_item(item) {
        bytes if bytes > ITEM_BYTES => Err(Error::ItemTooLarge { entity: def.name, bytes }),
        _ => Ok(()),
    }
}
