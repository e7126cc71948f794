use std::error::Error as StdError;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use aws_sdk_dynamodb::config::interceptors::FinalizerInterceptorContextRef;

/// How often the SDK sent the requests of one operation, and how often it cannot know what became of one.
#[derive(Debug, Default)]
pub(crate) struct Attempts {
    sent: AtomicU32,
    unclear: AtomicU32,
}

impl Attempts {
    pub(crate) fn sent(&self) -> u32 {
        self.sent.load(Ordering::Relaxed)
    }

    pub(crate) fn unclear(&self) -> u32 {
        self.unclear.load(Ordering::Relaxed)
    }

    /// Adds the attempts of a part of the operation.
    pub(crate) fn include(&self, part: &Self) {
        self.sent.fetch_add(part.sent(), Ordering::Relaxed);
        self.unclear.fetch_add(part.unclear(), Ordering::Relaxed);
    }
}

/// Counts the attempts of a request. The SDK says neither how often it sent a request nor how the attempts before the last one ended.
#[derive(Debug)]
pub(crate) struct CountAttempts {
    attempts: Arc<Attempts>,
    /// Whether the attempt under way has reached the connection.
    transmitted: AtomicBool,
}

impl CountAttempts {
    pub(crate) fn new(attempts: Arc<Attempts>) -> Self {
        Self { attempts, transmitted: AtomicBool::new(false) }
    }

    /// An attempt is about to be sent.
    pub(super) fn begin(&self) {
        self.attempts.sent.fetch_add(1, Ordering::Relaxed);
        self.transmitted.store(true, Ordering::Relaxed);
    }

    /// An attempt has ended.
    pub(super) fn end(&self, context: &FinalizerInterceptorContextRef<'_>) {
        // Credentials that cannot be had, say, end an attempt before anything is sent.
        if !self.transmitted.swap(false, Ordering::Relaxed) {
            return;
        }
        let unclear = match (context.response().map(|response| response.status().as_u16()), context.output_or_error()) {
            // A good answer that could not be read to its end: the write was made, and nobody has heard of it.
            (Some(200..300), output) => !matches!(output, Some(Ok(_))),
            // A client error is a refusal; a server error may come after the commit.
            (Some(status), _) => status >= 500,
            (None, Some(Err(error))) => error.as_connector_error().is_none_or(|error| !never_connected(error)),
            (None, _) => true,
        };
        if unclear {
            self.attempts.unclear.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Drop for CountAttempts {
    /// A request that was given up in the middle of an attempt.
    fn drop(&mut self) {
        if self.transmitted.load(Ordering::Relaxed) {
            self.attempts.unclear.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Whether the request cannot have reached the server. Everything else may have.
fn never_connected(error: &(dyn StdError + 'static)) -> bool {
    let mut chain = Some(error);
    std::iter::from_fn(|| {
        let error = chain?;
        chain = error.source();
        Some(error)
    })
    .any(|error| {
        let refused = error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::ConnectionRefused);
        // The HTTP client has no types for these; its words are all there is to tell them by.
        let text = error.to_string();
        refused || ["client error (Connect)", "dns error", "HTTP connect timeout"].iter().any(|words| text.starts_with(words))
    })
}
