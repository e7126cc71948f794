use std::marker::PhantomData;
#[cfg(feature = "embedded")]
use std::path::PathBuf;
use std::sync::Arc;

use aws_sdk_dynamodb::Client;

use super::Table;
use crate::clock::{Clock, Stamps};
use crate::codec::{INFLATED_BYTES, Limits};
use crate::entity::Schema;
use crate::error::Result;
use crate::handle::{Handle, Settings};

/// What a table on the embedded engine is called.
#[cfg(feature = "embedded")]
pub(super) const EMBEDDED: &str = "simpletable";

/// A table with options, from [`Table::builder`](crate::Table::builder).
///
/// ```
/// # #[cfg(feature = "embedded")]
/// # async fn example<App: simpletable_core::Schema>() -> simpletable_core::Result<()> {
/// use simpletable_core::Table;
///
/// let table: Table<App> = Table::builder("app").in_memory().max_inflated_bytes(1024 * 1024).build().await?;
/// # Ok(())
/// # }
/// ```
#[must_use = "a builder does nothing until `build` is called"]
pub struct TableBuilder<S> {
    name: String,
    place: Place,
    create: bool,
    inflated_bytes: usize,
    stamps: Arc<Stamps>,
    schema: PhantomData<fn() -> S>,
}

/// Where the table is.
enum Place {
    /// Where the SDK's environment says.
    Environment,
    Client(Box<Client>),
    #[cfg(feature = "embedded")]
    Memory,
    #[cfg(feature = "embedded")]
    File(PathBuf),
}

impl<S: Schema> TableBuilder<S> {
    pub(super) fn new(name: String) -> Self {
        Self { name, place: Place::Environment, create: false, inflated_bytes: INFLATED_BYTES, stamps: Stamps::system(), schema: PhantomData }
    }

    /// Reaches the table by the caller's own client.
    pub fn client(self, client: Client) -> Self {
        Self { place: Place::Client(Box::new(client)), ..self }
    }

    /// A new table in memory, on the embedded engine.
    #[cfg(feature = "embedded")]
    pub fn in_memory(self) -> Self {
        Self { place: Place::Memory, create: true, ..self }
    }

    /// A table in a file, on the embedded engine, which is created where it is missing.
    #[cfg(feature = "embedded")]
    pub fn file(self, path: impl Into<PathBuf>) -> Self {
        Self { place: Place::File(path.into()), create: true, ..self }
    }

    /// Creates the table where it is missing, with the indexes and the TTL attribute that the schema declares, and waits until it is
    /// there. Billing is on demand.
    pub fn create_if_missing(self) -> Self {
        Self { create: true, ..self }
    }

    /// How many bytes a compressed row may inflate to: 16 MiB unless told otherwise. A row that is larger is an
    /// [`Error::Decode`](crate::Error::Decode).
    pub fn max_inflated_bytes(self, bytes: usize) -> Self {
        Self { inflated_bytes: bytes, ..self }
    }

    /// Takes the time from another clock than the system's. Generated ids carry its time.
    pub fn clock(self, clock: impl Clock) -> Self {
        Self { stamps: Arc::new(Stamps::new(clock)), ..self }
    }

    /// Builds the table.
    ///
    /// # Errors
    /// [`Error::Open`](crate::Error::Open) where an embedded table cannot be opened, [`Error::Sdk`](crate::Error::Sdk) where a missing
    /// table cannot be created.
    pub async fn build(mut self) -> Result<Table<S>> {
        let place = std::mem::replace(&mut self.place, Place::Environment);
        let client = match place {
            Place::Client(client) => *client,
            #[cfg(feature = "aws")]
            Place::Environment => from_environment().await,
            #[cfg(not(feature = "aws"))]
            Place::Environment => return Err(crate::Error::NoClient { table: self.name }),
            #[cfg(feature = "embedded")]
            Place::Memory => embedded(crate::embedded::Store::Memory, None)?,
            #[cfg(feature = "embedded")]
            Place::File(path) => embedded(crate::embedded::Store::File(path.clone()), Some(path))?,
        };
        let create = self.create;
        let table = self.with_client(client);
        if create {
            super::create::if_missing::<S>(&table.handle).await?;
        }
        Ok(table)
    }

    pub(super) fn with_client(self, client: Client) -> Table<S> {
        let limits = Limits { ttl_attribute: S::TTL_ATTRIBUTE, inflated_bytes: self.inflated_bytes };
        let settings = Settings { table: self.name, limits, stamps: self.stamps };
        Table::from_handle(Handle { client, settings: Arc::new(settings) })
    }
}

/// A client as the SDK's environment says, with the time-outs that it leaves open.
#[cfg(feature = "aws")]
async fn from_environment() -> Client {
    use aws_config::timeout::TimeoutConfig;
    use std::time::Duration;

    let timeouts = TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(2))
        .operation_attempt_timeout(Duration::from_secs(5))
        .operation_timeout(Duration::from_secs(20))
        .build();
    Client::new(&aws_config::defaults(aws_config::BehaviorVersion::latest()).timeout_config(timeouts).load().await)
}

#[cfg(feature = "embedded")]
fn embedded(store: crate::embedded::Store, path: Option<PathBuf>) -> Result<Client> {
    crate::embedded::client(store).map_err(|source| crate::Error::Open { path, source: Box::new(source) })
}
