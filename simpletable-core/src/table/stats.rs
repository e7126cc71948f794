//! Counts by type.

use super::Table;
use crate::entity::{Counted, Listable, Member, Schema};
use crate::op::{ReadStats, Recount};

impl<S: Schema> Table<S> {
    /// Reads how many resources of each counted entity (`#[table(count)]`) the table holds.
    ///
    /// 1 request (`GetItem`); half a read unit, a whole one with [`consistent`](ReadStats::consistent), while the row has less than 4 KB (some
    /// 100 entities). Before anything was counted there is no row, and all numbers are 0.
    ///
    /// The numbers move in the transactions that create and delete, so they are right at every moment, but for what nobody tells the library: see
    /// [`recount`](Self::recount).
    ///
    /// # Errors
    /// [`Decode`](crate::Error::Decode) when the row holds something else than numbers; [`Sdk`](crate::Error::Sdk).
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table};
    /// #[derive(Serialize, Deserialize, SingleTable)]
    /// #[table(count)]
    /// struct User {
    ///     name: String,
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<User>().await?;
    /// let ann = table.create(User { name: "Ann".into() }).await?;
    /// table.create(User { name: "Bob".into() }).await?;
    /// assert_eq!(table.stats().await?.count::<User>(), 2);
    /// table.delete(&ann).await?;
    /// assert_eq!(table.stats().consistent().await?.count::<User>(), 1);
    /// # Ok(()) }
    /// ```
    pub fn stats(&self) -> ReadStats {
        ReadStats::new(self.handle.clone())
    }

    /// Counts the resources of an entity in the type index, writes that number into the statistics, and returns it.
    ///
    /// It is needed where resources came or went without being counted: before the entity was declared `count`; when their time to live was over,
    /// whether DynamoDB deleted them or a create replaced them (they stay in the number); by programs of the Python library, which count after
    /// they have written, and not at all where they are interrupted; by other tools.
    ///
    /// Requests: a consistent `GetItem`, a `Query` for each 1 MB of the entity's rows, of which only the number is sent, and an `UpdateItem` where
    /// the number is another. It is written only if nobody has counted anything in the meantime, of any entity: otherwise all of it is done again,
    /// up to 5 times. The type index is eventually consistent, so what was written in the last second may be missed: count in a quiet moment.
    ///
    /// # Errors
    /// [`Conflict`](crate::Error::Conflict) when others created and deleted counted entities all the time; those of [`list`](Self::list);
    /// [`Unknown`](crate::Error::Unknown), after which it may be repeated.
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table};
    /// # #[derive(Serialize, Deserialize, SingleTable)] #[table(count)] struct User { name: String }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<User>().await?;
    /// # table.create(User { name: "Ann".into() }).await?;
    /// let users = table.recount::<User>().await?;
    /// assert_eq!(users, 1);
    /// # Ok(()) }
    /// ```
    pub fn recount<T: Member<S> + Counted + Listable>(&self) -> Recount<T> {
        Recount::new(self.handle.clone())
    }
}
