//! Repositories: what a program does with one entity.

use std::fmt;
use std::marker::PhantomData;

use super::Table;
use crate::entity::{Entity, IntoKey, IntoResource, Listable, Member, Schema, Versioned};
use crate::find::Index;
use crate::handle::Handle;
use crate::op::{Create, Delete, Get, GetOrCreate, GetVersion, ListVersions, Modify, Query, Read, ReadVersion, Restore, Update, Versions};

/// A repository that reads and writes.
#[derive(Debug)]
pub enum ReadWrite {}

/// A repository that only reads.
#[derive(Debug)]
pub enum ReadOnly {}

/// What a repository may do, where it may write.
#[diagnostic::on_unimplemented(
    message = "a read-only repository cannot create, change or delete",
    label = "this repository only reads",
    note = "take the `Repository<...>` that `table.repository()` gives, without `.read_only()`"
)]
pub trait Writes {}

impl Writes for ReadWrite {}

/// A [`Repository`] that only reads; made by [`Repository::read_only`].
pub type ReadRepository<T> = Repository<T, ReadOnly>;

/// One entity of a table: for code that is to know neither the table nor its other entities; made by
/// [`Table::repository`](crate::Table::repository).
///
/// Each method is the table's of the same name, and returns the same builder: its options, requests, capacity and errors are documented
/// there. What it has no method for (queries by access patterns, say) is the table's.
///
/// Cheap to clone, `Send`, `Sync` and `'static`.
///
/// # Examples
/// ```
/// # use serde::{Deserialize, Serialize};
/// use simpletable::{Id, ReadRepository, Repository, Resource, Result, SingleTable, Table};
///
/// #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
/// struct Task {
///     title: String,
///     done: bool,
/// }
///
/// struct Board {
///     tasks: Repository<Task>,
/// }
///
/// impl Board {
///     async fn finish(&self, id: &Id<Task>) -> Result<Resource<Task>> {
///         self.tasks.modify(id, |t| t.done = true).await
///     }
/// }
///
/// async fn open(tasks: &ReadRepository<Task>) -> Result<usize> {
///     Ok(tasks.list().filter(|t| t.done.eq(false)).all().await?.len())
/// }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<()> {
/// # let table = Table::in_memory::<Task>().await?;
/// let board = Board { tasks: table.repository() };
/// let task = board.tasks.create(Task { title: "write".into(), done: false }).await?;
/// board.finish(task.id()).await?;
/// assert_eq!(open(&board.tasks.read_only()).await?, 0);
/// # Ok(()) }
/// ```
pub struct Repository<T, Access = ReadWrite> {
    handle: Handle,
    of: PhantomData<fn() -> (T, Access)>,
}

impl<T, Access> Clone for Repository<T, Access> {
    fn clone(&self) -> Self {
        Self { handle: self.handle.clone(), of: PhantomData }
    }
}

impl<T, Access> fmt::Debug for Repository<T, Access> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Repository").field("table", &self.handle.table()).finish_non_exhaustive()
    }
}

impl<S: Schema> Table<S> {
    /// The repository of one entity of the table.
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table};
    /// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] struct Task { title: String }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<Task>().await?;
    /// let tasks = table.repository::<Task>();
    /// let task = tasks.create(Task { title: "write".into() }).await?;
    /// assert_eq!(tasks.read(task.id()).await?, task);
    /// # Ok(()) }
    /// ```
    pub fn repository<T: Member<S>>(&self) -> Repository<T> {
        Repository { handle: self.handle.clone(), of: PhantomData }
    }
}

impl<T> Repository<T> {
    /// The same, for code that is not to change anything.
    pub fn read_only(&self) -> ReadRepository<T> {
        Repository { handle: self.handle.clone(), of: PhantomData }
    }
}

/// What reads.
impl<T: Entity, Access> Repository<T, Access> {
    /// Reads a resource, or `None`; see [`Table::get`].
    pub fn get<K: IntoKey<Entity = T>>(&self, key: K) -> Get<T> {
        Get::new(self.handle.clone(), key.into_key())
    }

    /// Reads a resource that has to exist; see [`Table::read`].
    pub fn read<K: IntoKey<Entity = T>>(&self, key: K) -> Read<T> {
        Read::new(self.handle.clone(), key.into_key())
    }

    /// Reads all, most recently updated first; see [`Table::list`].
    pub fn list<'f>(&self) -> Query<'f, T, Index>
    where
        T: Listable,
    {
        Query::list(self.handle.clone())
    }

    /// Lists the versions of a resource, newest first, without their contents: for showing people what there is to go back to. Where there is no
    /// resource, or its time to live is over, there are none.
    ///
    /// The requests and the capacity are those of [`Table::versions`], which also gives the contents, page by page: the times of a version
    /// stand in its row, beside the contents or inside of them, and DynamoDB charges whole rows. [`limit`](ListVersions::limit) reads the newest.
    ///
    /// # Errors
    /// Those of [`Table::versions`].
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table};
    /// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] #[table(versioned)] struct Document { title: String }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<Document>().await?;
    /// let documents = table.repository::<Document>();
    /// let document = documents.create(Document { title: "draft".into() }).await?;
    /// let document = documents.update(document, |d| d.title = "final".into()).await?;
    /// let list = documents.list_versions(document.id()).await?;
    /// assert_eq!(list.iter().map(|info| (info.version, info.is_latest)).collect::<Vec<_>>(), [(2, true), (1, false)]);
    /// assert_eq!(list[0].updated_at, document.updated_at());
    /// # Ok(()) }
    /// ```
    pub fn list_versions<K: IntoKey<Entity = T>>(&self, key: K) -> ListVersions<T>
    where
        T: Versioned,
    {
        ListVersions::new(Versions::new(self.handle.clone(), key.into_key()))
    }

    /// Reads one version of a resource, or `None` where there is no such version any more; see [`Table::read_version`], which has an error
    /// for that.
    ///
    /// # Errors
    /// Those of [`get`](Table::get).
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table};
    /// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] #[table(versioned)] struct Document { title: String }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<Document>().await?;
    /// let documents = table.repository::<Document>();
    /// let document = documents.create(Document { title: "draft".into() }).await?;
    /// assert_eq!(documents.get_version(document.id(), 1).await?, Some(document.clone()));
    /// assert_eq!(documents.get_version(document.id(), 2).await?, None);
    /// # Ok(()) }
    /// ```
    pub fn get_version<K: IntoKey<Entity = T>>(&self, key: K, version: u64) -> GetVersion<T>
    where
        T: Versioned,
    {
        GetVersion::new(ReadVersion::new(self.handle.clone(), key.into_key(), version))
    }
}

/// What writes.
impl<T: Entity, Access> Repository<T, Access> {
    /// Creates a resource; see [`Table::create`].
    pub fn create(&self, value: T) -> Create<T>
    where
        Access: Writes,
    {
        Create::new(self.handle.clone(), value)
    }

    /// Changes a resource that was read; see [`Table::update`]. By its key, [`modify`](Self::modify) does.
    pub fn update<R: IntoResource<Entity = T>>(&self, resource: R, edit: impl FnOnce(&mut T)) -> Update<T>
    where
        Access: Writes,
    {
        Update::new(self.handle.clone(), resource.into_resource(), edit)
    }

    /// Reads a resource, changes it, and does so again when somebody else was faster; see [`Table::modify`].
    pub fn modify<'f, K: IntoKey<Entity = T>>(&self, key: K, edit: impl FnMut(&mut T) + Send + 'f) -> Modify<'f, T>
    where
        Access: Writes,
    {
        Modify::new(self.handle.clone(), key.into_key(), edit)
    }

    /// Deletes a resource, with its history; see [`Table::delete`].
    pub fn delete<K: IntoKey<Entity = T>>(&self, key: K) -> Delete<T>
    where
        Access: Writes,
    {
        Delete::new(self.handle.clone(), key.into_key())
    }

    /// Makes a new version with the content of an old one; see [`Table::restore`].
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table};
    /// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] #[table(versioned)] struct Document { title: String }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<Document>().await?;
    /// let documents = table.repository::<Document>();
    /// let document = documents.create(Document { title: "draft".into() }).await?;
    /// let document = documents.update(document, |d| d.title = "nonsense".into()).await?;
    /// let document = documents.restore_version(document.id(), 1).await?;
    /// assert_eq!((document.version(), document.title.as_str()), (3, "draft"));
    /// # Ok(()) }
    /// ```
    pub fn restore_version<K: IntoKey<Entity = T>>(&self, key: K, version: u64) -> Restore<T>
    where
        T: Versioned,
        Access: Writes,
    {
        Restore::new(self.handle.clone(), key.into_key(), version)
    }

    /// Reads a resource, and creates it from `make` where there is none. Of any number of callers one creates it, and all get the same.
    ///
    /// | | requests |
    /// |---|---|
    /// | it is there | 1 (`GetItem`, consistent) |
    /// | it is not, or its time to live is over | 2 (`GetItem`, and that of [`create`](Table::create)) |
    /// | it is not, and somebody else was faster | 3 (another `GetItem`) |
    ///
    /// `make` is called for each attempt to create it; without one, not at all.
    ///
    /// # Errors
    /// [`KeyChanged`](crate::Error::KeyChanged) when the value is of another key, which its fields make; those of [`get`](Table::get) and of
    /// [`create`](Table::create), `AlreadyExists` only when others deleted and created it again and again, or a deletion of its history has not
    /// come to its end.
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize}; use simpletable::{Id, SingleTable, Table};
    /// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] struct Settings { dark: bool }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<Settings>().await?;
    /// let settings = table.repository::<Settings>();
    /// let of_ann = Id::from("ann");
    /// let first = settings.get_or_create(&of_ann, || Settings { dark: true }).await?;
    /// let again = settings.get_or_create(&of_ann, || Settings { dark: false }).await?;
    /// assert!(again.dark && again == first);
    /// # Ok(()) }
    /// ```
    pub fn get_or_create<'f, K: IntoKey<Entity = T>>(&self, key: K, make: impl Fn() -> T + Send + 'f) -> GetOrCreate<'f, T>
    where
        Access: Writes,
    {
        GetOrCreate::new(self.handle.clone(), "get_or_create", key.into_key(), make)
    }
}
