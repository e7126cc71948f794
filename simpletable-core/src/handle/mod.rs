//! A table's client and settings, and one call: the requests of one operation under one span.

mod answer;
mod attempts;
mod batch;
mod body;
mod context;
mod exchange;
mod read;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use tracing::{Span, field};

use attempts::Attempts;
use context::DeadlinePassed;

use crate::clock::Stamps;
use crate::entity::Limits;
use crate::error::{Current, Error, Item, SdkFailure};
use crate::page::CursorKeys;

pub(crate) use answer::{
    Answer, DELETE_ITEM, Operation, PUT_ITEM, QUERY, SCAN, Slot, TRANSACT_GET_ITEMS, TRANSACT_WRITE_ITEMS, UPDATE_ITEM,
};
pub(crate) use batch::{BATCH_GET, BATCH_WRITE};
pub(crate) use body::Body;
pub use context::{Context, Deadline};
pub(crate) use read::key_item;

/// What operations need of a table: cheap to clone, and without the schema's type.
#[derive(Clone)]
pub(crate) struct Handle {
    pub(crate) client: Client,
    pub(crate) settings: Arc<Settings>,
    /// What the caller says of the operations of this clone of the table.
    pub(crate) context: Option<Arc<Context>>,
}

pub(crate) struct Settings {
    pub(crate) table: String,
    pub(crate) limits: Limits,
    pub(crate) stamps: Arc<Stamps>,
    pub(crate) cursor_keys: CursorKeys,
    /// How long the key of a write that is made once is kept.
    pub(crate) idempotency_period: Duration,
}

impl Handle {
    pub(crate) fn table(&self) -> &str {
        &self.settings.table
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.settings.limits
    }

    pub(crate) fn stamps(&self) -> &Stamps {
        &self.settings.stamps
    }

    pub(crate) fn cursor_keys(&self) -> &CursorKeys {
        &self.settings.cursor_keys
    }

    /// Whether both are of one table, made once.
    pub(crate) fn is_of(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.settings, &other.settings)
    }

    /// The row that failed a condition, for the error.
    pub(crate) fn current(&self, item: Option<Item>) -> Current {
        Current::new(item, self.limits().ttl_attribute, self.limits().inflated_bytes)
    }

    /// Begins an operation.
    pub(crate) fn call(&self, operation: &'static str, entity: &'static str) -> Call {
        let span = tracing::info_span!(
            "simpletable",
            operation,
            table = self.table(),
            entity,
            index = field::Empty,
            operations = field::Empty,
            actor = field::Empty,
            tags = field::Empty,
            requests = field::Empty,
            consumed_capacity = field::Empty
        );
        if let Some(context) = &self.context {
            context.actor_name().map(|actor| span.record("actor", actor));
            context.tag_line().map(|tags| span.record("tags", tags));
        }
        Call { handle: self.clone(), operation, entity, span, attempts: Arc::default(), capacity: Mutex::new(0.0) }
    }
}

/// One operation on its way. When it is dropped, its span learns what it took.
pub(crate) struct Call {
    pub(crate) handle: Handle,
    pub(crate) operation: &'static str,
    pub(crate) entity: &'static str,
    pub(crate) span: Span,
    attempts: Arc<Attempts>,
    capacity: Mutex<f64>,
}

impl Call {
    /// A part of this operation whose requests count for themselves, as what became of them is asked for later. It has no span of its own;
    /// [`include`](Self::include) brings it back.
    pub(crate) fn part(&self) -> Self {
        Self {
            handle: self.handle.clone(),
            operation: self.operation,
            entity: self.entity,
            span: Span::none(),
            attempts: Arc::default(),
            capacity: Mutex::new(0.0),
        }
    }

    /// Adds what another call took, as a part of this one.
    pub(crate) fn include(&self, part: &Self) {
        self.attempts.include(&part.attempts);
        self.add_capacity(part.capacity());
    }

    /// How many answers to the requests sent so far were lost.
    pub(crate) fn unclear(&self) -> u32 {
        self.attempts.unclear()
    }

    /// What the requests so far consumed, in capacity units.
    pub(crate) fn capacity(&self) -> f64 {
        *self.capacity.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds what a request consumed.
    pub(crate) fn add_capacity(&self, units: f64) {
        *self.capacity.lock().unwrap_or_else(PoisonError::into_inner) += units;
    }

    /// The error for a request that did not work.
    pub(crate) fn failed<E>(&self, error: SdkError<E, HttpResponse>) -> Error
    where
        E: std::error::Error + ProvideErrorMetadata + Send + Sync + 'static,
    {
        if std::error::Error::source(&error).is_some_and(|source| source.is::<DeadlinePassed>()) {
            return Error::DeadlineExceeded { entity: self.entity, operation: self.operation };
        }
        Error::Sdk { operation: self.operation, table: self.handle.table().to_owned(), source: SdkFailure::new(error) }
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        self.span.record("requests", self.attempts.sent());
        self.span.record("consumed_capacity", self.capacity());
    }
}

/// The SDK's builders fail where a required field was not set; here all are.
pub(crate) fn built<T, E>(result: Result<T, E>) -> T {
    result.unwrap_or_else(|_| unreachable!("every required field is set"))
}
