//! Looking after the rows of a resource.

use super::Table;
use crate::entity::{IntoKey, Member, Schema};
use crate::op::{Check, Repair};

impl<S: Schema> Table<S> {
    /// Looks whether the rows of a resource agree: what a crash, a backup, another program or an interrupted deletion left.
    ///
    /// Of every entity: whether the attributes that derive from the fields (keys of indexes, type, time to live) are what the fields make. Of a
    /// versioned one also: whether the latest version has its row, and it says what the head says; rows above the head; versions without a head;
    /// a head that an interrupted deletion took out of service. Nothing is changed. Where there is nothing, nothing is wrong.
    ///
    /// | | requests | read units |
    /// |---|---|---|
    /// | plain | 1 (`GetItem`) | size / 4 KB |
    /// | versioned | 2 (`GetItem`), and `Query` for each 1 MB of the history | the size of the history / 4 KB, and twice the head's |
    /// | … where something is wrong | 1 more (`GetItem`) | the head's size / 4 KB |
    ///
    /// With [`when`](Check::when) it is no operation of its own but a part of a [`transact`](Self::transact), which is made only if the resource
    /// is there and fulfils the condition.
    ///
    /// Reads are consistent. While others write, what it reads does not belong together: then it reads again, up to 5 times.
    ///
    /// # Errors
    /// [`Decode`](crate::Error::Decode) when the row is no such entity; what [`create`](Self::create) refuses, when the row's values cannot be
    /// stored as declared; [`Busy`](crate::Error::Busy) when somebody else wrote each time; [`KeyValue`](crate::Error::KeyValue),
    /// [`Sdk`](crate::Error::Sdk).
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table};
    /// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] #[table(versioned)] struct Document { title: String }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<Document>().await?;
    /// let document = table.create(Document { title: "draft".into() }).await?;
    /// let checked = table.check(document.id()).await?;
    /// for finding in checked.findings() {
    ///     println!("{finding}");
    /// }
    /// assert!(checked.is_ok());
    /// # Ok(()) }
    /// ```
    ///
    /// As a precondition:
    /// ```
    /// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table};
    /// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] struct Project { open: bool }
    /// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] struct Task { title: String }
    /// # #[derive(SingleTable)] enum App { Project(Project), Task(Task) }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<App>().await?;
    /// # let project = table.create(Project { open: true }).await?;
    /// let task = Task { title: "write".into() };
    /// let (task, ()) = table.transact((table.create(task), table.check(project.id()).when(|p| p.open.eq(true)))).await?;
    /// # Ok(()) }
    /// ```
    pub fn check<K: IntoKey>(&self, key: K) -> Check<K::Entity>
    where
        K::Entity: Member<S>,
    {
        Check::new(self.handle.clone(), key.into_key())
    }

    /// Mends what [`check`](Self::check) finds, and says what that was. It looks again afterwards, until there is nothing left to mend.
    ///
    /// | finding | requests | what becomes of it |
    /// |---|---|---|
    /// | the latest version has no row, or it differs | `TransactWriteItems` | the row is written from the head |
    /// | rows above the head, versions without a head | `TransactWriteItems` for every 99 | they are deleted |
    /// | a deletion was interrupted | as [`delete`](Self::delete) | it is brought to its end |
    /// | derived attributes | `PutItem` | the row is written anew; value, version and times stay |
    ///
    /// Besides, a check before and after. Every write is conditional on the head that the finding belongs to, so it undoes nobody's write.
    /// Interrupted, it is brought to its end by calling it again.
    ///
    /// # Errors
    /// As [`check`](Self::check); [`Unknown`](crate::Error::Unknown). What was mended until then is mended.
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table};
    /// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] #[table(versioned)] struct Document { title: String }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<Document>().await?;
    /// let document = table.create(Document { title: "draft".into() }).await?;
    /// let repaired = table.repair(document.id()).await?;
    /// assert!(repaired.mended().is_empty() && repaired.left().is_empty());
    /// # Ok(()) }
    /// ```
    pub fn repair<K: IntoKey>(&self, key: K) -> Repair<K::Entity>
    where
        K::Entity: Member<S>,
    {
        Repair::new(self.handle.clone(), key.into_key())
    }
}
