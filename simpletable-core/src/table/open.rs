use aws_sdk_dynamodb::Client;

use super::{NoSchema, Table, TableBuilder};
use crate::entity::Schema;
#[cfg(any(feature = "aws", feature = "embedded"))]
use crate::error::Result;

impl Table<NoSchema> {
    /// A table on AWS, or where the SDK's own environment says: `AWS_ENDPOINT_URL_DYNAMODB` reaches DynamoDB Local.
    ///
    /// Credentials, region and retries are the SDK's defaults. Time-outs are set, which the SDK leaves open: 5 seconds for an attempt, 20
    /// for an operation of several; [`Table::new`] takes a client with others. The table has to exist; [`Table::builder`] can create it.
    ///
    /// # Errors
    /// None of its own: a table that is missing or out of reach is found by the first operation.
    ///
    /// # Examples
    /// ```no_run
    /// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table};
    /// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] struct Task { title: String }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// let table = Table::connect::<Task>("app").await?;
    /// # Ok(()) }
    /// ```
    #[cfg(feature = "aws")]
    pub async fn connect<S: Schema>(name: impl Into<String>) -> Result<Table<S>> {
        Self::builder(name).build().await
    }

    /// A table reached by the caller's own client. The client needs a sleep implementation for its retries, which `aws_config` sets.
    ///
    /// # Examples
    /// ```no_run
    /// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table};
    /// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] struct Task { title: String }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// let config = aws_config::from_env().region("eu-central-1").load().await;
    /// let table = Table::new::<Task>(aws_sdk_dynamodb::Client::new(&config), "app");
    /// # Ok(()) }
    /// ```
    pub fn new<S: Schema>(client: Client, name: impl Into<String>) -> Table<S> {
        Self::builder::<S>(name).with_client(client)
    }

    /// A table with options; see [`TableBuilder`], which has an example.
    pub fn builder<S: Schema>(name: impl Into<String>) -> TableBuilder<S> {
        TableBuilder::new(name.into())
    }

    /// A new table in memory, on the embedded engine: gone with its last clone.
    ///
    /// # Errors
    /// [`Error::Open`](crate::Error::Open) when the engine cannot start.
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table};
    /// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] struct Task { title: String }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// let table = Table::in_memory::<Task>().await?;
    /// table.create(Task { title: "write".into() }).await?;
    /// # Ok(()) }
    /// ```
    #[cfg(feature = "embedded")]
    pub async fn in_memory<S: Schema>() -> Result<Table<S>> {
        Self::builder(super::builder::EMBEDDED).in_memory().build().await
    }

    /// A table in a file, on the embedded engine; created, readable by its owner only, where it is missing. A file belongs to one process
    /// at a time.
    ///
    /// # Errors
    /// [`Error::Open`](crate::Error::Open) when the file cannot be opened or is something else.
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table};
    /// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] struct Task { title: String }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let folder = tempfile::tempdir().expect("a folder");
    /// # let path = folder.path().join("tasks.db");
    /// let table = Table::open::<Task>(&path).await?;
    /// let task = table.create(Task { title: "write".into() }).await?;
    /// drop(table);
    ///
    /// let table = Table::open::<Task>(&path).await?;
    /// assert_eq!(table.read(task.id()).await?, task);
    /// # Ok(()) }
    /// ```
    #[cfg(feature = "embedded")]
    pub async fn open<S: Schema>(path: impl Into<std::path::PathBuf>) -> Result<Table<S>> {
        Self::builder(super::builder::EMBEDDED).file(path).build().await
    }
}
