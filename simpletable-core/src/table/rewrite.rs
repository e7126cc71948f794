use super::Table;
use crate::entity::{Member, Schema};
use crate::op::Rewrite;

impl<S: Schema> Table<S> {
    /// Brings the rows of an entity up to its declaration: to a new `#[gsi]`, which old rows are not in, a new `ttl`, `compress` switched,
    /// a field renamed with an alias.
    ///
    /// It reads the whole table, encodes every row of the entity as the declaration says now, and writes the rows that differ. What a row
    /// says stays: its value, its version, its times, and the attributes that the struct does not know, among them those of a `#[gsi]` that
    /// is declared no more. A row that says the same in another way (a float with more digits, a set in another order) is not written.
    /// History rows are left alone, and so are rows that have expired.
    ///
    /// **It undoes no update**: each write is conditional on the state that was read. Where somebody else was faster, their row is looked
    /// at instead. Copies that are held elsewhere can be updated as before, unless `compress` or `type_index` was switched: that moves the
    /// stamp that an update compares, and the update is a [`Conflict`](crate::Error::Conflict).
    ///
    /// First let every program that writes the entity run the new declaration; what an old one writes later is as the old one says.
    ///
    /// | | requests | capacity |
    /// |---|---|---|
    /// | reading | `Scan` for each 1 MB of the table | a read unit for every 8 KB |
    /// | writing | `PutItem` for each row that differs | size / 1 KB write units, and those of the indexes that change |
    ///
    /// Up to 8 rows are written at a time; [`rows_per_second`](Rewrite::rows_per_second) leaves capacity to others. A row that cannot be
    /// brought up to date (it cannot be read, or cannot be stored as declared) does not end it: it is counted, and among the
    /// [`failures`](crate::Rewritten::failures).
    ///
    /// # Errors
    /// A [`RewriteError`](crate::RewriteError), which `?` makes an [`Error`](crate::Error):
    /// [`InvalidCursor`](crate::Error::InvalidCursor) before anything is sent; [`Sdk`](crate::Error::Sdk), [`Busy`](crate::Error::Busy)
    /// and [`Unknown`](crate::Error::Unknown), after some repetitions.
    ///
    /// # Examples
    /// ```
    /// use serde::{Deserialize, Serialize};
    /// use simpletable::{SingleTable, Table};
    ///
    /// #[derive(Serialize, Deserialize, SingleTable)]
    /// #[gsi(name = "owner", pk = "owner#<owner>")]
    /// struct Task {
    ///     owner: String,
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> simpletable::Result<()> {
    /// let table = Table::in_memory::<Task>().await?;
    /// table.create(Task { owner: "ann".into() }).await?;
    ///
    /// let mut cursor = None;
    /// loop {
    ///     let done = table.rewrite::<Task>().after(cursor).limit(10_000).await?;
    ///     assert_eq!((done.changed(), done.unchanged(), done.failed()), (0, 1, 0));
    ///     cursor = done.next_cursor().cloned();
    ///     if cursor.is_none() {
    ///         break;
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn rewrite<'f, T: Member<S>>(&self) -> Rewrite<'f, T> {
        Rewrite::new(self.handle.clone())
    }
}
