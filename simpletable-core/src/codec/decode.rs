use std::borrow::Cow;

use chrono::{DateTime, Utc};
use smallvec::SmallVec;

use super::claims::claims_of;
use super::data::Text;
use super::ser::Form;
use super::{Stored, de, encode_new, name, path};
use crate::entity::{Claims, Entity, Limits, NewRows, Parts, Resource, Row, Schema, Variant, VariantOf};
use crate::error::{DecodeProblem, Error, Result};
use crate::json::{Content, Entries, Entry, Quoted, RawRow};
use crate::key::Values;
use crate::schema::{self, EntityDef};
use crate::time;

/// The resource that a row holds.
///
/// # Errors
/// [`Error::Decode`].
pub(crate) fn decode<T: Entity>(raw: &RawRow, limits: &Limits) -> Result<Resource<T>> {
    let reading = Reading { def: T::DEF, limits };
    let opened = reading.open(raw)?;
    let inside = opened.inside(&reading)?;
    let split = reading.split(&opened.attributes, inside.as_deref());
    let mut row = reading.row(&opened.own, inside.as_deref(), &split)?;
    let value = value::<T>(&split).map_err(|at| decode_error(T::DEF, &at))?;
    if !T::DEF.unique.is_empty() {
        let values = Values { part: &|part| value.part(part), id: None, created_at: row.created_at, updated_at: row.updated_at };
        // What somebody else stored and no key can hold is claimed by nobody.
        let held = claims_of::<T>(&values).filter_map(Result::ok).collect();
        row.claims = Some(Box::new(Claims { held, expires: raw.get(limits.ttl_attribute) }));
    }
    Ok(Resource::new(value, row))
}

/// NULL reads as absent; only where a field needs it (a `serde_json::Value`, say), it is given the NULL itself.
pub(super) fn value<T: Entity>(split: &Split<'_>) -> Result<T, de::Error> {
    let fields = de::Fields { entries: &split.known, form: split.form, nulls: false };
    T::decode(fields).or_else(|error| match fields.has_nulls() {
        true => T::decode(de::Fields { nulls: true, ..fields }).map_err(|_| error),
        false => Err(error),
    })
}

pub(super) fn decode_error(def: &EntityDef, at: &path::At<DecodeProblem>) -> Error {
    Error::Decode { entity: def.name, path: at.path(), problem: at.problem }
}

/// The attributes that the library writes; in `data`, its members.
#[derive(Default)]
pub(super) struct Own<'a> {
    pk: Option<Entry<'a>>,
    sk: Option<Entry<'a>>,
    entity: Option<Entry<'a>>,
    type_sk: Option<Entry<'a>>,
    version: Option<Entry<'a>>,
    data: Option<Entry<'a>>,
    id: Option<Entry<'a>>,
    pub(super) created_at: Option<Entry<'a>>,
    updated_at: Option<Entry<'a>>,
    revision: Option<Entry<'a>>,
}

/// An attribute's name, of which another writer of JSON may have escaped any character.
fn plain<'a>(entry: &Entry<'a>) -> Cow<'a, str> {
    entry.name.text().unwrap_or(Cow::Borrowed(entry.name.raw))
}

impl<'a> Own<'a> {
    /// # Errors
    /// The name of one that is there twice.
    fn find(attributes: &[Entry<'a>]) -> Result<Self, &'static str> {
        let mut own = Self::default();
        for entry in attributes {
            let (place, name) = match &*plain(entry) {
                name::PK => (&mut own.pk, name::PK),
                name::SK => (&mut own.sk, name::SK),
                name::TYPE => (&mut own.entity, name::TYPE),
                name::TYPE_SK => (&mut own.type_sk, name::TYPE_SK),
                name::VERSION => (&mut own.version, name::VERSION),
                name::DATA => (&mut own.data, name::DATA),
                name::ID => (&mut own.id, name::ID),
                name::CREATED_AT => (&mut own.created_at, name::CREATED_AT),
                name::UPDATED_AT => (&mut own.updated_at, name::UPDATED_AT),
                name::REVISION => (&mut own.revision, name::REVISION),
                _ => continue,
            };
            if place.replace(*entry).is_some() {
                return Err(name);
            }
        }
        Ok(own)
    }
}

/// The text that an attribute holds.
fn read_text<'a>(entry: Option<Entry<'a>>, form: Form) -> Result<Cow<'a, str>, DecodeProblem> {
    let entry = entry.ok_or(DecodeProblem::Missing)?;
    let text = match form {
        Form::Attributes => match entry.content() {
            Some(Content::S(text)) => Some(text),
            _ => None,
        },
        Form::Json => entry.json_text(),
    };
    text.ok_or(DecodeProblem::Value)
}

pub(super) fn read_time(entry: Option<Entry<'_>>, form: Form) -> Result<DateTime<Utc>, DecodeProblem> {
    time::parse(&read_text(entry, form)?).ok_or(DecodeProblem::Value)
}

fn read_version(entry: Option<Entry<'_>>) -> Result<u64, DecodeProblem> {
    match entry.ok_or(DecodeProblem::Missing)?.content() {
        // There is a version after every one that is read.
        Some(Content::N(text)) => text.parse().ok().filter(|version| *version < u64::MAX).ok_or(DecodeProblem::Value),
        _ => Err(DecodeProblem::Value),
    }
}

/// By which declaration a row is read.
pub(super) struct Reading<'a> {
    pub(super) def: &'static EntityDef,
    pub(super) limits: &'a Limits,
}

/// A row's attributes, and the JSON in its `data`.
pub(super) struct Opened<'a> {
    pub(super) attributes: Entries<'a>,
    pub(super) own: Own<'a>,
    json: Option<Text>,
}

impl Opened<'_> {
    /// The members of `data`, where there is any.
    pub(super) fn inside(&self, reading: &Reading<'_>) -> Result<Option<Entries<'_>>> {
        self.json.as_ref().map(Text::members).transpose().map_err(|problem| reading.problem(name::DATA, problem))
    }
}

/// A row's attributes, or the members of its `data`, by whose they are.
pub(super) struct Split<'a> {
    /// What serde reads.
    pub(super) known: Entries<'a>,
    pub(super) form: Form,
    /// What the struct does not know, of the attributes and of `data`.
    pub(super) attributes: SmallVec<[Entry<'a>; 4]>,
    pub(super) data: SmallVec<[Entry<'a>; 4]>,
}

impl Reading<'_> {
    fn problem(&self, path: &str, problem: DecodeProblem) -> Error {
        Error::Decode { entity: self.def.name, path: path.to_owned(), problem }
    }

    /// Finds a row's attributes, and unpacks its `data`.
    pub(super) fn open<'r>(&self, row: &'r RawRow) -> Result<Opened<'r>> {
        let attributes: Entries<'r> = row.entries().collect();
        let own = Own::find(&attributes).map_err(|name| self.problem(name, DecodeProblem::Value))?;
        self.check_type(&own)?;
        let ttl = self.limits.ttl_attribute;
        if self.def.ttl.is_some() && attributes.iter().filter(|entry| entry.is(ttl)).nth(1).is_some() {
            return Err(self.problem(ttl, DecodeProblem::Value));
        }
        let base64 = own.data.and_then(|data| data.base64());
        let json = base64.map(|base64| Text::read_base64(&base64, self.limits.inflated_bytes)).transpose();
        let json = json.map_err(|problem| self.problem(name::DATA, problem))?;
        Ok(Opened { attributes, own, json })
    }

    fn check_type(&self, own: &Own<'_>) -> Result<()> {
        // A row of the history has none.
        let Some(entity) = own.entity else { return Ok(()) };
        match entity.content() {
            Some(Content::S(found)) if found == self.def.name => Ok(()),
            _ => Err(self.problem(name::TYPE, DecodeProblem::Entity)),
        }
    }

    /// Whether the struct has a field of this name.
    fn knows(&self, entry: &Entry<'_>) -> bool {
        self.def.fields.iter().any(|field| entry.is(field.attribute) || field.aliases.iter().any(|alias| entry.is(alias)))
    }

    /// Whether the library writes the attribute itself. The keys of an index that this entity was once in would be stale, and would bring its
    /// history into the index.
    fn is_own(&self, entry: &Entry<'_>) -> bool {
        let own = match &*plain(entry) {
            name::PK | name::SK | name::TYPE | name::TYPE_SK | name::DATA | name::REVISION => true,
            name::ID | name::CREATED_AT | name::UPDATED_AT => true,
            name::VERSION => self.def.versioned,
            _ => self.def.ttl.is_some() && entry.is(self.limits.ttl_attribute),
        };
        let mut indexes = self.limits.entities.iter().flat_map(|def| def.indexes);
        own || indexes.any(|index| entry.is(index.pk_attribute) || index.sk_attribute.is_some_and(|sk| entry.is(sk)))
    }

    pub(super) fn split<'a>(&self, attributes: &[Entry<'a>], inside: Option<&[Entry<'a>]>) -> Split<'a> {
        let form = if inside.is_some() { Form::Json } else { Form::Attributes };
        let mut split = Split { known: Entries::new(), form, attributes: SmallVec::new(), data: SmallVec::new() };
        for entry in attributes {
            match inside {
                None if self.knows(entry) => split.known.push(*entry),
                // Beside `data`, an attribute with a field's name is somebody else's; the next write may make attributes of all fields.
                Some(_) if !self.def.compress && self.knows(entry) => {}
                _ if self.is_own(entry) => {}
                _ => split.attributes.push(*entry),
            }
        }
        for entry in inside.unwrap_or_default() {
            let own = matches!(&*plain(entry), name::ID | name::CREATED_AT | name::UPDATED_AT | name::VERSION);
            if self.knows(entry) {
                split.known.push(*entry);
            } else if !own && (self.def.compress || !self.is_own(entry)) {
                split.data.push(*entry);
            }
        }
        self.choose_aliases(&mut split.known);
        if !self.def.compress {
            self.add_empty_sets(&mut split);
        }
        split
    }

    /// A program of another release may have written a field under its other name beside ours; serde takes one.
    fn choose_aliases(&self, known: &mut Entries<'_>) {
        for field in self.def.fields.iter().filter(|field| !field.aliases.is_empty()) {
            if known.iter().any(|entry| entry.is(field.attribute)) {
                known.retain(|entry| !field.aliases.iter().any(|alias| entry.is(alias)));
            }
        }
    }

    /// An empty set is absent.
    fn add_empty_sets(&self, split: &mut Split<'_>) {
        for field in self.def.fields.iter().filter(|field| field.set) {
            let is_field = |entry: &Entry<'_>| entry.is(field.attribute) || field.aliases.iter().any(|alias| entry.is(alias));
            if !split.known.iter().any(is_field) {
                let value = if split.form == Form::Json { "[]" } else { r#"{"L":[]}"# };
                split.known.push(Entry { name: Quoted { raw: field.attribute, escaped: false }, value, parts: 0 });
            }
        }
    }

    /// DynamoDB sends no name twice. Where serde does not see one, nobody could say which of its values is meant.
    fn check_unknown(&self, attributes: &[Entry<'_>]) -> Result<()> {
        let mut names: SmallVec<[&str; 8]> = attributes.iter().map(|entry| entry.name.raw).collect();
        names.sort_unstable();
        match names.windows(2).find(|pair| pair[0] == pair[1]) {
            Some(pair) => Err(self.problem(pair[0], DecodeProblem::Value)),
            None => Ok(()),
        }
    }

    /// What the resource keeps.
    pub(super) fn row(&self, own: &Own<'_>, inside: Option<&[Entry<'_>]>, split: &Split<'_>) -> Result<Row> {
        let (def, form) = (self.def, split.form);
        self.check_unknown(&split.attributes)?;
        let inner = inside.map(Own::find).transpose().map_err(|name| self.problem(name, DecodeProblem::Value))?;
        let source = inner.as_ref().unwrap_or(own);
        let created_at = read_time(source.created_at, form).map_err(|found| self.problem(name::CREATED_AT, found))?;
        let updated_at = read_time(source.updated_at, form).map_err(|found| self.problem(name::UPDATED_AT, found))?;
        let version = match def.versioned {
            true => Some(read_version(own.version).map_err(|found| self.problem(name::VERSION, found))?),
            false => None,
        };
        let pk = read_text(own.pk, Form::Attributes).map_err(|found| self.problem(name::PK, found))?;
        let sk = read_text(own.sk, Form::Attributes).map_err(|found| self.problem(name::SK, found))?;
        let id = self.id_of(&pk, source, form);
        if def.deny_unknown
            && let Some(attribute) = unknown(split)
        {
            return Err(self.problem(&attribute, DecodeProblem::Unknown));
        }
        let stored = Stored { updated_at: own.updated_at, type_sk: own.type_sk };
        let stamp = stored.stamp(updated_at);
        let parts = Parts { def, pk: &pk, sk: &sk, id: id.as_deref(), created_at, updated_at, version, stamp };
        let value_of = |attribute: &str| match attribute {
            name::UPDATED_AT => own.updated_at,
            name::TYPE_SK => own.type_sk,
            name::REVISION => own.revision,
            name::VERSION if def.versioned => own.version,
            attribute => split.known.iter().find(|entry| entry.is(attribute) && entry.value != r#"{"L":[]}"#).copied(),
        };
        let sets = own.data.is_none() || def.versioned;
        let revision = |text: &mut String| {
            for attribute in Row::checked(def, stamp).take(if sets { usize::MAX } else { 1 }) {
                text.push_str(value_of(attribute).map_or("null", |entry| entry.value));
            }
        };
        Ok(Row::new(parts, revision, split.attributes.iter().copied(), split.data.iter().copied()))
    }

    /// The id that the key names; where the prefix was another, the one that the row states.
    fn id_of<'a>(&self, pk: &'a str, source: &Own<'a>, form: Form) -> Option<Cow<'a, str>> {
        let prefix = match &self.def.primary {
            schema::PrimaryKey::Id { prefix } | schema::PrimaryKey::NaturalId { prefix, .. } => prefix,
            schema::PrimaryKey::Singleton => schema::SINGLETON,
            schema::PrimaryKey::Composed { .. } => return None,
        };
        let named = pk.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('#'));
        Some(named.map_or_else(|| read_text(source.id, form).unwrap_or(Cow::Borrowed(pk)), Cow::Borrowed))
    }
}

/// A name that neither the struct nor the Python library knows.
fn unknown(split: &Split<'_>) -> Option<String> {
    let known = |entry: &&Entry<'_>| [name::METADATA].iter().chain(&name::BLOBS).chain(&name::STANDARD_INDEXES).any(|name| entry.is(name));
    let attributes = split.attributes.iter().filter(|entry| !known(entry));
    split.data.iter().chain(attributes).next().map(|entry| entry.name.text().map_or_else(|_| "*".to_owned(), Cow::into_owned))
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
        decode(&RawRow::from_item(&row.item).ok()?, &limits).ok()
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
            decode: |row, limits| Ok(decode::<T>(row, limits)?.into_row()),
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
pub(crate) fn decode_row<S: Schema>(row: &RawRow, limits: &Limits) -> Result<Resource<S>> {
    let found = row.text(name::TYPE);
    let variant = found.and_then(|found| S::VARIANTS.iter().find(|variant| variant.def.name == found));
    match variant {
        Some(variant) => (variant.decode)(row, limits),
        None => Err(Error::Decode { entity: S::NAME, path: name::TYPE.to_owned(), problem: DecodeProblem::Entity }),
    }
}
