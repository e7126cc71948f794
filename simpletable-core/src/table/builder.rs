use std::marker::PhantomData;
#[cfg(feature = "embedded")]
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_dynamodb::Client;

use super::Table;
use crate::clock::{Clock, Stamps};
use crate::codec::INFLATED_BYTES;
use crate::entity::{Limits, Schema};
use crate::error::Result;
use crate::handle::{Handle, Settings};
use crate::page::CursorKeys;

/// What a table on the embedded engine is called.
#[cfg(feature = "embedded")]
pub(super) const EMBEDDED: &str = "simpletable";

/// How long an idempotency key is kept, unless the builder says otherwise.
const IDEMPOTENCY_PERIOD: Duration = Duration::from_secs(24 * 60 * 60);

/// A table with options, from [`Table::builder`](crate::Table::builder).
///
/// It says where the table is ([`client`](Self::client), [`in_memory`](Self::in_memory), [`file`](Self::file); the last one counts; without
/// any, where the SDK's environment says) and how it behaves.
///
/// # Examples
/// ```
/// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table};
/// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] struct Task { title: String }
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
/// let table = Table::builder::<Task>("app").in_memory().max_inflated_bytes(1024 * 1024).build().await?;
/// assert_eq!(table.name(), "app");
/// # Ok(()) }
/// ```
#[must_use = "a builder does nothing until `build` is called"]
pub struct TableBuilder<S> {
    name: String,
    place: Place,
    create: bool,
    inflated_bytes: usize,
    stamps: Arc<Stamps>,
    cursor_keys: CursorKeys,
    idempotency_period: Duration,
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
        Self {
            name,
            place: Place::Environment,
            create: false,
            inflated_bytes: INFLATED_BYTES,
            stamps: Stamps::system(),
            cursor_keys: CursorKeys::default(),
            idempotency_period: IDEMPOTENCY_PERIOD,
            schema: PhantomData,
        }
    }

    /// Reaches the table by the caller's own client. It needs a sleep implementation for its retries, which `aws_config` sets.
    ///
    /// The SDK signs, sends and repeats requests, but neither writes the bodies of writes nor reads good answers: interceptors of the client see
    /// inputs of writes that name the table alone, outputs without content, and the HTTP requests and responses as they are.
    pub fn client(self, client: Client) -> Self {
        Self { place: Place::Client(Box::new(client)), ..self }
    }

    /// A new table in memory, on the embedded engine: gone with its last clone.
    #[cfg(feature = "embedded")]
    pub fn in_memory(self) -> Self {
        Self { place: Place::Memory, ..self }
    }

    /// A table in a file, on the embedded engine; created, readable by its owner only, where it is missing.
    #[cfg(feature = "embedded")]
    pub fn file(self, path: impl Into<PathBuf>) -> Self {
        Self { place: Place::File(path.into()), ..self }
    }

    /// Creates the table where it is missing, with the indexes and the TTL attribute that the schema declares, and waits up to 2 minutes until
    /// it is active. Billing is on demand. A table that exists is left as it is, whatever indexes it has.
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table};
    /// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] struct Task { title: String }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let existing = Table::in_memory::<Task>().await?;
    /// # let client = existing.client().clone();
    /// let table = Table::builder::<Task>("tasks").client(client).create_if_missing().build().await?;
    /// table.create(Task { title: "write".into() }).await?;
    /// # Ok(()) }
    /// ```
    pub fn create_if_missing(self) -> Self {
        Self { create: true, ..self }
    }

    /// How many bytes a compressed row may inflate to: 16 MiB unless told otherwise. A row that is larger is an
    /// [`Error::Decode`](crate::Error::Decode). It bounds the memory that a row written by somebody else can take.
    pub fn max_inflated_bytes(self, bytes: usize) -> Self {
        Self { inflated_bytes: bytes, ..self }
    }

    /// Takes the time from another clock than the system's: the times of resources, the time in generated ids, and the time that decides
    /// whether a row has expired.
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize}; use simpletable::{SettableClock, SingleTable, Table};
    /// # use chrono::DateTime;
    /// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] struct Task { title: String }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// let clock = SettableClock::new(DateTime::UNIX_EPOCH);
    /// let table = Table::builder::<Task>("app").in_memory().clock(clock.clone()).build().await?;
    /// let task = table.create(Task { title: "write".into() }).await?;
    /// assert_eq!(task.created_at(), DateTime::UNIX_EPOCH);
    /// # Ok(()) }
    /// ```
    pub fn clock(self, clock: impl Clock) -> Self {
        Self { stamps: Arc::new(Stamps::new(clock)), ..self }
    }

    /// How long the key of a write that is made once is kept ([`Create::idempotency_key`](crate::Create::idempotency_key) and its like): 24 hours
    /// unless told otherwise, in whole seconds. A repeated write after that is made again.
    pub fn idempotency_period(self, period: Duration) -> Self {
        Self { idempotency_period: period, ..self }
    }

    /// Encrypts and authenticates cursors: a client can neither read the keys of rows in them nor make one of its own.
    ///
    /// Without a key, a [`Cursor`](crate::Cursor) can be read by whoever holds it, and keys often hold personal data; it is only bound to
    /// its query. With a key, such plain cursors are refused.
    ///
    /// The key is 32 random bytes (`openssl rand -base64 32` prints such), the same wherever the table's cursors are made and opened, from
    /// where you keep secrets. XChaCha20-Poly1305 encrypts with it.
    ///
    /// Called again, it adds another key: the first seals, all open. The `id`, which a cursor shows, says which key sealed it. To rotate a
    /// key without refusing a cursor that is in use:
    ///
    /// 1. add the new key, with a new id, behind the old one, everywhere;
    /// 2. then put it first: `builder.cursor_key(2, new).cursor_key(1, old)`;
    /// 3. drop the old one when its cursors are no longer used. From then on they are an
    ///    [`Error::InvalidCursor`](crate::Error::InvalidCursor).
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize}; use simpletable::{Error, SingleTable, Table};
    /// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] struct Task { title: String }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let (old, new) = ([1; 32], [2; 32]);
    /// let table = Table::builder::<Task>("app").in_memory().cursor_key(1, old).build().await?;
    /// table.create_many(["write", "read"].map(|title| Task { title: title.into() })).await?.into_complete()?;
    /// let page = table.list::<Task>().limit(1).await?;
    ///
    /// let client = table.client().clone();
    /// let rotated = Table::builder::<Task>("app").client(client.clone()).cursor_key(2, new).cursor_key(1, old).build().await?;
    /// assert_eq!(rotated.list::<Task>().after(page.next_cursor()).await?.len(), 1);
    ///
    /// let dropped = Table::builder::<Task>("app").client(client).cursor_key(2, new).build().await?;
    /// assert!(matches!(dropped.list::<Task>().after(page.next_cursor()).await, Err(Error::InvalidCursor { .. })));
    /// # Ok(()) }
    /// ```
    pub fn cursor_key(mut self, id: u8, key: [u8; 32]) -> Self {
        self.cursor_keys.push(id, key);
        self
    }

    /// Builds the table. Nothing is sent unless it is to be created.
    ///
    /// # Errors
    /// [`Error::Open`](crate::Error::Open) where an embedded table cannot be opened; [`Error::Sdk`](crate::Error::Sdk) where a missing
    /// table cannot be created, and [`Error::NotActive`](crate::Error::NotActive) where it is not ready in time. Without the feature `aws`,
    /// `Error::NoClient` where no place was given.
    pub async fn build(mut self) -> Result<Table<S>> {
        let place = std::mem::replace(&mut self.place, Place::Environment);
        // An embedded table is always created; the last place that was named counts.
        #[cfg(feature = "embedded")]
        let create = self.create || matches!(place, Place::Memory | Place::File(_));
        #[cfg(not(feature = "embedded"))]
        let create = self.create;
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
        let table = self.with_client(client);
        if create {
            super::create::if_missing::<S>(&table.handle).await?;
        }
        Ok(table)
    }

    pub(super) fn with_client(self, client: Client) -> Table<S> {
        let limits = Limits::new(S::ENTITIES, S::TTL_ATTRIBUTE, self.inflated_bytes);
        let settings = Settings {
            table: self.name,
            limits,
            stamps: self.stamps,
            cursor_keys: self.cursor_keys,
            idempotency_period: self.idempotency_period,
        };
        Table::from_handle(Handle { client, settings: Arc::new(settings), context: None })
    }
}

/// A client as the SDK's environment says, with the time-outs that it leaves open.
#[cfg(feature = "aws")]
async fn from_environment() -> Client {
    use aws_config::timeout::TimeoutConfig;

    let timeouts = TimeoutConfig::builder()
        .connect_timeout(Duration::from_secs(2))
        .operation_attempt_timeout(Duration::from_secs(5))
        .operation_timeout(Duration::from_secs(20))
        .build();
    Client::new(&aws_config::defaults(aws_config::BehaviorVersion::latest()).timeout_config(timeouts).load().await)
}

#[cfg(feature = "embedded")]
fn embedded(store: crate::embedded::Store, path: Option<PathBuf>) -> Result<Client> {
    crate::embedded::client(store).map_err(|source| crate::Error::Open { path, source: Arc::new(source) })
}
