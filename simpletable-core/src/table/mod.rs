//! The table: where operations begin.

mod batch;
mod builder;
mod check;
mod create;
mod history;
mod open;
mod patch;
mod rebuild_claims;
mod repository;
mod rewrite;
mod singleton;
mod stats;
mod transact;
mod upsert;
mod verify;

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use aws_sdk_dynamodb::Client;

pub use builder::TableBuilder;
pub use repository::{ReadOnly, ReadRepository, ReadWrite, Repository, Writes};
pub use verify::{Difference, KeyAttribute, Severity, Verification, Verify};

use crate::entity::{IntoKey, IntoResource, Listable, Member, RowOf, Schema, UniqueKey, Unversioned};
use crate::find::{Finder, Index};
use crate::handle::{Context, Handle};
use crate::op::{Create, Delete, Find, Get, Modify, Query, Read, Scan, Update, UpdateAt};

/// A DynamoDB table that holds the entities of `S`: one entity, or an enum of entities.
///
/// Cheap to clone; clones share one client. `Send`, `Sync` and `'static`, so it lives in a web server's state.
///
/// Each operation is a builder that does nothing until it is awaited.
///
/// # Requests and capacity
/// The methods say how many requests they send and which capacity they take, in DynamoDB's units: a write of 1 KB, or a strongly consistent read
/// of 4 KB; half a unit for an eventually consistent read; rounded up for each row
/// ([how AWS counts](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html)). A write whose condition fails
/// takes its units too. A global secondary index that holds the row takes one more write of its size, or two where its key changes.
///
/// One partition gives about 1,000 write and 3,000 read units a second
/// ([how AWS spreads them](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html)), so a row that is
/// written more often has to be split. The same holds for one key of an index; the type index has one key per entity, and
/// `#[table(type_index = false)]` leaves an entity out of it.
///
/// # Examples
/// ```
/// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table};
/// # #[derive(Serialize, Deserialize, SingleTable)] struct Project { name: String }
/// #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
/// struct Task {
///     title: String,
/// }
///
/// #[derive(SingleTable)]
/// enum App {
///     Project(Project),
///     Task(Task),
/// }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
/// let table = Table::in_memory::<App>().await?;
/// table.create(Project { name: "launch".into() }).await?;
/// table.create(Task { title: "write".into() }).await?;
/// # Ok(()) }
/// ```
pub struct Table<S> {
    handle: Handle,
    schema: PhantomData<fn() -> S>,
}

/// What stands for the schema in `Table::in_memory::<App>()` and its like, where the schema is the function's own parameter. No table has it.
#[derive(Debug)]
pub enum NoSchema {}

impl<S> Clone for Table<S> {
    fn clone(&self) -> Self {
        Self { handle: self.handle.clone(), schema: PhantomData }
    }
}

impl<S> fmt::Debug for Table<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Table").field("name", &self.handle.table()).finish_non_exhaustive()
    }
}

impl<S: Schema> Table<S> {
    fn from_handle(handle: Handle) -> Self {
        // The derive checks the variants of an enum; an entity learns only here that it is a table of its own.
        const {
            if let [def] = S::ENTITIES {
                crate::schema::check_entity(def, S::TTL_ATTRIBUTE);
            }
        };
        Self { handle, schema: PhantomData }
    }

    /// The table's name; `simpletable` for a table of [`in_memory`](Table::in_memory) or [`open`](Table::open).
    pub fn name(&self) -> &str {
        self.handle.table()
    }

    /// The SDK's client, for what this library does not do.
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table};
    /// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] struct Task { title: String }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<Task>().await?;
    /// let described = table.client().describe_table().table_name(table.name()).send().await;
    /// assert!(described.is_ok());
    /// # Ok(()) }
    /// ```
    pub fn client(&self) -> &Client {
        &self.handle.client
    }

    /// The same table behind a fault connector; see [`Faults`](crate::fault::Faults), which has examples. The table itself stays as it is.
    #[cfg(feature = "test-util")]
    #[must_use]
    pub fn with_faults(&self, faults: &crate::fault::Faults) -> Self {
        let client = faults.client(&self.handle.client);
        Self::from_handle(Handle { client, ..self.handle.clone() })
    }

    /// The same table, whose operations all have this context, instead of any that it had: an actor and tags for their spans, and a deadline. The
    /// table itself stays as it is. Cheap; sends nothing.
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize}; use simpletable::{Context, Id, SingleTable, Table};
    /// # use std::time::Duration;
    /// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] struct Task { title: String }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<Task>().await?;
    /// async fn handle_request(table: &Table<Task>, user: &str) -> simpletable::Result<Option<String>> {
    ///     let table = table.with(Context::new().actor(user).deadline(Duration::from_secs(2)));
    ///     Ok(table.get(Id::<Task>::from("welcome")).await?.map(|task| task.title.clone()))
    /// }
    /// # assert_eq!(handle_request(&table, "user-17").await?, None);
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn with(&self, context: Context) -> Self {
        Self::from_handle(Handle { context: Some(Arc::new(context)), ..self.handle.clone() })
    }

    /// Creates a resource. Its id is a ULID unless [`id`](Create::id) gives another or the declaration makes it from fields; its version
    /// is 1.
    ///
    /// | | requests | write units |
    /// |---|---|---|
    /// | plain | 1 (`PutItem`) | size / 1 KB |
    /// | versioned | 1 (`TransactWriteItems` of 2 rows) | 4 × size / 1 KB |
    ///
    /// A resource whose time to live is over is replaced, as if it were gone. A counted one (`#[table(count)]`) takes one row more, in a
    /// transaction; the very first of a table begins that row, with two requests more.
    ///
    /// # Errors
    /// [`AlreadyExists`](crate::Error::AlreadyExists) when the key is taken; [`KeyValue`](crate::Error::KeyValue),
    /// [`Encode`](crate::Error::Encode) and [`ItemTooLarge`](crate::Error::ItemTooLarge) before anything is sent;
    /// [`Busy`](crate::Error::Busy), [`Unknown`](crate::Error::Unknown), [`Sdk`](crate::Error::Sdk).
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table};
    /// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] struct Task { title: String }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<Task>().await?;
    /// let task = table.create(Task { title: "write".into() }).await?;
    /// assert_eq!(task.title, "write");
    ///
    /// table.create(Task { title: "first".into() }).id("welcome").await?;
    /// let again = table.create(Task { title: "second".into() }).id("welcome").await;
    /// assert!(again.is_err_and(|error| error.is_already_exists()));
    /// # Ok(()) }
    /// ```
    pub fn create<T: Member<S>>(&self, value: T) -> Create<T> {
        Create::new(self.handle.clone(), value)
    }

    /// Reads a resource, or `None` where there is none or its time to live is over.
    ///
    /// 1 request (`GetItem`); half a read unit for each 4 KB, a whole one with [`consistent`](Get::consistent).
    ///
    /// # Errors
    /// [`Decode`](crate::Error::Decode) when the row is no such entity; [`KeyValue`](crate::Error::KeyValue) when a part of the key
    /// cannot stand in its template; [`Sdk`](crate::Error::Sdk). An id that no key can hold (empty, too long) is no error: it names no row.
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize}; use simpletable::{Id, SingleTable, Table};
    /// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] struct Task { title: String }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<Task>().await?;
    /// # let task = table.create(Task { title: "write".into() }).await?;
    /// assert_eq!(table.get(task.id()).await?, Some(task));
    /// assert_eq!(table.get(Id::<Task>::from("no-such-id")).await?, None);
    /// # Ok(()) }
    /// ```
    pub fn get<K: IntoKey>(&self, key: K) -> Get<K::Entity>
    where
        K::Entity: Member<S>,
    {
        Get::new(self.handle.clone(), key.into_key())
    }

    /// Reads a resource that has to exist.
    ///
    /// 1 request (`GetItem`); half a read unit for each 4 KB, a whole one with [`consistent`](Read::consistent).
    ///
    /// # Errors
    /// [`NotFound`](crate::Error::NotFound), and those of [`get`](Self::get).
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize}; use simpletable::{Id, SingleTable, Table};
    /// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] struct Task { title: String }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<Task>().await?;
    /// # let task = table.create(Task { title: "write".into() }).await?;
    /// assert_eq!(table.read(task.id()).consistent().await?.title, "write");
    /// assert!(table.read(Id::<Task>::from("no-such-id")).await.is_err_and(|error| error.is_not_found()));
    /// # Ok(()) }
    /// ```
    pub fn read<K: IntoKey>(&self, key: K) -> Read<K::Entity>
    where
        K::Entity: Member<S>,
    {
        Read::new(self.handle.clone(), key.into_key())
    }

    /// Reads the resource that has a unique value, or `None` where none has.
    ///
    /// 2 requests (`GetItem` of the claim, then of the row that it names), each half a read unit for each 4 KB, a whole one with
    /// [`consistent`](Find::consistent); 1 where there is no claim, and 3 where the row has lost the value.
    ///
    /// # Errors
    /// [`Decode`](crate::Error::Decode) when the row is no such entity; [`KeyValue`](crate::Error::KeyValue) when the value cannot stand in its
    /// template or makes a longer key than DynamoDB allows; [`Sdk`](crate::Error::Sdk).
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table};
    /// #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
    /// #[table(unique(name = "email", value = "<email>", fold = "lower"))]
    /// struct User {
    ///     email: String,
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<User>().await?;
    /// let ann = table.create(User { email: "Ann@Acme.io".into() }).await?;
    /// assert_eq!(table.find(User::find_by_email("ann@acme.io")).await?, Some(ann));
    ///
    /// let again = table.create(User { email: "ANN@acme.io".into() }).await;
    /// assert!(again.is_err_and(|error| error.is_unique_violation()));
    /// # Ok(()) }
    /// ```
    pub fn find<T: Member<S>>(&self, value: UniqueKey<T>) -> Find<T> {
        Find::new(self.handle.clone(), value)
    }

    /// Changes a resource that was read. It is written only if nobody has changed it since; all keys that derive from its fields are
    /// written with it, and what its struct does not know is kept.
    ///
    /// | | requests | write units |
    /// |---|---|---|
    /// | plain | 1 (`PutItem`) | size / 1 KB |
    /// | versioned | 1 (`TransactWriteItems` of 2 rows, 3 with `max_versions`) | 4 × size / 1 KB, and 2 × the pruned row's |
    ///
    /// The edit is applied at once; the times are those of the call.
    ///
    /// # Errors
    /// [`Conflict`](crate::Error::Conflict) when somebody else changed or deleted it;
    /// [`KeyChanged`](crate::Error::KeyChanged) when the edit would move it (see [`rekey`](Self::rekey)); and those of
    /// [`create`](Self::create), but for `AlreadyExists`.
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table};
    /// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] struct Task { title: String }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<Task>().await?;
    /// # let task = table.create(Task { title: "write".into() }).await?;
    /// let stale = task.clone();
    /// let task = table.update(task, |t| t.title = "rewrite".into()).await?;
    /// assert_eq!(task.title, "rewrite");
    ///
    /// let refused = table.update(stale, |t| t.title = "lost".into()).await;
    /// assert!(refused.is_err_and(|error| error.is_conflict()));
    /// # Ok(()) }
    /// ```
    pub fn update<R: IntoResource>(&self, resource: R, edit: impl FnOnce(&mut R::Entity)) -> Update<R::Entity>
    where
        R::Entity: Member<S>,
    {
        Update::new(self.handle.clone(), resource.into_resource(), edit)
    }

    /// Changes a resource that is still at a [`revision`](crate::Resource::revision) given out earlier: an ETag that came back in
    /// `If-Match`.
    ///
    /// 2 requests: a consistent read, and [`update`](Self::update).
    ///
    /// # Errors
    /// [`NotFound`](crate::Error::NotFound); [`Conflict`](crate::Error::Conflict) when it is at another revision; and those of
    /// [`update`](Self::update).
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table};
    /// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] struct Task { title: String }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<Task>().await?;
    /// # let task = table.create(Task { title: "write".into() }).await?;
    /// let etag = task.revision().to_string(); // to the browser, and back
    /// let task = table.update_at(task.id(), &etag, |t| t.title = "rewrite".into()).await?;
    ///
    /// let refused = table.update_at(task.id(), &etag, |t| t.title = "lost".into()).await;
    /// assert!(refused.is_err_and(|error| error.is_conflict()));
    /// # Ok(()) }
    /// ```
    pub fn update_at<'f, K: IntoKey>(
        &self,
        key: K,
        revision: impl AsRef<str>,
        edit: impl FnOnce(&mut K::Entity) + Send + 'f,
    ) -> UpdateAt<'f, K::Entity>
    where
        K::Entity: Member<S>,
    {
        UpdateAt::new(self.handle.clone(), key.into_key(), revision.as_ref(), edit)
    }

    /// Reads a resource, changes it, and does so again when somebody else was faster, up to 10 times
    /// ([`attempts`](Modify::attempts)). The edit is applied anew to each state that is read.
    ///
    /// 2 requests for each attempt: a consistent read, and [`update`](Self::update).
    ///
    /// # Errors
    /// [`NotFound`](crate::Error::NotFound), and those of [`update`](Self::update). It is not repeated after
    /// [`Unknown`](crate::Error::Unknown).
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table};
    /// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] struct Task { title: String }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<Task>().await?;
    /// # let task = table.create(Task { title: "write".into() }).await?;
    /// let task = table.modify(task.id(), |t| t.title.push('!')).await?;
    /// assert_eq!(task.title, "write!");
    /// # Ok(()) }
    /// ```
    pub fn modify<'f, K: IntoKey>(&self, key: K, edit: impl FnMut(&mut K::Entity) + Send + 'f) -> Modify<'f, K::Entity>
    where
        K::Entity: Member<S>,
    {
        Modify::new(self.handle.clone(), key.into_key(), edit)
    }

    /// Changes a resource whose key is made from its fields, and moves it to the key that they make then.
    ///
    /// 1 request (`TransactWriteItems` of 2 rows): the old row goes and the new one comes, or neither. 2 × the old row's write units and 2
    /// × the new one's. Where the key stays the same it is an [`update`](Self::update). It keeps `created_at`.
    ///
    /// # Errors
    /// [`AlreadyExists`](crate::Error::AlreadyExists) when the new key is taken; and those of [`update`](Self::update), but for `KeyChanged`.
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table};
    /// #[derive(Serialize, Deserialize, SingleTable)]
    /// #[table(id = "<email>")]
    /// struct User {
    ///     email: String,
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<User>().await?;
    /// let user = table.create(User { email: "ann@acme.io".into() }).await?;
    /// let user = table.rekey(user, |u| u.email = "ann@acme.com".into()).await?;
    /// assert_eq!(user.id().as_str(), "ann@acme.com");
    /// assert!(table.get(User::key("ann@acme.io")).await?.is_none());
    /// # Ok(()) }
    /// ```
    pub fn rekey<R: IntoResource>(&self, resource: R, edit: impl FnOnce(&mut R::Entity)) -> Update<R::Entity>
    where
        R::Entity: Member<S> + Unversioned,
    {
        Update::moving(self.handle.clone(), resource.into_resource(), edit)
    }

    /// Reads the rows that a finder says, in the order of its sort key: `T::by_...(...)`, `T::in_partition(...)`,
    /// `App::partition_of(...)`. A finder of one entity never returns another's rows.
    ///
    /// 1 request (`Query`) for each 1 MB that is read, before filters; every 8 KB take a read unit, half of it with
    /// [`consistent`](Query::consistent). With a [`limit`](Query::limit), one row more is read than returned, which tells whether
    /// there is a next page.
    ///
    /// On an index that holds only a part of its rows (`projection` in `#[gsi(...)]`), the query gives their [`keys`](Query::keys), or the
    /// resources by [`fetch`](Query::fetch), which reads them from the table; awaited by itself it does not compile.
    ///
    /// # Errors
    /// [`KeyValue`](crate::Error::KeyValue) when a part cannot stand in its key; [`InvalidCursor`](crate::Error::InvalidCursor);
    /// [`Encode`](crate::Error::Encode), [`Expression`](crate::Error::Expression) and [`NotProjected`](crate::Error::NotProjected) when a
    /// filter cannot be sent, all of them before anything is sent; [`Decode`](crate::Error::Decode) when a row is no such entity; [`Sdk`](crate::Error::Sdk).
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table};
    /// #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
    /// #[gsi(name = "owner", pk = "owner#<owner>", sk = "<priority:03>#<title>")]
    /// struct Task {
    ///     owner: String,
    ///     priority: u8,
    ///     title: String,
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<Task>().await?;
    /// let task = |priority, title: &str| Task { owner: "ann".into(), priority, title: title.into() };
    /// table.create_many([task(1, "rest"), task(4, "read"), task(4, "write"), task(7, "ship")]).await?.into_complete()?;
    ///
    /// assert_eq!(table.query(Task::by_owner("ann")).all().await?.len(), 4);
    /// assert_eq!(table.query(Task::by_owner("ann").priority(4)).count().await?, 2);
    /// assert_eq!(table.query(Task::by_owner("ann").priority(4).begins_with("wr")).await?[0].title, "write");
    /// let urgent = table.query(Task::by_owner("ann").range(4..)).descending().limit(1).await?;
    /// assert_eq!(urgent[0].title, "ship");
    /// # Ok(()) }
    /// ```
    pub fn query<'f, F: Finder<Held>, Held>(&self, finder: F) -> Query<'f, F::Item, F::Source, Held>
    where
        F::Item: RowOf<S>,
    {
        Query::new(self.handle.clone(), finder)
    }

    /// Reads the resources of a type, most recently updated first, by the type index: eventually consistent.
    ///
    /// Requests and capacity as [`query`](Self::query). The type index is one partition for each type, which takes about 1,000 write
    /// units and 3,000 read units a second
    /// ([partition limits](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html)).
    ///
    /// # Errors
    /// As [`query`](Self::query).
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table};
    /// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] struct Task { title: String }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<Task>().await?;
    /// let first = table.create(Task { title: "write".into() }).await?;
    /// table.create(Task { title: "read".into() }).await?;
    /// table.update(first, |t| t.title = "rewrite".into()).await?;
    ///
    /// let recent = table.list::<Task>().limit(10).await?;
    /// assert_eq!(recent.iter().map(|t| t.title.as_str()).collect::<Vec<_>>(), ["rewrite", "read"]);
    /// assert_eq!(table.list::<Task>().filter(|t| t.title.contains("write")).all().await?.len(), 1);
    /// # Ok(()) }
    /// ```
    pub fn list<'f, T: Member<S> + Listable>(&self) -> Query<'f, T, Index> {
        Query::list(self.handle.clone())
    }

    /// Reads the whole table for the rows of an entity, or of all entities of the schema.
    ///
    /// 1 request (`Scan`) for each 1 MB of the table, whatever is returned of it; every 8 KB take a read unit.
    ///
    /// It is the complete walk, for exports and clean-ups: rows that exist all the while come exactly once, whatever is updated meanwhile.
    ///
    /// # Errors
    /// As [`query`](Self::query).
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table};
    /// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] struct Project { name: String }
    /// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] struct Task { title: String }
    /// # #[derive(SingleTable)] enum App { Project(Project), Task(Task) }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<App>().await?;
    /// table.create(Project { name: "launch".into() }).await?;
    /// table.create(Task { title: "write".into() }).await?;
    ///
    /// assert_eq!(table.scan::<Task>().segments(4).all().await?.len(), 1);
    /// for row in table.scan::<App>().all().await? {
    ///     match &*row {
    ///         App::Project(project) => println!("project {}", project.name),
    ///         App::Task(task) => println!("task {}", task.title),
    ///     }
    /// }
    /// # Ok(()) }
    /// ```
    pub fn scan<'f, T: RowOf<S>>(&self) -> Scan<'f, T> {
        Scan::new(self.handle.clone())
    }

    /// Deletes a resource, with its history. The head is the row of the latest version.
    ///
    /// | | requests |
    /// |---|---|
    /// | plain | 1 (`DeleteItem`) |
    /// | plain, counted | 1 (`TransactWriteItems` of 2 rows) |
    /// | versioned, up to version 99 (98 where it is counted) | 2 (`GetItem`, `TransactWriteItems`) |
    /// | versioned, beyond | `GetItem`, `UpdateItem`, then a `Query` for each 1 MB of history and a `TransactWriteItems` for every 99 rows, then `DeleteItem` |
    ///
    /// Each deleted row takes its size / 1 KB in write units, twice that in a transaction; the `GetItem` reads consistently. The long form first
    /// takes the head out of service: from then on readers find nothing and writers are refused. Interrupted, it is brought to its end by calling
    /// it again, also by several at once: each transaction checks that the head is still out of service, so that whoever is late deletes nothing
    /// of a resource that was created there anew. The call that goes on with an interrupted deletion looks at no condition: the head that it would
    /// be about is gone.
    ///
    /// The short form deletes the versions up to the head's. Versions above it are what a resource left behind that was there before and expired:
    /// DynamoDB deletes expired rows one by one, and none that were written while the time to live was `None`. [`repair`](Self::repair) deletes them.
    ///
    /// # Errors
    /// [`NotFound`](crate::Error::NotFound); [`Conflict`](crate::Error::Conflict) with [`if_unchanged`](Delete::if_unchanged), and when a
    /// versioned resource is changed meanwhile; [`Busy`](crate::Error::Busy), [`Unknown`](crate::Error::Unknown),
    /// [`Sdk`](crate::Error::Sdk).
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table};
    /// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] struct Task { title: String }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<Task>().await?;
    /// # let task = table.create(Task { title: "write".into() }).await?;
    /// table.delete(task.id()).await?;
    /// assert!(table.delete(task.id()).await.is_err_and(|error| error.is_not_found()));
    /// # Ok(()) }
    /// ```
    pub fn delete<K: IntoKey>(&self, key: K) -> Delete<K::Entity>
    where
        K::Entity: Member<S>,
    {
        Delete::new(self.handle.clone(), key.into_key())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every future has to be `Send`, or it cannot be spawned.
    #[test]
    fn tables_cross_threads() {
        fn shared<T: Send + Sync + Clone + 'static>() {}
        shared::<Table<NoSchema>>();
    }
}
