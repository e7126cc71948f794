//! The embedded engine: DynamoDB in this process, behind the SDK's own HTTP-client trait.
//!
//! A table on the embedded engine uses the same `aws_sdk_dynamodb::Client` as one on AWS. Only the connector under the client differs: it hands
//! the body of a request to the engine and gives the engine's answer back in the wire form, so that the SDK's retries, time-outs and error types
//! work as they do over a network.

mod engine;

use std::fs::OpenOptions;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::{ReconnectMode, RetryConfig, RetryPartition};
use aws_sdk_dynamodb::config::{BehaviorVersion, Config, Credentials, Region, StalledStreamProtectionConfig};
use aws_smithy_async::rt::sleep::TokioSleep;
use dynoxide::{Database, DynoxideError};

use self::engine::Engine;

/// The SDK refuses to build a request without an endpoint. This one cannot be resolved (RFC 6761), so no mistake here can send rows to AWS.
const ENDPOINT: &str = "http://embedded.invalid";

/// The first pause before a retry. The SDK's second is for servers that recover; here the only transient failure is a lock that another process holds.
const INITIAL_BACKOFF: Duration = Duration::from_millis(10);

/// Where the rows of an embedded table are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Store {
    /// In memory, until the last client of the store is dropped.
    Memory,
    /// In a file, which is created if it does not exist.
    File(PathBuf),
}

/// A store that could not be opened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EngineError {
    /// The operating system refused the file.
    #[error("the database file could not be opened")]
    File(#[source] io::Error),
    /// SQLite cannot be given this path.
    #[error("the path of the database file is not UTF-8")]
    Path,
    /// The engine refused the file, or could not start.
    #[error("the embedded engine could not open the store")]
    Engine(#[source] DynoxideError),
}

/// Opens `store` and gives a client that reaches it.
///
/// Each call with [`Store::Memory`] is a store of its own; clones of the client share one.
///
/// # Errors
///
/// If the file cannot be created, read or written, or is not a database of this engine.
pub(crate) fn client(store: Store) -> Result<Client, EngineError> {
    let database = open(store)?;
    let retries = RetryConfig::standard()
        .with_initial_backoff(INITIAL_BACKOFF)
        // There is no connection to give up; the SDK logs an error where it finds none.
        .with_reconnect_mode(ReconnectMode::ReuseAllConnections);
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("us-east-1"))
        .credentials_provider(Credentials::new("embedded", "embedded", None, None, "embedded"))
        .endpoint_url(ENDPOINT)
        .http_client(Engine::new(database))
        .sleep_impl(TokioSleep::new())
        .retry_config(retries)
        // Its own retry quota: by default all clients of one region share one, and a store in trouble would use up the retries of AWS clients.
        .retry_partition(RetryPartition::custom("embedded").build())
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .build();
    Ok(Client::from_conf(config))
}

fn open(store: Store) -> Result<Database, EngineError> {
    match store {
        Store::Memory => Database::memory(),
        Store::File(path) => {
            // Absolute, because SQLite gives some relative names a meaning: "" and ":memory:" are not files, and "file:…" is a URI.
            let path = std::path::absolute(path).map_err(EngineError::File)?;
            create(&path).map_err(EngineError::File)?;
            Database::new(path.to_str().ok_or(EngineError::Path)?)
        }
    }
    .map_err(EngineError::Engine)
}

/// Creates the file, for its owner only, if there is none.
///
/// SQLite would create it readable by all (0644 less the umask), and gives the mode of the database to the `-wal` and `-shm` files beside it. A file
/// that exists keeps its mode: that was its owner's choice. Opening for writing also finds a wrong path here, where the error says why.
fn create(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

#[cfg(test)]
mod tests;
