//! Operations on histories.

use super::Table;
use crate::entity::{IntoKey, MaxVersions, Member, Schema, Versioned};
use crate::op::{DeleteVersion, Diff, PruneVersions, ReadVersion, Restore, Versions};

impl<S: Schema> Table<S> {
    /// Reads the versions of a resource, newest first, by number. Where there is no resource, or its time to live is over, there are none.
    ///
    /// The head tells the newest number, so the rows are asked for by their keys: [`limit(k)`](Versions::limit) reads the newest `k` and
    /// no others. All reads are consistent: what an older state does not show yet would look as if it were gone. Numbers without a row
    /// (pruned, deleted, expired, missing in a backup) are left out.
    ///
    /// | | requests | read units |
    /// |---|---|---|
    /// | the head, which is the newest version | 1 (`GetItem`), for each page that is asked for | size / 4 KB |
    /// | older ones | 1 (`BatchGetItem`) for every 100, or for fewer where 100 of the newest one's size are over 16 MB | the sum of each size / 4 KB, and 1 for each number without a row |
    /// | those that `max_versions` does not keep | as above, after a `Query` for each 1 MB of the whole history | the size of the history / 4 KB |
    ///
    /// The last line is met only by who reads on beyond `max_versions`: a limit that was lowered, or rows of another program, may have left
    /// rows there, and they are shown as long as they exist ([`prune_versions`](Self::prune_versions) deletes them). They are looked for,
    /// as most of the numbers have no row. A `limit` of `max_versions` or less does not look.
    ///
    /// The newest version can be updated like any resource that was read; to go on from an older one, [`restore`](Self::restore) it.
    ///
    /// # Errors
    /// [`InvalidCursor`](crate::Error::InvalidCursor) before anything is sent; [`Decode`](crate::Error::Decode) when a row is no such entity;
    /// [`KeyValue`](crate::Error::KeyValue), [`Busy`](crate::Error::Busy), [`Sdk`](crate::Error::Sdk).
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table};
    /// #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
    /// #[table(versioned)]
    /// struct Document {
    ///     title: String,
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<Document>().await?;
    /// let mut document = table.create(Document { title: "draft 1".into() }).await?;
    /// for n in 2..=12 {
    ///     document = table.update(document, |d| d.title = format!("draft {n}")).await?;
    /// }
    /// let page = table.versions(document.id()).limit(5).await?;
    /// assert_eq!(page.iter().map(|v| v.version()).collect::<Vec<_>>(), [12, 11, 10, 9, 8]);
    /// let page = table.versions(document.id()).limit(5).after(page.next_cursor()).await?;
    /// assert_eq!(page[0].title, "draft 7");
    /// assert_eq!(table.versions(document.id()).all().await?.len(), 12);
    /// # Ok(()) }
    /// ```
    pub fn versions<K: IntoKey>(&self, key: K) -> Versions<K::Entity>
    where
        K::Entity: Member<S> + Versioned,
    {
        Versions::new(self.handle.clone(), key.into_key())
    }

    /// Reads one version of a resource. 0 is no version.
    ///
    /// 1 request (`GetItem`); half a read unit for each 4 KB, a whole one with [`consistent`](ReadVersion::consistent).
    ///
    /// Only the version's own row is read, so what a resource left behind (while a long deletion goes on, or above the head of one that
    /// another program broke) is found as well; [`versions`](Self::versions), which reads the head, does not find it.
    ///
    /// # Errors
    /// [`NotFound`](crate::Error::NotFound) when there is no such version any more, or its time to live is over; and those of
    /// [`get`](Self::get).
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table};
    /// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] #[table(versioned)] struct Document { title: String }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<Document>().await?;
    /// let document = table.create(Document { title: "draft".into() }).await?;
    /// let document = table.update(document, |d| d.title = "final".into()).await?;
    /// assert_eq!(table.read_version(document.id(), 1).await?.title, "draft");
    /// assert!(table.read_version(document.id(), 3).await.is_err_and(|error| error.is_not_found()));
    /// # Ok(()) }
    /// ```
    pub fn read_version<K: IntoKey>(&self, key: K, version: u64) -> ReadVersion<K::Entity>
    where
        K::Entity: Member<S> + Versioned,
    {
        ReadVersion::new(self.handle.clone(), key.into_key(), version)
    }

    /// Makes a new version with the content of an old one: any that is kept, and the newest too. Gives the resource as it is then.
    ///
    /// 2 requests: a `BatchGetItem` of 2 rows, which reads consistently (size / 4 KB in read units for each), and the `TransactWriteItems`
    /// of an [`update`](Self::update), with its pruning and its capacity. One more `GetItem` where the two rows disagree about when the
    /// resource was created.
    ///
    /// The resource expires when it would have, unless [`with_ttl`](Restore::with_ttl) restores that, too. What the struct does not know of
    /// the version comes back with it; what only heads have (keys of indexes, Python's `metadata`, and whatever other programs put beside
    /// compressed data) stays.
    ///
    /// # Errors
    /// [`NotFound`](crate::Error::NotFound) when there is no such version any more, or no resource; [`Conflict`](crate::Error::Conflict)
    /// when somebody else changed or deleted the resource meanwhile; [`Decode`](crate::Error::Decode) when a row cannot be read; and those of
    /// [`update`](Self::update).
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table};
    /// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] #[table(versioned)] struct Document { title: String }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<Document>().await?;
    /// let document = table.create(Document { title: "draft".into() }).await?;
    /// let document = table.update(document, |d| d.title = "nonsense".into()).await?;
    /// let document = table.restore(document.id(), 1).await?;
    /// assert_eq!((document.version(), document.title.as_str()), (3, "draft"));
    /// # Ok(()) }
    /// ```
    pub fn restore<K: IntoKey>(&self, key: K, version: u64) -> Restore<K::Entity>
    where
        K::Entity: Member<S> + Versioned,
    {
        Restore::new(self.handle.clone(), key.into_key(), version)
    }

    /// Deletes one old version of a resource. The latest one is the resource itself and stays.
    ///
    /// 1 request (`TransactWriteItems`: a check of the head, and the row); 2 × the head's size / 1 KB in write units, and 2 × the row's.
    ///
    /// # Errors
    /// [`LatestVersion`](crate::Error::LatestVersion) when it is the latest version; [`NotFound`](crate::Error::NotFound) when there is no such
    /// version any more, or no resource; [`Busy`](crate::Error::Busy), [`Unknown`](crate::Error::Unknown), [`Sdk`](crate::Error::Sdk).
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize}; use simpletable::{Error, SingleTable, Table};
    /// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] #[table(versioned)] struct Document { title: String }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<Document>().await?;
    /// let document = table.create(Document { title: "a secret".into() }).await?;
    /// let document = table.update(document, |d| d.title = "nothing".into()).await?;
    /// table.delete_version(document.id(), 1).await?;
    /// assert!(matches!(table.delete_version(document.id(), 2).await, Err(Error::LatestVersion { .. })));
    /// # Ok(()) }
    /// ```
    pub fn delete_version<K: IntoKey>(&self, key: K, version: u64) -> DeleteVersion<K::Entity>
    where
        K::Entity: Member<S> + Versioned,
    {
        DeleteVersion::new(self.handle.clone(), key.into_key(), version)
    }

    /// Deletes the versions that the entity's `max_versions` does not keep: those that a lowered limit left. Gives how many there were.
    ///
    /// An update deletes the one version that leaves the kept ones with it, and never sweeps; this does. An entity without `max_versions` has
    /// no bound to prune to, so this does not compile for it: [`prune_versions_to`](Self::prune_versions_to) is told one.
    ///
    /// | | requests | capacity |
    /// |---|---|---|
    /// | the head | 1 (`GetItem`) | size / 4 KB read units |
    /// | finding the rows | `Query` for each 1 MB of the history; none where no number is below the bound | a read unit for every 4 KB |
    /// | deleting them | `TransactWriteItems` for every 99 | 2 × each row's size / 1 KB write units, and 2 × the head's each time |
    ///
    /// The transactions check the head, so that nothing is deleted of a resource that somebody deletes and creates anew meanwhile. Interrupted,
    /// it is brought to its end by calling it again.
    ///
    /// # Errors
    /// [`NotFound`](crate::Error::NotFound) when there is no resource; [`Conflict`](crate::Error::Conflict) when it is deleted and created anew
    /// meanwhile; [`Busy`](crate::Error::Busy), [`Unknown`](crate::Error::Unknown), [`Sdk`](crate::Error::Sdk). What was deleted until then
    /// is deleted.
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table};
    /// #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
    /// #[table(versioned, max_versions = 3)]
    /// struct Document {
    ///     title: String,
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<Document>().await?;
    /// let document = table.create(Document { title: "draft".into() }).await?;
    /// assert_eq!(table.prune_versions(document.id()).await?, 0);
    /// # Ok(()) }
    /// ```
    pub fn prune_versions<K: IntoKey>(&self, key: K) -> PruneVersions<K::Entity>
    where
        K::Entity: Member<S> + MaxVersions,
    {
        PruneVersions::declared(self.handle.clone(), key.into_key())
    }

    /// Deletes all but the last `keep` version numbers of a resource, and gives how many versions it deleted. The latest version always stays.
    ///
    /// Requests, capacity and errors are those of [`prune_versions`](Self::prune_versions).
    ///
    /// # Errors
    /// As [`prune_versions`](Self::prune_versions).
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table};
    /// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] #[table(versioned)] struct Document { title: String }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<Document>().await?;
    /// let mut document = table.create(Document { title: "draft".into() }).await?;
    /// for _ in 2..=5 {
    ///     document = table.update(document, |d| d.title.push('!')).await?;
    /// }
    /// assert_eq!(table.prune_versions_to(document.id(), 2).await?, 3);
    /// assert_eq!(table.versions(document.id()).all().await?.len(), 2);
    /// # Ok(()) }
    /// ```
    pub fn prune_versions_to<K: IntoKey>(&self, key: K, keep: u64) -> PruneVersions<K::Entity>
    where
        K::Entity: Member<S> + Versioned,
    {
        PruneVersions::new(self.handle.clone(), key.into_key(), keep)
    }

    /// Compares two versions of a resource: the fields that differ, in the order of their declaration, for showing people what changed.
    ///
    /// 1 request (`BatchGetItem` of 2 rows), which reads consistently: size / 4 KB in read units for each.
    ///
    /// Fields are as serde writes them; a nested value that differs is given whole. The members of a `#[table(set)]` have no order. What the
    /// struct does not know is not compared. As with [`read_version`](Self::read_version), only the versions' own rows are read.
    ///
    /// # Errors
    /// [`NotFound`](crate::Error::NotFound) when one of them is not there any more; [`Decode`](crate::Error::Decode) when one cannot be read;
    /// [`Encode`](crate::Error::Encode) when a value has no form in JSON; [`KeyValue`](crate::Error::KeyValue),
    /// [`Busy`](crate::Error::Busy), [`Sdk`](crate::Error::Sdk).
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table};
    /// #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
    /// #[table(versioned)]
    /// struct Document {
    ///     title: String,
    ///     pages: u32,
    ///     note: Option<String>,
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<Document>().await?;
    /// let document = table.create(Document { title: "draft".into(), pages: 7, note: Some("read it".into()) }).await?;
    /// let document = table.update(document, |d| (d.title, d.note) = ("final".into(), None)).await?;
    /// let lines: Vec<String> = table
    ///     .diff(document.id(), 1, 2)
    ///     .await?
    ///     .iter()
    ///     .map(|change| format!("{}: {:?} -> {:?}", change.field, change.old, change.new))
    ///     .collect();
    /// assert_eq!(lines, [
    ///     r#"title: Some(String("draft")) -> Some(String("final"))"#,
    ///     r#"note: Some(String("read it")) -> None"#,
    /// ]);
    /// # Ok(()) }
    /// ```
    pub fn diff<K: IntoKey>(&self, key: K, old: u64, new: u64) -> Diff<K::Entity>
    where
        K::Entity: Member<S> + Versioned,
    {
        Diff::new(self.handle.clone(), key.into_key(), (old, new))
    }
}
