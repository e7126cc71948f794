//! The table: where operations begin.

mod builder;
mod create;

use std::fmt;
use std::marker::PhantomData;

use aws_sdk_dynamodb::Client;

pub use builder::TableBuilder;

use crate::entity::{IntoKey, IntoResource, Member, Schema, Unversioned};
use crate::error::Result;
use crate::handle::Handle;
use crate::op::{Create, Delete, Get, Modify, Read, Update, UpdateAt};

/// A DynamoDB table that holds the entities of `S`: one entity, or an enum of entities.
///
/// Cheap to clone; clones share one client. `Send`, `Sync` and `'static`, so it lives in a web server's state.
///
/// Each operation is a builder that does nothing until it is awaited. The tables in the methods' documentation say how many requests it
/// sends and which capacity it takes, where a unit is DynamoDB's: a write of 1 KB, or a strongly consistent read of 4 KB; half a unit
/// for an eventually consistent read
/// ([how AWS counts](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html)). A global
/// secondary index that holds the row takes one more write of its size, or two where its key changes.
pub struct Table<S> {
    handle: Handle,
    schema: PhantomData<fn() -> S>,
}

/// What stands for the schema in `Table::in_memory::<S>()` and its like, where the schema is the function's own parameter.
#[doc(hidden)]
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

impl Table<NoSchema> {
    /// A table on AWS, or where the SDK's own environment says: `AWS_ENDPOINT_URL_DYNAMODB` reaches DynamoDB Local.
    ///
    /// Credentials, region and retries are the SDK's defaults. Time-outs are set, which the SDK leaves open: 5 seconds for an attempt, 20
    /// for an operation of several; [`Table::new`] takes a client with others. The table has to exist; [`Table::builder`] can create it.
    ///
    /// # Errors
    /// None of its own: a table that is missing or out of reach is found by the first operation.
    #[cfg(feature = "aws")]
    pub async fn connect<S: Schema>(name: impl Into<String>) -> Result<Table<S>> {
        Self::builder(name).build().await
    }

    /// A table reached by the caller's own client. The client needs a sleep implementation for its retries, which
    /// `aws_config` sets.
    pub fn new<S: Schema>(client: Client, name: impl Into<String>) -> Table<S> {
        Self::builder::<S>(name).with_client(client)
    }

    /// A table with options; see [`TableBuilder`].
    pub fn builder<S: Schema>(name: impl Into<String>) -> TableBuilder<S> {
        TableBuilder::new(name.into())
    }

    /// A new table in memory, on the embedded engine: gone with its last clone.
    ///
    /// # Errors
    /// [`Error::Open`](crate::Error::Open) when the engine cannot start.
    #[cfg(feature = "embedded")]
    pub async fn in_memory<S: Schema>() -> Result<Table<S>> {
        Self::builder(builder::EMBEDDED).in_memory().build().await
    }

    /// A table in a file, on the embedded engine; created, readable by its owner only, where it is missing.
    ///
    /// # Errors
    /// [`Error::Open`](crate::Error::Open) when the file cannot be opened or is something else.
    #[cfg(feature = "embedded")]
    pub async fn open<S: Schema>(path: impl Into<std::path::PathBuf>) -> Result<Table<S>> {
        Self::builder(builder::EMBEDDED).file(path).build().await
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

    /// The table's name.
    pub fn name(&self) -> &str {
        self.handle.table()
    }

    /// The SDK's client, for what this library does not do.
    pub fn client(&self) -> &Client {
        &self.handle.client
    }

    /// The same table behind a fault connector; see [`Faults`](crate::fault::Faults).
    #[cfg(feature = "test-util")]
    #[must_use]
    pub fn with_faults(&self, faults: &crate::fault::Faults) -> Self {
        let client = faults.client(&self.handle.client);
        Self::from_handle(Handle { client, settings: self.handle.settings.clone() })
    }

    /// Creates a resource. Its id is a ULID unless [`id`](Create::id) gives another or the declaration makes it from fields; its version
    /// is 1.
    ///
    /// | | requests | write units |
    /// |---|---|---|
    /// | plain | 1 (`PutItem`) | size / 1 KB |
    /// | versioned | 1 (`TransactWriteItems` of 2 rows) | 4 × size / 1 KB |
    ///
    /// A resource whose time is over is replaced, as if it were gone.
    ///
    /// # Errors
    /// [`AlreadyExists`](crate::Error::AlreadyExists) when the key is taken; [`KeyValue`](crate::Error::KeyValue),
    /// [`Encode`](crate::Error::Encode) and [`ItemTooLarge`](crate::Error::ItemTooLarge) before anything is sent;
    /// [`Busy`](crate::Error::Busy), [`Unknown`](crate::Error::Unknown), [`Sdk`](crate::Error::Sdk).
    pub fn create<T: Member<S>>(&self, value: T) -> Create<T> {
        Create::new(self.handle.clone(), value)
    }

    /// Reads a resource, or `None` where there is none or its time is over.
    ///
    /// 1 request (`GetItem`); size / 8 KB read units, twice that with [`consistent`](Get::consistent).
    ///
    /// # Errors
    /// [`Decode`](crate::Error::Decode) when the row is no such entity; [`KeyValue`](crate::Error::KeyValue) when a part of the key
    /// cannot stand in its template; [`Sdk`](crate::Error::Sdk).
    pub fn get<K: IntoKey>(&self, key: K) -> Get<K::Entity>
    where
        K::Entity: Member<S>,
    {
        Get::new(self.handle.clone(), key.into_key())
    }

    /// Reads a resource that has to exist.
    ///
    /// 1 request (`GetItem`); size / 8 KB read units, twice that with [`consistent`](Read::consistent).
    ///
    /// # Errors
    /// [`NotFound`](crate::Error::NotFound), and those of [`get`](Self::get).
    pub fn read<K: IntoKey>(&self, key: K) -> Read<K::Entity>
    where
        K::Entity: Member<S>,
    {
        Read::new(self.handle.clone(), key.into_key())
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
    /// [`create`](Self::create).
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
    /// [`AlreadyExists`](crate::Error::AlreadyExists) when the new key is taken; and those of [`update`](Self::update).
    pub fn rekey<R: IntoResource>(&self, resource: R, edit: impl FnOnce(&mut R::Entity)) -> Update<R::Entity>
    where
        R::Entity: Member<S> + Unversioned,
    {
        Update::moving(self.handle.clone(), resource.into_resource(), edit)
    }

    /// Deletes a resource, with its history.
    ///
    /// | | requests |
    /// |---|---|
    /// | plain | 1 (`DeleteItem`) |
    /// | versioned, up to version 99 | 2 (`GetItem`, `TransactWriteItems`) |
    /// | versioned, beyond | `GetItem`, `UpdateItem`, then for each page of history a `Query` and a `BatchWriteItem` for every 25 rows, then `DeleteItem` |
    ///
    /// Each deleted row takes its size / 1 KB in write units, twice that in a transaction. The long form first takes the head out of
    /// service, from when on readers find nothing and writers are refused; interrupted, it is brought to its end by calling it again.
    ///
    /// # Errors
    /// [`NotFound`](crate::Error::NotFound); [`Conflict`](crate::Error::Conflict) with [`if_unchanged`](Delete::if_unchanged), and when a
    /// versioned resource is changed meanwhile; [`Busy`](crate::Error::Busy), [`Unknown`](crate::Error::Unknown),
    /// [`Sdk`](crate::Error::Sdk).
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
