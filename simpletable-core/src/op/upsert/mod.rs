//! Writing all that a struct knows of a row, and nothing else of it: one change in place.

mod once;
mod send;
mod steps;

pub use once::UpsertOnce;

use self::steps::Kept;
use super::get::Decode;
use super::when::When;
use crate::codec::{self, Encoded, Stamp};
use crate::entity::{AcceptsId, Entity, PartlyKept};
use crate::error::{Error, PatchProblem, Result};
use crate::expr::role::Keepable;
use crate::expr::{Condition, Refused, Single};
use crate::handle::Handle;
use crate::key::Id;
use crate::schema::EntityDef;

/// Creates a resource, or overwrites what its struct knows of the one that is there; made by [`Table::upsert`](crate::Table::upsert).
#[must_use = "operations do nothing unless they are awaited"]
pub struct Upsert<T> {
    handle: Handle,
    def: &'static EntityDef,
    value: T,
    id: Option<String>,
    kept: Vec<Kept>,
    /// The first mistake.
    refused: Option<Error>,
    when: When,
    encode: fn(&T, &Stamp<'_>) -> Result<Encoded>,
    decode: Decode<T>,
}

impl<T: Entity> Upsert<T> {
    pub(crate) fn new(handle: Handle, value: T) -> Self {
        Self {
            handle,
            def: T::DEF,
            value,
            id: None,
            kept: Vec::new(),
            refused: None,
            when: When::default(),
            encode: codec::encode,
            decode: codec::decode,
        }
    }

    /// Gives the id of the resource that is created or overwritten, instead of a generated one, of which there can be none.
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table};
    /// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] struct Task { title: String }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<Task>().await?;
    /// let task = table.upsert(Task { title: "hello".into() }).id("welcome").await?;
    /// assert_eq!(task.id().as_str(), "welcome");
    /// # Ok(()) }
    /// ```
    pub fn id(self, id: impl Into<Id<T>>) -> Self
    where
        T: AcceptsId,
    {
        Self { id: Some(id.into().into()), ..self }
    }

    /// Writes a field only where the row has none: what is stored stays as it is. A field at a time; call it again for another.
    ///
    /// It is for whole fields that nothing derives from. A field that a key or the time to live is made of does not compile here, nor does any field
    /// of an entity with `pk_with` or `sk_with`; a place inside a field is an [`Error::Patch`](crate::Error::Patch), and nothing is sent. A NULL
    /// that another writer has stored for nothing is an [`Error::Patch`](crate::Error::Patch) too, and the row stays as it is.
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize};
    /// use simpletable::{SingleTable, Table};
    ///
    /// #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
    /// #[table(id = "<serial>")]
    /// struct Device {
    ///     serial: String,
    ///     firmware: String,
    ///     enrolled_by: String,
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<Device>().await?;
    /// let seen = |firmware: &str, by: &str| Device { serial: "x7".into(), firmware: firmware.into(), enrolled_by: by.into() };
    /// table.upsert(seen("1.0", "ann")).create_only(|d| d.enrolled_by).await?;
    /// let device = table.upsert(seen("1.1", "bob")).create_only(|d| d.enrolled_by).await?;
    /// assert_eq!((device.firmware.as_str(), device.enrolled_by.as_str()), ("1.1", "ann"));
    /// # Ok(()) }
    /// ```
    pub fn create_only<F>(mut self, field: impl FnOnce(&T::Fields) -> F) -> Self
    where
        T: PartlyKept,
        F: Single<T>,
        F::Role: Keepable,
    {
        let place = field(T::FIELDS).locate();
        let refused = match place.path {
            Ok(path) => match path.attribute().filter(|_| path.is_attribute()) {
                Some(attribute) => {
                    self.kept.push(Kept { attribute, aliases: place.aliases });
                    return self;
                }
                None => Error::Patch { entity: self.def.name, path: path.text(), problem: PatchProblem::Overlap },
            },
            Err(Refused { path, problem }) => Error::Encode { entity: self.def.name, path, problem },
        };
        self.refused.get_or_insert(refused);
        self
    }

    /// Writes only if what is there, which may be nothing, fulfils a condition, in the language of filters; else
    /// [`Error::ConditionFailed`](crate::Error::ConditionFailed), with the row. A row whose time to live is over is asked too, as long as DynamoDB
    /// has not deleted it.
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table};
    /// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] #[table(id = "<device>")] struct Reading { device: String, number: u64 }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<Reading>().await?;
    /// let newer = |number| table.upsert(Reading { device: "door".into(), number }).when(move |r| r.number.not_exists().or(r.number.lt(number)));
    /// newer(7).await?;
    /// assert!(newer(5).await.is_err_and(|error| error.is_condition_failed()));
    /// # Ok(()) }
    /// ```
    pub fn when(self, condition: impl FnOnce(&T::Fields) -> Condition<T>) -> Self {
        Self { when: self.when.and(condition), ..self }
    }

    /// Makes the write once, however often it is sent with this key, as [`Create::idempotency_key`](crate::Create::idempotency_key) does. It is a
    /// transaction then, which returns no row, so that the result is `()`.
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table};
    /// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] #[table(id = "<email>")] struct User { email: String, name: String }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<User>().await?;
    /// let user = || User { email: "ann@acme.io".into(), name: "Ann".into() };
    /// table.upsert(user()).idempotency_key("request 7").await?;
    /// assert!(table.upsert(user()).idempotency_key("request 7").await.is_err_and(|error| error.is_already_applied()));
    /// # Ok(()) }
    /// ```
    pub fn idempotency_key(self, key: impl Into<String>) -> UpsertOnce<T> {
        UpsertOnce::new(self, key.into())
    }
}
