use super::Table;
use crate::entity::{Member, Schema};
use crate::op::RebuildClaims;

impl<S: Schema> Table<S> {
    /// Brings the claims of an entity's unique values in line with its rows: for rows that were there before their values were declared
    /// unique, or that Python, an import or a backup wrote, none of which claims anything.
    ///
    /// It reads the whole table. A value that nobody has claimed is claimed for the row that has it; a claim whose row is gone, has expired or has
    /// another value is removed, and so are those of constraints that are declared no more. Where two rows have one value, the claim stays
    /// with the row that it names, or goes to the first that is read, and the other is among the
    /// [`duplicates`](crate::RebuiltClaims::duplicates): by its key, and never by its value. Those are to be changed or deleted by the caller.
    ///
    /// **It may run beside writers**: each mend is conditional on the row and the claim that were read, and what others change meanwhile is looked
    /// at again. First let every program that writes the entity run the declaration with the unique values. It may be repeated at any time, also
    /// after an error: what is right is left alone. Its memory is that of one page of rows, and of 100 duplicates.
    ///
    /// | | requests | capacity |
    /// |---|---|---|
    /// | reading | `Scan` for each 1 MB of the table | a read unit for every 4 KB |
    /// | each value of a row | `GetItem` of its claim | 1 read unit |
    /// | each claim | `GetItem` of the row that it names | size / 4 KB read units |
    /// | each mend | `TransactWriteItems` of 2 rows; with a look at another row (`GetItem`) where a claim is taken over | 4 write units, and 2 for each further KB of the row |
    ///
    /// Up to 8 rows are looked at, at a time; [`rows_per_second`](RebuildClaims::rows_per_second) leaves capacity to others.
    ///
    /// # Errors
    /// [`Busy`](crate::Error::Busy), [`Unknown`](crate::Error::Unknown) and [`Sdk`](crate::Error::Sdk), after some repetitions: what was mended by
    /// then stays mended. A row that cannot be read does not end it: it is among the [`failures`](crate::RebuiltClaims::failures).
    ///
    /// # Examples
    /// ```
    /// use serde::{Deserialize, Serialize};
    /// use simpletable::{SingleTable, Table};
    ///
    /// #[derive(Debug, Serialize, Deserialize, SingleTable)]
    /// #[table(unique(name = "email", value = "<email>", fold = "lower"))]
    /// struct User {
    ///     email: String,
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> simpletable::Result<()> {
    /// let table = Table::in_memory::<User>().await?;
    /// table.create(User { email: "ann@acme.io".into() }).await?;
    ///
    /// let done = table.rebuild_claims::<User>().rows_per_second(500).await?;
    /// for duplicate in done.duplicates() {
    ///     let user = table.read(duplicate.key()).await?;
    ///     println!("{} has the {} of another user", user.id(), duplicate.constraint());
    /// }
    /// assert_eq!((done.rows(), done.created(), done.removed()), (1, 0, 0));
    /// # Ok(())
    /// # }
    /// ```
    pub fn rebuild_claims<T: Member<S>>(&self) -> RebuildClaims<T> {
        RebuildClaims::new(self.handle.clone())
    }
}
