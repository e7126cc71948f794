use std::error::Error as StdError;
use std::fmt;
use std::future::Future;
use std::time::{Duration, Instant};

use aws_sdk_dynamodb::error::SdkError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use super::Call;

/// On whose behalf operations run, what they belong to, and until when they are wanted; given to a table by
/// [`Table::with`](crate::Table::with).
///
/// The actor and the tags stand in the span of every operation, as the fields `actor` and `tags`. They are the one thing in spans that comes
/// from the caller: give ids there, not what logs must not hold.
///
/// # Examples
/// ```
/// # use serde::{Deserialize, Serialize}; use simpletable::{Context, SingleTable, Table};
/// # use std::time::Duration;
/// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] struct Task { title: String }
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
/// # let table = Table::in_memory::<Task>().await?;
/// let context = Context::new().actor("user-17").tag("request", "b2f0").deadline(Duration::from_secs(2));
/// let table = table.with(context);
/// table.create(Task { title: "write".into() }).await?;
/// # Ok(()) }
/// ```
#[must_use = "a context does nothing until `table.with` is given it"]
#[derive(Debug, Clone, Default)]
pub struct Context {
    actor: Option<String>,
    tags: Vec<(String, String)>,
    deadline: Option<Instant>,
}

impl Context {
    /// A context that says nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// On whose behalf.
    pub fn actor(self, actor: impl Into<String>) -> Self {
        Self { actor: Some(actor.into()), ..self }
    }

    /// Adds a name and a value: the request's id, say. A name that comes again has the later value.
    pub fn tag(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        let name = name.into();
        self.tags.retain(|(earlier, _)| *earlier != name);
        self.tags.push((name, value.into()));
        self
    }

    /// Until when answers are wanted: an [`Instant`], or a [`Duration`] from now.
    ///
    /// From then on no request is begun, and one that is under way is given up: the operation fails with
    /// [`Error::DeadlineExceeded`](crate::Error::DeadlineExceeded), or, where a write may have reached the table,
    /// [`Error::Unknown`](crate::Error::Unknown).
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize}; use simpletable::{Context, Error, SingleTable, Table};
    /// # use std::time::Instant;
    /// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] struct Task { title: String }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<Task>().await?;
    /// let late = table.with(Context::new().deadline(Instant::now()));
    /// let refused = late.create(Task { title: "write".into() }).await;
    /// assert!(matches!(refused, Err(Error::DeadlineExceeded { .. })));
    /// assert_eq!(table.list::<Task>().count().await?, 0);
    /// # Ok(()) }
    /// ```
    pub fn deadline(self, deadline: impl Into<Deadline>) -> Self {
        Self { deadline: deadline.into().0, ..self }
    }

    pub(super) fn actor_name(&self) -> Option<&str> {
        self.actor.as_deref()
    }

    /// `request=b2f0 route=/tasks`
    pub(super) fn tag_line(&self) -> Option<String> {
        let tags: Vec<String> = self.tags.iter().map(|(name, value)| format!("{name}={value}")).collect();
        (!tags.is_empty()).then(|| tags.join(" "))
    }
}

/// A point in time, from an [`Instant`] or a [`Duration`] from now; see [`Context::deadline`].
///
/// # Examples
/// ```
/// # use simpletable::{Context, Deadline};
/// # use std::time::{Duration, Instant};
/// fn until(deadline: impl Into<Deadline>) -> Context {
///     Context::new().deadline(deadline)
/// }
/// let soon = until(Duration::from_secs(2));
/// let same = until(Instant::now() + Duration::from_secs(2));
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Deadline(Option<Instant>);

impl From<Instant> for Deadline {
    fn from(at: Instant) -> Self {
        Self(Some(at))
    }
}

impl From<Duration> for Deadline {
    fn from(from_now: Duration) -> Self {
        // What no clock reaches is no deadline.
        Self(now().checked_add(from_now))
    }
}

/// The time that tokio's timers go by.
fn now() -> Instant {
    tokio::time::Instant::now().into_std()
}

/// Why a request was not begun, or given up.
#[derive(Debug)]
pub(super) struct DeadlinePassed;

impl fmt::Display for DeadlinePassed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the deadline has passed")
    }
}

impl StdError for DeadlinePassed {}

impl Call {
    fn deadline(&self) -> Option<Instant> {
        self.handle.context.as_ref().and_then(|context| context.deadline)
    }

    /// What a request comes to, if that is before the deadline. A request that is given up is dropped, and its attempt counts as one whose
    /// answer was lost.
    pub(crate) async fn in_time<T, E>(
        &self,
        request: impl Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    ) -> Result<T, SdkError<E, HttpResponse>> {
        let Some(deadline) = self.deadline() else { return request.await };
        if deadline <= now() {
            return Err(SdkError::construction_failure(DeadlinePassed));
        }
        match tokio::time::timeout_at(deadline.into(), request).await {
            Ok(outcome) => outcome,
            Err(_) => Err(SdkError::timeout_error(DeadlinePassed)),
        }
    }

    /// Waits before a request is sent again, not longer than until the deadline: exponential backoff with full jitter, 50 ms at most before
    /// the first repetition, doubling up to 1.6 s.
    ///
    /// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html#Programming.Errors.RetryAndBackoff>
    pub(crate) async fn pause(&self, round: u32) {
        let bound = 50_u64 << round.min(5);
        let wait = Duration::from_millis(fastrand::u64(1..=bound));
        let left = self.deadline().map(|deadline| deadline.saturating_duration_since(now()));
        tokio::time::sleep(left.map_or(wait, |left| wait.min(left))).await;
    }
}
