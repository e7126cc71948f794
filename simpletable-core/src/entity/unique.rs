use std::fmt;
use std::marker::PhantomData;

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::DateTime;

use super::{Entity, Limits};
use crate::error::{KeyValueError, Result};
use crate::json::RawRow;
use crate::key::{self, Part, PrimaryKey, Values};
use crate::schema::{EntityDef, UniqueDef};

/// The unique values of a row, and how long they are its own.
#[derive(Clone, Default)]
pub(crate) struct Claims {
    pub(crate) held: Vec<Claim>,
    /// What the row's TTL attribute says: its claims expire with it.
    pub(crate) expires: Option<AttributeValue>,
}

/// A row and its unique values.
#[derive(Clone)]
pub(crate) struct Holding {
    pub(crate) key: PrimaryKey,
    pub(crate) claims: Claims,
}

/// One unique value of a row.
#[derive(Clone)]
pub(crate) struct Claim {
    pub(crate) def: &'static EntityDef,
    pub(crate) constraint: &'static UniqueDef,
    /// Both keys of the row that says whose value it is.
    pub(crate) key: String,
    /// The claims of a row of the entity: what says whether it still has the value.
    pub(crate) of_row: fn(&RawRow, &Limits) -> Result<Claims>,
}

/// A unique value of a `T`, made from its parts by `T::find_by_<constraint>(...)`, for [`Table::find`](crate::Table::find).
///
/// `Debug` shows no values.
///
/// # Examples
/// ```
/// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table, UniqueKey};
/// #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
/// #[table(unique(name = "email", value = "<email>", fold = "lower"))]
/// struct User {
///     email: String,
/// }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
/// # let table = Table::in_memory::<User>().await?;
/// let ann: UniqueKey<User> = User::find_by_email("Ann@Acme.io");
/// assert_eq!(table.find(ann.clone()).await?, None);
/// let user = table.create(User { email: "ann@acme.io".into() }).await?;
/// assert_eq!(table.find(ann).await?, Some(user));
/// # Ok(()) }
/// ```
pub struct UniqueKey<T> {
    pub(crate) claim: Result<String, KeyValueError>,
    entity: PhantomData<fn() -> T>,
}

impl<T: Entity> UniqueKey<T> {
    /// The value that these parts make, numbered as [`Entity::part`] numbers them. Called by `T::find_by_<constraint>(...)`.
    #[doc(hidden)]
    pub fn from_parts(constraint: usize, parts: &[(usize, Part<'_>)]) -> Self {
        let part = |wanted| parts.iter().find(|(part, _)| *part == wanted).map(|(_, value)| value.clone());
        let time = DateTime::default();
        let values = Values { part: &part, id: None, created_at: time, updated_at: time };
        let claim = key::claim(T::DEF, &T::DEF.unique[constraint], &values);
        // Every part is given, so that there is a value.
        Self { claim: claim.map(Option::unwrap_or_default), entity: PhantomData }
    }
}

impl<T> Clone for UniqueKey<T> {
    fn clone(&self) -> Self {
        Self { claim: self.claim.clone(), entity: PhantomData }
    }
}

impl<T> fmt::Debug for UniqueKey<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UniqueKey").finish_non_exhaustive()
    }
}
