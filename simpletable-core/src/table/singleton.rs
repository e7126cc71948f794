//! Singletons: entities of which a table holds one.

use super::Table;
use crate::entity::{Initial, Member, Schema, Singleton};
use crate::key::Key;
use crate::op::GetOrCreate;

impl<S: Schema> Table<S> {
    /// Reads the one `T` of the table (`#[table(singleton)]`), and creates it on first use, from its [`Default`].
    ///
    /// | | requests |
    /// |---|---|
    /// | it is there | 1 (`GetItem`, consistent) |
    /// | first use, or its time to live is over | 2 (`GetItem`, and that of [`create`](Self::create)) |
    /// | first use, while others use it first too | 3 (another `GetItem`) |
    ///
    /// Of any number of first uses at once one creates it, and all get the same. Programs of the Python library do not take part in that: theirs
    /// overwrite on first use.
    ///
    /// It is a resource like any other: [`update`](Self::update) takes it, and `T::key()` is the key for [`modify`](Self::modify),
    /// [`get`](Self::get), [`delete`](Self::delete) and the rest. [`create`](Self::create) makes it from another value than the default, and
    /// is refused as soon as it is there.
    ///
    /// # Errors
    /// Those of [`get`](Self::get) and of [`create`](Self::create); [`AlreadyExists`](crate::Error::AlreadyExists) only when it was deleted
    /// and created by others again and again, or a deletion of its history has not come to its end.
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table};
    /// #[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, SingleTable)]
    /// #[table(singleton)]
    /// struct Config {
    ///     greeting: String,
    ///     closed: bool,
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<Config>().await?;
    /// let config = table.singleton::<Config>().await?;
    /// assert_eq!(*config, Config::default());
    ///
    /// table.update(config, |c| c.greeting = "hello".into()).await?;
    /// table.modify(Config::key(), |c| c.closed = true).await?;
    /// assert_eq!(*table.singleton::<Config>().await?, Config { greeting: "hello".into(), closed: true });
    /// # Ok(()) }
    /// ```
    pub fn singleton<'f, T: Member<S> + Singleton + Initial>(&self) -> GetOrCreate<'f, T> {
        GetOrCreate::new(self.handle.clone(), "singleton", Key::from_parts(&[], None), T::initial)
    }
}
