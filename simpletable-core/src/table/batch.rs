//! Operations on many resources.

use super::Table;
use crate::entity::{IntoKey, Member, RowOf, Schema, Uncounted, Unversioned, WithoutUnique};
use crate::op::{CreateMany, DeleteMany, GetMany, PutMany};

impl<S: Schema> Table<S> {
    /// Reads many resources, in the order of their keys; `None` where there is none or its time is over. A key may come several times: it is
    /// read once.
    ///
    /// | | requests | read units |
    /// |---|---|---|
    /// | eventually consistent | 1 (`BatchGetItem`) for every 100 keys | the sum of each size / 8 KB, rounded up to halves |
    /// | [`consistent`](GetMany::consistent) | the same | twice as many |
    ///
    /// An answer holds 16 MB at most, and a throttled table answers in part: what DynamoDB leaves over is sent again, with growing pauses,
    /// until it is done or 10 requests in a row did nothing
    /// ([BatchGetItem](https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html)). 4 requests run at once
    /// ([`concurrency`](GetMany::concurrency)). It is no snapshot: rows that are written meanwhile are read before or after.
    ///
    /// # Errors
    /// One error for the whole: [`KeyValue`](crate::Error::KeyValue) when a part of a key cannot stand in its template, before anything is
    /// sent; [`Decode`](crate::Error::Decode) when a row is no such entity; [`Busy`](crate::Error::Busy) when keys were left over to the
    /// end; [`Sdk`](crate::Error::Sdk).
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize}; use simpletable::{Id, SingleTable, Table};
    /// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] struct Task { title: String }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<Task>().await?;
    /// let task = table.create(Task { title: "write".into() }).await?;
    /// let found = table.get_many([task.id(), &Id::from("no-such-task"), task.id()]).await?;
    /// assert_eq!(found, [Some(task.clone()), None, Some(task)]);
    /// # Ok(()) }
    /// ```
    pub fn get_many<'f, K: IntoKey>(&self, keys: impl IntoIterator<Item = K>) -> GetMany<'f, K::Entity>
    where
        K::Entity: Member<S>,
    {
        GetMany::new(self.handle.clone(), keys)
    }

    /// Creates many resources: each as [`create`](Self::create) does, with a result of its own. Values of one entity, or of the enum.
    ///
    /// Requests and capacity are those of [`create`](Self::create), for each. 16 run at once ([`concurrency`](CreateMany::concurrency)), in no
    /// promised order; ids that are generated ascend with the positions. `BatchWriteItem`, which takes 25 at a time for the same capacity, has
    /// no conditions: it would overwrite what is there. [`put_many`](Self::put_many) uses it.
    ///
    /// # Errors
    /// In its place in the [`Batch`](crate::Batch): what [`create`](Self::create) can fail with. What was created stays. The call itself does
    /// not fail.
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table};
    /// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] struct Task { title: String }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<Task>().await?;
    /// let tasks = (1..=30).map(|n| Task { title: format!("task {n}") });
    /// let tasks = table.create_many(tasks).on_progress(|done, total| eprintln!("{done} of {total}")).await?.into_complete()?;
    /// assert_eq!(tasks.len(), 30);
    /// # Ok(()) }
    /// ```
    pub fn create_many<'f, T: RowOf<S>>(&self, values: impl IntoIterator<Item = T>) -> CreateMany<'f, T> {
        CreateMany::new(self.handle.clone(), values)
    }

    /// Writes many resources, whatever is there: the fast way to load rows that nobody else writes.
    ///
    /// 1 request (`BatchWriteItem`) for every 25; the sum of each size / 1 KB, rounded up, in write units
    /// ([BatchWriteItem](https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html)). What DynamoDB leaves over is
    /// sent again, with growing pauses, until it is done or 10 requests in a row did nothing. 4 requests run at once
    /// ([`concurrency`](PutMany::concurrency)).
    ///
    /// **It is blind.** A resource that is there is replaced, with its times and with what its struct does not know. Where an answer is lost
    /// the same rows are sent again, and replace what somebody may have written to them meanwhile. [`create_many`](Self::create_many) does
    /// neither.
    ///
    /// It is as if they were put one after another: of values with one key the last stays. The resources of those before it are returned all the
    /// same, and are stale: an update of one is a [`Conflict`](crate::Error::Conflict). Where the last cannot be written, none of them is.
    ///
    /// # Errors
    /// In its place in the [`Batch`](crate::Batch): [`KeyValue`](crate::Error::KeyValue), [`Encode`](crate::Error::Encode) and
    /// [`ItemTooLarge`](crate::Error::ItemTooLarge), of which nothing is sent; [`Busy`](crate::Error::Busy) for rows that were left over to the
    /// end; [`Unknown`](crate::Error::Unknown), for all rows of a request that nothing is known of; [`Sdk`](crate::Error::Sdk), for all rows of
    /// a request that was refused. The call itself does not fail.
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table};
    /// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] #[table(id = "<code>")] struct Country { code: String, name: String }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<Country>().await?;
    /// let countries = [("dk", "Denmark"), ("no", "Norway")].map(|(code, name)| Country { code: code.into(), name: name.into() });
    /// table.put_many(countries.clone()).await?.into_complete()?;
    /// table.put_many(countries).await?.into_complete()?; // the same rows, again
    /// assert_eq!(table.list::<Country>().count().await?, 2);
    /// # Ok(()) }
    /// ```
    pub fn put_many<'f, T: Member<S> + Unversioned + Uncounted + WithoutUnique>(
        &self,
        values: impl IntoIterator<Item = T>,
    ) -> PutMany<'f, T> {
        PutMany::new(self.handle.clone(), values)
    }

    /// Deletes many resources, with their histories: each as [`delete`](Self::delete) does, with a result of its own.
    ///
    /// Requests and capacity are those of [`delete`](Self::delete), for each. 16 run at once ([`concurrency`](DeleteMany::concurrency)), in no
    /// promised order. A key that comes several times is deleted once, and all its places get that result.
    ///
    /// # Errors
    /// In its place in the [`Batch`](crate::Batch): what [`delete`](Self::delete) can fail with, such as
    /// [`NotFound`](crate::Error::NotFound). The call itself does not fail.
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize}; use simpletable::{Id, SingleTable, Table};
    /// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] struct Task { title: String }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<Task>().await?;
    /// let task = table.create(Task { title: "write".into() }).await?;
    /// let deleted = table.delete_many([task.id(), &Id::from("no-such-task")]).await?;
    /// // Not being there is what was wanted.
    /// assert!(deleted.errors().all(|(_, error)| error.is_not_found()));
    /// # Ok(()) }
    /// ```
    pub fn delete_many<'f, K: IntoKey>(&self, keys: impl IntoIterator<Item = K>) -> DeleteMany<'f, K::Entity>
    where
        K::Entity: Member<S>,
    {
        DeleteMany::new(self.handle.clone(), keys)
    }
}
