//! Finders: which rows of the table or of an index a query reads, with bounds that are exact.

mod lookup;
mod ordered;
mod prefix;
mod range;

pub(crate) use lookup::Sort;
pub use lookup::{IndexKey, Lookup};
pub use ordered::{Edge, Inner, Last, OrderedKeyPart, TextPart, TextPrefix};
pub use prefix::{KeyPrefix, Ranged};
pub use range::{Bounds, KeyRange};

#[cfg(test)]
mod tests;

use std::marker::PhantomData;

use crate::entity::{Entity, IntoKey, Member, Schema, VariantOf};
use crate::error::KeyValueError;

/// Reads the table itself: consistent reads are possible.
#[doc(hidden)]
#[derive(Debug)]
pub enum TableKey {}

/// Reads a global secondary index.
#[doc(hidden)]
#[derive(Debug)]
pub enum Index {}

/// Of a finder or a query: it reads whole rows, and so gives resources. The table holds them, and so does an index unless it declares a
/// `projection`.
#[derive(Debug)]
pub enum WholeRows {}

/// Of a finder or a query: it reads an index that holds only a part of its rows (`projection` in `#[gsi(...)]`). The query gives
/// [`keys`](crate::Query::keys), or the resources by [`fetch`](crate::Query::fetch).
#[derive(Debug)]
pub enum KeysOrFetch {}

/// What reads whole rows: [`WholeRows`], and not [`KeysOrFetch`].
#[diagnostic::on_unimplemented(
    message = "this query is on an index that holds only a part of its rows, so it gives no resources by itself",
    label = "call `.fetch()` or `.keys()` before it",
    note = "`.fetch()` reads the resources that the index finds from the table; `.keys()` gives their keys alone"
)]
pub trait GivesResources {}

#[diagnostic::do_not_recommend]
impl GivesResources for WholeRows {}

/// A source of consistent reads: the table, no index.
#[diagnostic::on_unimplemented(
    message = "a global secondary index has no consistent reads",
    label = "`.consistent()` needs the table itself",
    note = "read the resources by key with `table.read(key).consistent()`, or query a partition of the table"
)]
pub trait Consistent {}
impl Consistent for TableKey {}

/// Which rows a query reads: made by `T::by_...(...)`, `T::in_partition(...)` and `App::partition_of(...)`.
///
/// A function of yours can return one, so that a pattern has a name and one place. It is given to [`query`](crate::Table::query) like any
/// other. On an index that holds only a part of its rows, it is a `Finder<KeysOrFetch, Item = Task>`.
///
/// # Examples
/// ```
/// # use serde::{Deserialize, Serialize};
/// use simpletable::{Finder, SingleTable, Table};
///
/// #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
/// #[gsi(name = "owner", pk = "owner#<owner>", sk = "<priority:03>")]
/// struct Task {
///     owner: String,
///     priority: u8,
/// }
///
/// fn urgent(owner: &str) -> impl Finder<Item = Task> {
///     Task::by_owner(owner).range(8..)
/// }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
/// # let table = Table::in_memory::<Task>().await?;
/// table.create(Task { owner: "ann".into(), priority: 3 }).await?;
/// let task = table.create(Task { owner: "ann".into(), priority: 9 }).await?;
/// assert_eq!(table.query(urgent("ann")).all().await?, [task]);
/// # Ok(()) }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a query",
    label = "not a finder",
    note = "start from `Entity::by_...(...)` or `Entity::in_partition(...)`; for one row by its key, use `table.read(key)`"
)]
pub trait Finder<Held = WholeRows>: Sized {
    /// What the rows are: an entity, or an enum of entities.
    type Item: Schema;
    /// The table or an index.
    #[doc(hidden)]
    type Source;
    /// The bounds.
    #[doc(hidden)]
    fn lookup(self) -> Result<Lookup, KeyValueError>;

    /// The rows of every entity of `S` in the same partition, instead of one entity's. What the finder says of the sort key no longer counts.
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize};
    /// use simpletable::{Finder, SingleTable, Table};
    ///
    /// #[derive(Debug, Serialize, Deserialize, SingleTable)]
    /// #[gsi(name = "owner", index = "gsi1", pk = "owner#<owner>")]
    /// struct Task {
    ///     owner: String,
    /// }
    ///
    /// #[derive(Debug, Serialize, Deserialize, SingleTable)]
    /// #[gsi(name = "owner", index = "gsi1", pk = "owner#<owner>")]
    /// struct Note {
    ///     owner: String,
    /// }
    ///
    /// #[derive(SingleTable)]
    /// enum App {
    ///     Task(Task),
    ///     Note(Note),
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<App>().await?;
    /// table.create(Task { owner: "ann".into() }).await?;
    /// table.create(Note { owner: "ann".into() }).await?;
    /// assert_eq!(table.query(Task::by_owner("ann")).all().await?.len(), 1);
    /// assert_eq!(table.query(Task::by_owner("ann").rows_of::<App>()).all().await?.len(), 2);
    /// # Ok(()) }
    /// ```
    fn rows_of<S: Schema>(self) -> Collection<S, Self::Source, Held>
    where
        Self::Item: VariantOf<S>,
    {
        Collection { lookup: self.lookup().map(Lookup::whole_partition), types: PhantomData }
    }
}

/// The rows of several entities in one partition.
#[must_use = "a finder does nothing until it is given to `table.query`"]
pub struct Collection<S, Source = TableKey, Held = WholeRows> {
    lookup: Result<Lookup, KeyValueError>,
    types: PhantomData<(S, Source, Held)>,
}

impl<S: Schema> Collection<S> {
    /// The table's partition that a key lies in. Called by `App::partition_of(...)`.
    #[doc(hidden)]
    pub fn of_key<K: IntoKey>(key: K) -> Self
    where
        K::Entity: Member<S>,
    {
        let lookup = key.into_key().primary.map(|key| Lookup::partition(None, key.pk));
        Self { lookup, types: PhantomData }
    }
}

#[diagnostic::do_not_recommend]
impl<S: Schema, Source, Held> Finder<Held> for Collection<S, Source, Held> {
    type Item = S;
    type Source = Source;
    fn lookup(self) -> Result<Lookup, KeyValueError> {
        self.lookup
    }
}

/// A finder that the derive made; the public trait by a blanket, because generated code cannot carry its attributes.
#[doc(hidden)]
pub trait DerivedFinder: Sized {
    type Item: Entity;
    type Source;
    type Held;
    fn lookup(self) -> Result<Lookup, KeyValueError>;
}

#[diagnostic::do_not_recommend]
impl<F: DerivedFinder> Finder<F::Held> for F {
    type Item = F::Item;
    type Source = F::Source;
    fn lookup(self) -> Result<Lookup, KeyValueError> {
        DerivedFinder::lookup(self)
    }
}
