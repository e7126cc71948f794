use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::RequestId;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

/// Codes whose messages speak of the table, the account or the service, never of an item.
const SAFE_MESSAGES: &[&str] = &[
    "AccessDeniedException",
    "ExpiredTokenException",
    "IncompleteSignatureException",
    "InternalServerError",
    "InvalidSignatureException",
    "LimitExceededException",
    "MissingAuthenticationTokenException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ResourceInUseException",
    "ResourceNotFoundException",
    "ServiceUnavailable",
    "ThrottlingException",
    "UnrecognizedClientException",
];

/// Codes by which DynamoDB asks to slow down.
///
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html>
const THROTTLING: &[&str] = &["ProvisionedThroughputExceededException", "RequestLimitExceeded", "ThrottlingException"];

/// What the AWS SDK failed with.
///
/// `Display` and `Debug` name the kind of failure and DynamoDB's error code, and keep DynamoDB's message only for codes whose messages
/// hold no data. [`get_ref`](Self::get_ref) gives the SDK's error itself, which may hold values of items: mind where you log it.
///
/// # Examples
/// ```
/// # use serde::{Deserialize, Serialize}; use simpletable::{Error, SingleTable, Table};
/// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] struct Task { title: String }
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
/// # let table = Table::in_memory::<Task>().await?;
/// let missing = Table::new::<Task>(table.client().clone(), "no-such-table");
/// match missing.create(Task { title: "write".into() }).await {
///     Err(Error::Sdk { source, .. }) => assert_eq!(source.code(), Some("ResourceNotFoundException")),
///     _ => unreachable!("there is no such table"),
/// }
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct SdkFailure {
    throttled: bool,
    /// Shared, so that errors are small, and cheap to clone.
    details: Arc<Details>,
}

struct Details {
    kind: Kind,
    code: Option<String>,
    message: Option<String>,
    request_id: Option<String>,
    raw: Box<dyn StdError + Send + Sync>,
}

/// Where a request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// It was not built, or not sent.
    Construction,
    /// The time was out.
    TimeOut,
    /// The connection failed.
    Connection,
    /// The answer was unreadable.
    Response,
    /// The service refused it.
    Service { status: u16 },
}

impl SdkFailure {
    pub(crate) fn new<E>(error: SdkError<E, HttpResponse>) -> Self
    where
        E: StdError + ProvideErrorMetadata + Send + Sync + 'static,
    {
        let code = error.code().map(str::to_owned);
        let known = code.as_deref().is_some_and(|code| SAFE_MESSAGES.contains(&code));
        let throttled = code.as_deref().is_some_and(|code| THROTTLING.contains(&code));
        let details = Details {
            kind: kind(&error),
            message: error.message().filter(|_| known).map(str::to_owned),
            request_id: error.raw_response().and_then(|response| response.request_id()).map(str::to_owned),
            code,
            raw: Box::new(error),
        };
        Self { throttled, details: Arc::new(details) }
    }

    /// DynamoDB's error code, such as `ResourceNotFoundException`, where it answered with one.
    pub fn code(&self) -> Option<&str> {
        self.details.code.as_deref()
    }

    /// The AWS request id, for a support case.
    pub fn request_id(&self) -> Option<&str> {
        self.details.request_id.as_deref()
    }

    /// Whether the time was out.
    pub fn is_timeout(&self) -> bool {
        self.details.kind == Kind::TimeOut
    }

    /// Whether DynamoDB asked to slow down.
    pub fn is_throttled(&self) -> bool {
        self.throttled
    }

    /// The same, known to be throttling by more than its code.
    pub(crate) fn throttled(mut self) -> Self {
        self.throttled = true;
        self
    }

    /// The SDK's own error, to be downcast. It may hold values of items.
    pub fn get_ref(&self) -> &(dyn StdError + Send + Sync + 'static) {
        &*self.details.raw
    }

    /// Whether sending it again may help.
    pub(crate) fn is_retryable(&self) -> bool {
        match self.details.kind {
            Kind::Construction => false,
            Kind::TimeOut | Kind::Connection | Kind::Response => true,
            Kind::Service { status } => status >= 500 || self.is_throttled(),
        }
    }
}

fn kind<E>(error: &SdkError<E, HttpResponse>) -> Kind {
    match error {
        SdkError::TimeoutError(_) => Kind::TimeOut,
        SdkError::DispatchFailure(failure) if failure.is_timeout() => Kind::TimeOut,
        SdkError::DispatchFailure(failure) if failure.is_user() => Kind::Construction,
        SdkError::DispatchFailure(_) => Kind::Connection,
        SdkError::ResponseError(_) => Kind::Response,
        SdkError::ServiceError(service) => Kind::Service { status: service.raw().status().as_u16() },
        _ => Kind::Construction,
    }
}

impl fmt::Display for SdkFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.details.kind {
            Kind::Construction => f.write_str("the request could not be sent")?,
            Kind::TimeOut => f.write_str("no answer in time")?,
            Kind::Connection => f.write_str("the connection failed")?,
            Kind::Response => f.write_str("the answer could not be read")?,
            Kind::Service { status } => match &self.details.code {
                Some(code) => f.write_str(code)?,
                None => write!(f, "status {status}")?,
            },
        }
        match &self.details.message {
            Some(message) => write!(f, ": {message}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for SdkFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SdkFailure")
            .field("kind", &self.details.kind)
            .field("code", &self.details.code)
            .field("message", &self.details.message)
            .field("request_id", &self.details.request_id)
            .finish_non_exhaustive()
    }
}

impl StdError for SdkFailure {
    /// What the connection failed with: the network's words, which hold no data of items.
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self.details.kind {
            Kind::Construction | Kind::Connection | Kind::TimeOut => self.details.raw.source(),
            Kind::Response | Kind::Service { .. } => None,
        }
    }
}
