use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, Utc};

use super::{data, de, encode_new, name, path, revision};
use crate::entity::{Entity, Limits, NewRows, Resource, Rest, Row, Schema, Variant, VariantOf};
use crate::error::{DecodeProblem, Error, Item, Result};
use crate::key::PrimaryKey;
use crate::schema::{self, EntityDef};
use crate::time;

/// The resource that a row holds.
///
/// # Errors
/// [`Error::Decode`].
pub(crate) fn decode<T: Entity>(item: Item, limits: &Limits) -> Result<Resource<T>> {
    let Parsed { fields, row, id } = parse(T::DEF, item, limits)?;
    let value = value::<T>(fields).map_err(|at| decode_error(T::DEF, &at))?;
    Ok(Resource::new(value, id, row))
}

/// NULL reads as absent; only where a field needs it (a `serde_json::Value`, say), it is given the NULL itself.
pub(super) fn value<T: Entity>(mut fields: Item) -> Result<T, de::Error> {
    let nulls: Vec<String> = fields.iter().filter(|(_, value)| value.is_null()).map(|(name, _)| name.clone()).collect();
    if nulls.is_empty() {
        return T::decode(de::of_fields(fields));
    }
    let with_nulls = fields.clone();
    fields.retain(|_, value| !value.is_null());
    T::decode(de::of_fields(fields)).or_else(|error| T::decode(de::of_fields(with_nulls)).map_err(|_| error))
}

pub(super) fn decode_error(def: &EntityDef, at: &path::At<DecodeProblem>) -> Error {
    Error::Decode { entity: def.name, path: at.path(), problem: at.problem }
}

pub(super) struct Parsed {
    /// What serde reads.
    pub(super) fields: Item,
    pub(super) row: Row,
    pub(super) id: Option<String>,
}

pub(super) fn parse(def: &'static EntityDef, mut item: Item, limits: &Limits) -> Result<Parsed> {
    let problem = |path: &str, problem| Error::Decode { entity: def.name, path: path.to_owned(), problem };
    match item.get(name::TYPE) {
        // A row of the history has none.
        None => {}
        Some(AttributeValue::S(found)) if found == def.name => {}
        Some(_) => return Err(problem(name::TYPE, DecodeProblem::Entity)),
    }
    let mut inside = match item.get(name::DATA) {
        Some(AttributeValue::B(bytes)) => {
            Some(data::read(bytes.as_ref(), limits.inflated_bytes).map_err(|found| problem(name::DATA, found))?)
        }
        _ => None,
    };
    let source = inside.as_ref().unwrap_or(&item);
    let created_at = read_time(source, name::CREATED_AT).map_err(|found| problem(name::CREATED_AT, found))?;
    let updated_at = read_time(source, name::UPDATED_AT).map_err(|found| problem(name::UPDATED_AT, found))?;
    let version = if def.versioned { Some(read_version(&item).map_err(|found| problem(name::VERSION, found))?) } else { None };
    let key = PrimaryKey {
        pk: read_text(&item, name::PK).map_err(|found| problem(name::PK, found))?,
        sk: read_text(&item, name::SK).map_err(|found| problem(name::SK, found))?,
    };
    let id = id_of(def, &key, source);
    let revision = revision(def, &item, updated_at);
    let known_inside = inside.as_mut().map(|inside| take_known(def, inside));
    let known = match &known_inside {
        // Beside `data`, an attribute with a field's name is somebody else's.
        Some(_) => None,
        None => Some(take_known(def, &mut item)),
    };
    remove_own(def, &mut item, limits);
    let mut data = inside.unwrap_or_default();
    for own in [name::ID, name::CREATED_AT, name::UPDATED_AT, name::VERSION] {
        data.remove(own);
    }
    if !def.compress {
        // The next write makes attributes of all that is in `data`.
        remove_own(def, &mut data, limits);
        take_known(def, &mut item);
    }
    let rest = Rest { attributes: item, data };
    if def.deny_unknown
        && let Some(attribute) = unknown(&rest)
    {
        return Err(problem(attribute, DecodeProblem::Unknown));
    }
    let mut fields = known_inside.or(known).unwrap_or_default();
    if !def.compress {
        for field in def.fields.iter().filter(|field| field.set) {
            fields.entry(field.attribute.to_owned()).or_insert_with(|| AttributeValue::L(Vec::new()));
        }
    }
    Ok(Parsed { fields, row: Row { key, created_at, updated_at, version, revision, rest }, id })
}

fn read_text(item: &Item, name: &str) -> Result<String, DecodeProblem> {
    match item.get(name) {
        Some(AttributeValue::S(text)) => Ok(text.clone()),
        Some(_) => Err(DecodeProblem::Value),
        None => Err(DecodeProblem::Missing),
    }
}

fn read_time(item: &Item, name: &str) -> Result<DateTime<Utc>, DecodeProblem> {
    time::parse(&read_text(item, name)?).ok_or(DecodeProblem::Value)
}

fn read_version(item: &Item) -> Result<u64, DecodeProblem> {
    match item.get(name::VERSION) {
        // There is a version after every one that is read.
        Some(AttributeValue::N(text)) => text.parse().ok().filter(|version| *version < u64::MAX).ok_or(DecodeProblem::Value),
        Some(_) => Err(DecodeProblem::Value),
        None => Err(DecodeProblem::Missing),
    }
}

/// The id that the key names; where the prefix was another, the one that the row states.
fn id_of(def: &EntityDef, key: &PrimaryKey, source: &Item) -> Option<String> {
    let (schema::PrimaryKey::Id { prefix } | schema::PrimaryKey::NaturalId { prefix, .. }) = &def.primary else { return None };
    let named = key.pk.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('#'));
    Some(named.map_or_else(|| read_text(source, name::ID).unwrap_or_else(|_| key.pk.clone()), str::to_owned))
}

/// Takes out what the struct knows.
fn take_known(def: &EntityDef, item: &mut Item) -> Item {
    let names = def.fields.iter().flat_map(|field| std::iter::once(field.attribute).chain(field.aliases.iter().copied()));
    let mut known: Item = names.filter_map(|name| item.remove_entry(name)).collect();
    for field in def.fields.iter().filter(|field| !field.aliases.is_empty()) {
        // A program of another release may have written the field under its other name beside ours; serde takes one.
        if known.contains_key(field.attribute) {
            known.retain(|name, _| !field.aliases.contains(&name.as_str()));
        }
    }
    known
}

/// Takes out what the library writes itself. The keys of an index that this entity was once in would be stale, and would bring its history
/// into the index.
fn remove_own(def: &EntityDef, item: &mut Item, limits: &Limits) {
    let own = [name::PK, name::SK, name::TYPE, name::TYPE_SK, name::DATA, name::REVISION];
    let plain = [name::ID, name::CREATED_AT, name::UPDATED_AT];
    let indexes = limits.entities.iter().flat_map(|def| def.indexes);
    let indexes = indexes.flat_map(|index| [Some(index.pk_attribute), index.sk_attribute]).flatten();
    for attribute in own.into_iter().chain(plain).chain(indexes) {
        item.remove(attribute);
    }
    if def.versioned {
        item.remove(name::VERSION);
    }
    if def.ttl.is_some() {
        item.remove(limits.ttl_attribute);
    }
}

/// A name that neither the struct nor the Python library knows.
fn unknown(rest: &Rest) -> Option<&str> {
    let known = |name: &str| name == name::METADATA || name::BLOBS.contains(&name) || name::STANDARD_INDEXES.contains(&name);
    rest.data.keys().chain(rest.attributes.keys().filter(|name| !known(name))).map(String::as_str).next()
}

impl Error {
    /// The row that was there when a condition failed: what somebody else wrote. `None` for other errors, where DynamoDB returned no
    /// row, and where the row cannot be read as a `T`.
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table};
    /// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] struct Task { title: String }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<Task>().await?;
    /// # let task = table.create(Task { title: "write".into() }).await?;
    /// # let stale = task.clone();
    /// let task = table.update(task, |t| t.title = "theirs".into()).await?;
    /// if let Err(error) = table.update(stale, |t| t.title = "ours".into()).await {
    ///     assert_eq!(error.current::<Task>(), Some(task));
    /// }
    /// # Ok(()) }
    /// ```
    pub fn current<T: Entity>(&self) -> Option<Resource<T>> {
        let current = match self.cause() {
            Self::Conflict { current, .. } | Self::AlreadyExists { current, .. } | Self::ConditionFailed { current, .. } => current,
            _ => return None,
        };
        let row = current.row()?;
        let limits = Limits::new(T::ENTITIES, row.ttl_attribute, row.inflated_bytes);
        decode(row.item.clone(), &limits).ok()
    }
}

impl<T: Entity> Variant<T> {
    /// The one variant of an entity that is a table of its own.
    pub(crate) const fn only() -> Self {
        Self { def: T::DEF, decode: decode::<T>, encode: |value, birth, limits| Ok(encode_new(value, birth(), limits)) }
    }
}

impl<S> Variant<S> {
    /// The variant that holds a `T`.
    pub const fn of<T: Entity + VariantOf<S>>() -> Self {
        Self {
            def: T::DEF,
            decode: |item, limits| Ok(decode::<T>(item, limits)?.into_row()),
            encode: |row, birth, limits| {
                let NewRows { resource, head, history } = match encode_new(T::from_row(row)?, birth(), limits) {
                    Ok(new) => new,
                    Err(error) => return Ok(Err(error)),
                };
                Ok(Ok(NewRows { resource: resource.into_row(), head, history }))
            },
        }
    }
}

/// The resource of whichever entity of the schema the row says it is.
///
/// # Errors
/// [`Error::Decode`], where the row is of no entity of the schema, or is none that its entity can read.
pub(crate) fn decode_row<S: Schema>(item: Item, limits: &Limits) -> Result<Resource<S>> {
    let variant = match item.get(name::TYPE) {
        Some(AttributeValue::S(found)) => S::VARIANTS.iter().find(|variant| variant.def.name == found),
        _ => None,
    };
    match variant {
        Some(variant) => (variant.decode)(item, limits),
        None => Err(Error::Decode { entity: S::NAME, path: name::TYPE.to_owned(), problem: DecodeProblem::Entity }),
    }
}
