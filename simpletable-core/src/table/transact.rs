//! Where operations on several resources begin that are made together, and the writes that are blind.

use super::Table;
use crate::entity::{Member, Schema, Uncounted, Unversioned, WithoutUnique};
use crate::op::{GetAll, KeysOf, Put, Transact, TransactionOps};

impl<S: Schema> Table<S> {
    /// Makes several operations together, or none: a tuple of up to 12 unsent operations on any entities of the table, or a `Vec` of one kind.
    /// It gives what they give, by position.
    ///
    /// | in it | rows | gives |
    /// |---|---|---|
    /// | `create` | 1; 2 of a versioned entity | the resource |
    /// | `put` | 1 | the resource |
    /// | `update` | 1; 2 of a versioned entity, 3 with `max_versions` | the resource |
    /// | `rekey` | 2 | the resource |
    /// | `patch`, `upsert` | 1 | `()`: a transaction returns no rows |
    /// | `delete` | 1; of a versioned entity one more for each version | `()` |
    /// | [`check(key).when(..)`](Self::check) | 1 | `()` |
    ///
    /// One more row for each unique value that is taken or released, and one in all where counted entities come or go: the statistics.
    ///
    /// 1 request (`TransactWriteItems`), and before it one more (`TransactGetItems`) where resources that are versioned or have unique values are
    /// deleted, as their rows say what there is to delete, or such with a time to live are upserted, as nothing of an expired one stays. Each row
    /// takes 2 × its size / 1 KB in write units, a check too. At most 100 rows and 4 MB, and no row twice
    /// ([limits](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html)).
    ///
    /// It is made once: when an answer is lost, the same request is sent again under the same token, by which DynamoDB knows it. While other
    /// transactions hold the rows, it is tried again, 6 times in all. [`idempotency_key`](Transact::idempotency_key) makes it once for all calls with
    /// one key, by a row more.
    ///
    /// # Errors
    /// [`Transaction`](crate::Error::Transaction) says which operation failed, and its source why: the errors of that operation, which
    /// [`is_conflict`](crate::Error::is_conflict) and its like and [`current`](crate::Error::current) see through. Where several operations fail, it
    /// is the first. [`InvalidTransaction`](crate::Error::InvalidTransaction) before anything is written; [`Busy`](crate::Error::Busy),
    /// [`Unknown`](crate::Error::Unknown), [`Sdk`](crate::Error::Sdk) of the whole.
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize}; use simpletable::{Error, SingleTable, Table};
    /// #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
    /// struct Product {
    ///     stock: u32,
    /// }
    ///
    /// #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
    /// struct Order {
    ///     amount: u32,
    /// }
    ///
    /// #[derive(SingleTable)]
    /// enum Shop {
    ///     Product(Product),
    ///     Order(Order),
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<Shop>().await?;
    /// let cup = table.create(Product { stock: 3 }).await?;
    /// let stale = cup.clone();
    /// let (order, cup) = table
    ///     .transact((table.create(Order { amount: 2 }), table.update(cup, |p| p.stock -= 2).when(|p| p.stock.ge(2))))
    ///     .await?;
    /// assert_eq!((order.amount, cup.stock), (2, 1));
    ///
    /// match table.transact((table.create(Order { amount: 1 }), table.update(stale, |p| p.stock -= 1))).await {
    ///     Err(error @ Error::Transaction { position, .. }) => assert!(position == 1 && error.is_conflict()),
    ///     _ => unreachable!("the copy is stale"),
    /// }
    /// # Ok(()) }
    /// ```
    pub fn transact<O: TransactionOps>(&self, operations: O) -> Transact<O::Done> {
        Transact::new::<S, O>(self.handle.clone(), operations)
    }

    /// Reads several resources as they were at one moment: a tuple of up to 12 ids, keys or resources of any entities of the table, or a `Vec`
    /// of one kind. It gives a tuple, or a `Vec`, of what was found; `None` where there is nothing, or its time to live is over.
    ///
    /// 1 request (`TransactGetItems`); 2 read units for each 4 KB of a row. At most 100 rows and 4 MB. To read many that need not be of one
    /// moment, [`get_many`](Self::get_many) takes a quarter of that.
    ///
    /// # Errors
    /// [`InvalidTransaction`](crate::Error::InvalidTransaction) for more than 100 keys; [`Busy`](crate::Error::Busy) while transactions write the
    /// rows, after 6 attempts; and those of [`get`](Self::get).
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize}; use simpletable::{Id, SingleTable, Table};
    /// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] struct Project { name: String }
    /// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] struct Task { title: String }
    /// # #[derive(SingleTable)] enum App { Project(Project), Task(Task) }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<App>().await?;
    /// # let project = table.create(Project { name: "launch".into() }).await?;
    /// # let task = table.create(Task { title: "write".into() }).await?;
    /// let (found, same, none) = table.get_all((project.id(), &task, Id::<Task>::from("none"))).await?;
    /// assert_eq!((found, same, none), (Some(project), Some(task), None));
    /// # Ok(()) }
    /// ```
    pub fn get_all<K: KeysOf<S>>(&self, keys: K) -> GetAll<K::Found> {
        GetAll::new(self.handle.clone(), keys)
    }

    /// Writes a resource, whatever is there: the blind overwrite. What was there is gone, with its `created_at` and with what its struct does
    /// not know. [`update`](Self::update) changes what was read, and [`create`](Self::create) overwrites nothing.
    ///
    /// 1 request (`PutItem`); size / 1 KB in write units.
    ///
    /// When its answer is lost it is sent again, as nobody can know whether it was made. It may then undo what somebody else wrote between the
    /// two. As the only operation of a transaction, `table.transact((table.put(value),))`, it is made once, for twice the write units; with
    /// [`idempotency_key`](Put::idempotency_key) it is made once by all calls with one key.
    ///
    /// # Errors
    /// [`ConditionFailed`](crate::Error::ConditionFailed) with [`when`](Put::when); [`KeyValue`](crate::Error::KeyValue),
    /// [`Encode`](crate::Error::Encode) and [`ItemTooLarge`](crate::Error::ItemTooLarge) before anything is sent;
    /// [`Busy`](crate::Error::Busy), [`Unknown`](crate::Error::Unknown), [`Sdk`](crate::Error::Sdk).
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table};
    /// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] struct Task { title: String }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<Task>().await?;
    /// table.put(Task { title: "write".into() }).id("one").await?;
    /// let task = table.put(Task { title: "rewrite".into() }).id("one").await?;
    /// assert_eq!(table.read(task.id()).await?.title, "rewrite");
    /// # Ok(()) }
    /// ```
    pub fn put<T: Member<S> + Unversioned + Uncounted + WithoutUnique>(&self, value: T) -> Put<T> {
        Put::new(self.handle.clone(), value)
    }
}
