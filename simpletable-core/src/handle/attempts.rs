use std::error::Error as StdError;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use aws_sdk_dynamodb::config::interceptors::{BeforeTransmitInterceptorContextRef, FinalizerInterceptorContextRef};
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;

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
}

/// Counts the attempts of a request. The SDK says neither how often it sent a request nor how the attempts before the last one ended.
#[derive(Debug)]
pub(crate) struct CountAttempts(pub(crate) Arc<Attempts>);

impl Intercept for CountAttempts {
    fn name(&self) -> &'static str {
        "CountAttempts"
    }

    fn read_before_transmit(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.0.sent.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let unclear = match (context.response(), context.output_or_error()) {
            // A client error is a refusal; a server error may come after the commit.
            (Some(response), _) => response.status().as_u16() >= 500,
            (None, Some(Err(error))) => error.as_connector_error().is_none_or(|error| !never_connected(error)),
            (None, _) => true,
        };
        if unclear {
            self.0.unclear.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
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
        let refused = error.downcast_ref::<io::Error>().is_some_and(|error| {
            use io::ErrorKind::{AddrNotAvailable, ConnectionRefused, HostUnreachable, NetworkUnreachable};
            matches!(error.kind(), AddrNotAvailable | ConnectionRefused | HostUnreachable | NetworkUnreachable)
        });
        // The HTTP client has no types for these two; its words are all there is to tell them by.
        let text = error.to_string();
        refused || text.starts_with("dns error") || text.starts_with("HTTP connect timeout")
    })
}
