//! Keys: what can stand in one, how a template is rendered, and what DynamoDB accepts.

#[cfg(test)]
mod apart;
mod claim;
mod id;
mod part;
mod render;

use std::fmt;
use std::marker::PhantomData;

use crate::error::{KeyProblem, KeyValueError};

pub(crate) use claim::{claim, claims_prefix, idempotency};
pub use id::Id;
pub use part::{DerivedPart, KeyPart, Part};
pub(crate) use render::{Values, of_id, primary, push_part, render};

/// DynamoDB's limit for a partition key, in bytes.
///
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-partition-sort-keys>
pub(crate) const PARTITION_KEY_BYTES: usize = 2048;
/// DynamoDB's limit for a sort key, in bytes.
pub(crate) const SORT_KEY_BYTES: usize = 1024;

/// Both parts of a row's primary key, as stored.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct PrimaryKey {
    pub(crate) pk: String,
    pub(crate) sk: String,
}

/// The key of a `T`, made from its parts by `T::key(...)`, which the derive generates for natural ids and composed keys.
///
/// A part that cannot stand in its template (it contains the template's delimiter, or has more digits than its place) is reported by the
/// operation that the key is given to, as [`Error::KeyValue`](crate::Error::KeyValue), before anything is sent. A key that is empty or too
/// long names no row. `Debug` shows no values.
///
/// # Examples
/// ```
/// # use serde::{Deserialize, Serialize}; use simpletable::{Error, SingleTable, Table};
/// #[derive(Serialize, Deserialize, SingleTable)]
/// #[table(pk = "ORG#<org>", sk = "INVOICE#<number:08>")]
/// struct Invoice {
///     org: String,
///     number: u32,
///     cents: u64,
/// }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
/// # let table = Table::in_memory::<Invoice>().await?;
/// table.create(Invoice { org: "acme".into(), number: 7, cents: 990 }).await?;
/// assert_eq!(table.read(Invoice::key("acme", 7)).await?.cents, 990);
///
/// // Nine digits do not fit `<number:08>`.
/// let refused = table.read(Invoice::key("acme", 123_456_789)).await;
/// assert!(matches!(refused, Err(Error::KeyValue { field: Some("number"), .. })));
/// # Ok(()) }
/// ```
pub struct Key<T> {
    pub(crate) primary: Result<PrimaryKey, KeyValueError>,
    pub(crate) entity: PhantomData<fn() -> T>,
}

impl<T> Key<T> {
    pub(crate) fn new(primary: Result<PrimaryKey, KeyValueError>) -> Self {
        Self { primary, entity: PhantomData }
    }
}

impl<T> Clone for Key<T> {
    fn clone(&self) -> Self {
        Self::new(self.primary.clone())
    }
}

impl<T> fmt::Debug for Key<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key").finish_non_exhaustive()
    }
}

/// Whether a key of this text can exist.
pub(crate) fn check_length(text: &str, limit: usize) -> Result<(), KeyProblem> {
    match text.len() {
        0 => Err(KeyProblem::Empty),
        bytes if bytes > limit => Err(KeyProblem::TooLong { limit }),
        _ => Ok(()),
    }
}
