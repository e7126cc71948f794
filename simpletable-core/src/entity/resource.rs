use std::fmt;
use std::ops::Deref;

use chrono::{DateTime, Utc};
use serde::{Serialize, Serializer};

use super::{Entity, Identified, Revision, Row, VariantOf, Versioned};
use crate::key::{Id, Key};
use crate::time;

/// A `T` as the table holds it: the value, and what the library adds (id or key, version, times, and what it needs to change the
/// row safely).
///
/// It derefs to the value. Two resources are equal when what the user sees of them is: value, key, version and times. It serializes
/// flat: `resource_id`, `created_at`, `updated_at`, `version`, then the value's fields; `resource_id` where there is an id, `version`
/// where there is a history.
///
/// Methods of `T` that are named like one of these (`version`, `id`, `key` …) are reached by `(*resource).version()`.
///
/// # Examples
/// ```
/// # use serde::{Deserialize, Serialize}; use simpletable::{Resource, SingleTable, Table};
/// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] struct Task { title: String }
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
/// # let table = Table::in_memory::<Task>().await?;
/// let task = table.create(Task { title: "write".into() }).await?;
/// assert_eq!(task.title.len(), 5); // a `Task`, by `Deref`
///
/// let json = serde_json::to_value(&task).expect("JSON");
/// assert_eq!(json["title"], "write");
/// assert_eq!(json["resource_id"], task.id().as_str());
///
/// let task: Task = Resource::into_inner(task);
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Resource<T> {
    value: T,
    id: Option<Id<T>>,
    row: Row,
}

impl<T> Resource<T> {
    pub(crate) fn new(value: T, row: Row) -> Self {
        Self { value, id: row.id(), row }
    }

    pub(crate) fn row(&self) -> &Row {
        &self.row
    }

    /// The same value in another row.
    pub(crate) fn in_row(self, row: impl FnOnce(&Row) -> Row) -> Self {
        Self::new(self.value, row(&self.row))
    }

    pub(crate) fn value_mut(&mut self) -> &mut T {
        &mut self.value
    }

    pub(crate) fn into_parts(self) -> (T, Option<Id<T>>, Row) {
        (self.value, self.id, self.row)
    }

    /// The resource as a row of the schema that has this entity as a variant.
    pub(crate) fn into_row<S>(self) -> Resource<S>
    where
        T: VariantOf<S>,
    {
        Resource::new(self.value.into_row(), self.row)
    }

    /// The resource as one entity's, where the row is of that entity.
    ///
    /// # Errors
    /// The row again, where it is of another entity.
    #[expect(clippy::result_large_err, reason = "the row comes back as it was given")]
    pub fn downcast<E: VariantOf<T>>(self) -> Result<Resource<E>, Self> {
        let Self { value, id, row } = self;
        match E::from_row(value) {
            Ok(value) => Ok(Resource::new(value, row)),
            Err(value) => Err(Self { value, id, row }),
        }
    }

    /// When the resource was created. UTC, in microseconds.
    pub fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }

    /// When the resource was last written. UTC, in microseconds; every update moves it forward, whatever the clocks do; a
    /// patch, which does not read the row, writes its clock's time.
    pub fn updated_at(&self) -> DateTime<Utc> {
        self.row.updated_at
    }

    /// The state of the row, as an opaque string: an ETag. [`Table::update_at`](crate::Table::update_at) takes it back.
    pub fn revision(&self) -> Revision {
        Revision::of(&self.row)
    }

    /// The value alone; written `Resource::into_inner(resource)`.
    pub fn into_inner(this: Self) -> T {
        this.value
    }

    /// The id. Entities of composed keys have none.
    pub fn id(&self) -> &Id<T>
    where
        T: Identified,
    {
        self.id.as_ref().unwrap_or_else(|| unreachable!("a resource with an id was made without one"))
    }

    /// The key; it reaches every kind of entity.
    pub fn key(&self) -> Key<T>
    where
        T: Entity,
    {
        Key::new(Ok(self.row.key()))
    }

    /// The version: 1 when created, one more by every update.
    pub fn version(&self) -> u64
    where
        T: Versioned,
    {
        self.row.version.unwrap_or_else(|| unreachable!("a versioned resource was made without a version"))
    }
}

impl<T> Deref for Resource<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: PartialEq> PartialEq for Resource<T> {
    fn eq(&self, other: &Self) -> bool {
        let seen = |row: &Row| (row.created_at, row.updated_at, row.version);
        self.value == other.value && self.row.is_same(&other.row) && seen(&self.row) == seen(&other.row)
    }
}

impl<T: fmt::Debug> fmt::Debug for Resource<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Resource");
        if let Some(id) = &self.id {
            debug.field("id", id);
        }
        if let Some(version) = self.row.version {
            debug.field("version", &version);
        }
        debug
            .field("created_at", &self.row.created_at)
            .field("updated_at", &self.row.updated_at)
            .field("value", &self.value)
            .finish_non_exhaustive()
    }
}

impl<T: Serialize> Serialize for Resource<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Flat<'a, T> {
            #[serde(skip_serializing_if = "Option::is_none")]
            resource_id: Option<&'a str>,
            created_at: String,
            updated_at: String,
            #[serde(skip_serializing_if = "Option::is_none")]
            version: Option<u64>,
            #[serde(flatten)]
            value: &'a T,
        }
        Flat {
            resource_id: self.id.as_ref().map(Id::as_str),
            created_at: time::json_form(self.row.created_at),
            updated_at: time::json_form(self.row.updated_at),
            version: self.row.version,
            value: &self.value,
        }
        .serialize(serializer)
    }
}
