use std::cell::RefCell;
use std::iter::once;
use std::sync::Arc;

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, Utc};

use super::{Claims, Holding};
use crate::json::{Entry, Reader, read_value};
use crate::key::{Id, PrimaryKey};
use crate::schema::EntityDef;

/// What a resource knows of its row, in one piece of memory beside the times.
///
/// What conditions compare and what the struct does not know is kept as the JSON that it was read as, and looked at when something is
/// written: most resources are never written.
#[derive(Clone)]
pub(crate) struct Row {
    def: &'static EntityDef,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) updated_at: DateTime<Utc>,
    pub(crate) version: Option<u64>,
    /// The attribute that every write changes.
    stamp: &'static str,
    /// The partition key, the sort key, the revision, what the struct does not know, and the id where the key does not have it.
    text: Arc<str>,
    ends: Ends,
    /// Where the id is.
    id: Option<(u32, u32)>,
    /// The unique values, where the entity has some.
    pub(crate) claims: Option<Box<Claims>>,
}

/// Where in a row's text its parts end.
#[derive(Clone, Copy, Default)]
struct Ends {
    pk: u32,
    sk: u32,
    revision: u32,
    attributes: u32,
    data: u32,
}

/// What a row is made of.
pub(crate) struct Parts<'a> {
    pub(crate) def: &'static EntityDef,
    pub(crate) pk: &'a str,
    pub(crate) sk: &'a str,
    pub(crate) id: Option<&'a str>,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) updated_at: DateTime<Utc>,
    pub(crate) version: Option<u64>,
    pub(crate) stamp: &'static str,
}

/// One attribute as it was stored when the row was read; `None`: it was absent.
#[derive(Clone, PartialEq)]
pub(crate) struct Check {
    pub(crate) attribute: &'static str,
    pub(crate) value: Option<AttributeValue>,
}

/// What no row is without: a row whose revision says that it is absent can not be.
const NEVER: &str = "pk";

thread_local! {
    /// Where rows' texts are put together: so that a text is one allocation, of the right size.
    static SCRATCH: RefCell<String> = const { RefCell::new(String::new()) };
}

/// How much of it is kept from row to row.
const SCRATCH_BYTES: usize = 64 * 1024;

impl Row {
    /// `revision` writes the values that a write has to find unchanged, in the order of [`checked`](Self::checked); `attributes` and `data`
    /// are what the struct does not know of the row and of the JSON in its `data`.
    pub(crate) fn new<'a>(
        parts: Parts<'a>,
        revision: impl FnOnce(&mut String),
        attributes: impl IntoIterator<Item = Entry<'a>>,
        data: impl IntoIterator<Item = Entry<'a>>,
    ) -> Self {
        let Parts { def, pk, sk, id, created_at, updated_at, version, stamp } = parts;
        let fill = |text: &mut String| {
            let mut ends = Ends::default();
            // A row has 400 KB, and what its `data` inflates to is bounded too.
            let place = |text: &String| u32::try_from(text.len()).unwrap_or(u32::MAX);
            text.push_str(pk);
            ends.pk = place(text);
            text.push_str(sk);
            ends.sk = place(text);
            revision(text);
            ends.revision = place(text);
            push_members(text, attributes);
            ends.attributes = place(text);
            push_members(text, data);
            ends.data = place(text);
            let id = id.map(|id| match pk.strip_suffix(id) {
                Some(prefix) => (u32::try_from(prefix.len()).unwrap_or(u32::MAX), ends.pk),
                None => {
                    text.push_str(id);
                    (ends.data, place(text))
                }
            });
            (Arc::from(text.as_str()), ends, id)
        };
        let (text, ends, id) = SCRATCH.with_borrow_mut(|scratch| {
            scratch.clear();
            let made = fill(scratch);
            scratch.shrink_to(SCRATCH_BYTES);
            made
        });
        Self { def, created_at, updated_at, version, stamp, text, ends, id, claims: None }
    }

    /// The same state with other things that the struct does not know.
    pub(crate) fn with_unknown<'a>(
        &'a self,
        attributes: impl IntoIterator<Item = Entry<'a>>,
        data: impl IntoIterator<Item = Entry<'a>>,
    ) -> Self {
        let revision = &self.text[self.ends.sk as usize..self.ends.revision as usize];
        Self::new(self.parts(), |text| text.push_str(revision), attributes, data)
    }

    /// The state of the resource at `sk`, from which no write can be made.
    pub(crate) fn past(&self, sk: &str) -> Self {
        Self::new(Parts { sk, stamp: NEVER, ..self.parts() }, |text| text.push_str("null"), None, None)
    }

    /// Whether it was read from the history.
    pub(crate) fn is_past(&self) -> bool {
        self.stamp == NEVER
    }

    /// The row's key and its unique values.
    pub(crate) fn holding(&self) -> Holding {
        Holding { key: self.key(), claims: self.claims.as_deref().cloned().unwrap_or_default() }
    }

    fn parts(&self) -> Parts<'_> {
        Parts {
            def: self.def,
            pk: self.pk(),
            sk: self.sk(),
            id: self.id.map(|(start, end)| &self.text[start as usize..end as usize]),
            created_at: self.created_at,
            updated_at: self.updated_at,
            version: self.version,
            stamp: self.stamp,
        }
    }

    pub(crate) fn pk(&self) -> &str {
        &self.text[..self.ends.pk as usize]
    }

    pub(crate) fn sk(&self) -> &str {
        &self.text[self.ends.pk as usize..self.ends.sk as usize]
    }

    pub(crate) fn key(&self) -> PrimaryKey {
        PrimaryKey { pk: self.pk().to_owned(), sk: self.sk().to_owned() }
    }

    /// Whether this is the row's key.
    pub(crate) fn is_at(&self, key: &PrimaryKey) -> bool {
        self.pk() == key.pk && self.sk() == key.sk
    }

    /// Whether both are rows of one key.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.pk() == other.pk() && self.sk() == other.sk()
    }

    pub(super) fn id<T>(&self) -> Option<Id<T>> {
        self.id.map(|(start, end)| Id::part_of(&self.text, start, end))
    }

    /// The attributes that a revision can be made of: the update stamp, and the version or the sets.
    pub(crate) fn checked(def: &'static EntityDef, stamp: &'static str) -> impl Iterator<Item = &'static str> {
        let version = def.versioned.then_some("version");
        let sets = def.fields.iter().filter(|field| field.set && !def.versioned).map(|field| field.attribute);
        once(stamp).chain(version).chain(sets)
    }

    /// What a write that was made from this state is conditional on.
    pub(crate) fn revision(&self) -> Vec<Check> {
        let mut reader = Reader::new(&self.text[self.ends.sk as usize..self.ends.revision as usize]);
        let mut checks = Vec::new();
        for attribute in Self::checked(self.def, self.stamp) {
            // Rows with `data` have none of the sets.
            if reader.peek().is_none() {
                break;
            }
            let value = reader.skip().unwrap_or_else(|_| unreachable!("it was written as JSON"));
            checks.push(Check { attribute, value: read_value(value).ok() });
        }
        checks
    }

    /// What the struct does not know of the row's attributes: the members of a JSON object, without its braces.
    pub(crate) fn unknown_attributes(&self) -> &str {
        &self.text[self.ends.revision as usize..self.ends.attributes as usize]
    }

    /// The same of the JSON in `data`.
    pub(crate) fn unknown_data(&self) -> &str {
        &self.text[self.ends.attributes as usize..self.ends.data as usize]
    }
}

fn push_members<'a>(text: &mut String, members: impl IntoIterator<Item = Entry<'a>>) {
    for (index, Entry { name, value, .. }) in members.into_iter().enumerate() {
        text.push_str(if index == 0 { "\"" } else { ",\"" });
        text.push_str(name.raw);
        text.push_str("\":");
        text.push_str(value);
    }
}
