//! Faults on demand: lost answers, throttling, conflicting transactions, and other writers at the worst moment.
//!
//! No engine can be asked for these. DynamoDB Local and the embedded engine never report `TransactionConflict`, and a network rarely fails between
//! the commit and the answer when a test wants it to. [`Faults`] sits between the SDK and any engine (embedded, DynamoDB Local, AWS) and makes
//! them happen to the requests that a test names. [`Table::with_faults`](crate::Table::with_faults) puts it there.

mod connector;
mod failure;
mod unprocessed;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryPartition;

use self::connector::FaultClient;
pub use self::failure::Failure;

/// A switchboard of faults in front of a table, and a record of the requests that passed.
///
/// Clones share their state: keep one in the test and give one to the table. Requests are counted as the engine would see them, so the SDK's own
/// retries count too.
///
/// # Examples
///
/// An answer is lost after the engine has stored the row; the SDK sends the request again, and meets its own first attempt:
///
/// ```
/// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table};
/// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] struct Task { title: String }
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
/// use simpletable::fault::{Failure, Fault, Faults};
///
/// let faults = Faults::new();
/// let table = Table::in_memory::<Task>().await?.with_faults(&faults);
/// faults.inject(Fault::after(Failure::TimeOut).on("PutItem"));
///
/// let task = table.create(Task { title: "once".into() }).await?;
///
/// assert_eq!(faults.requests(), ["PutItem", "PutItem"]);
/// assert_eq!(table.read(task.id()).await?, task);
/// # Ok(()) }
/// ```
#[derive(Clone, Default)]
pub struct Faults {
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    requests: Vec<String>,
    faults: Vec<Fault>,
}

/// One fault: what happens, and to which requests.
///
/// Without a choice it happens to the next request. [`on`](Self::on) counts the requests of one operation only; [`nth`](Self::nth) chooses the first
/// request, [`times`](Self::times) and [`always`](Self::always) how many from there on.
///
/// # Examples
///
/// ```
/// # use simpletable::fault::{Failure, Fault, Faults};
/// # let faults = Faults::new();
/// faults.inject(Fault::before(Failure::Connection));
/// faults.inject(Fault::before(Failure::Throttling).on("GetItem").nth(2).times(3));
/// faults.inject(Fault::after(Failure::ServerError).on("TransactWriteItems").always());
/// ```
#[must_use = "a fault does nothing until it is given to `Faults::inject`"]
pub struct Fault {
    action: Action,
    operation: Option<&'static str>,
    /// The number of the first request that it happens to, from 1.
    first: usize,
    times: usize,
    /// How many requests it has counted since it was injected.
    seen: usize,
}

enum Action {
    Before(Failure),
    After(Failure),
    Unprocessed(usize),
    Meanwhile(Option<Meanwhile>),
}

type Meanwhile = Pin<Box<dyn Future<Output = ()> + Send>>;

impl Faults {
    /// A switchboard without faults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a fault. Requests count from now on.
    ///
    /// Every fault counts every request of its operation, answered or not. Where two faults choose one request, it gets the failure that was injected
    /// first, after every [`Fault::meanwhile`].
    pub fn inject(&self, fault: Fault) {
        self.state().faults.push(fault);
    }

    /// The operations that were requested since the start or the last [`clear`](Self::clear), such as `PutItem`, in order, one entry per attempt.
    #[must_use]
    pub fn requests(&self) -> Vec<String> {
        self.state().requests.clone()
    }

    /// Forgets the requests, and the faults that have not happened.
    pub fn clear(&self) {
        *self.state() = State::default();
    }

    /// A client with the configuration of `client` that sends its requests through here.
    ///
    /// It has a retry quota of its own: by default all clients of one region share one, and injected failures would use up everybody's.
    pub(crate) fn client(&self, client: &Client) -> Client {
        let config = client.config();
        let http = FaultClient::new(self.clone(), config.http_client());
        let partition = RetryPartition::custom("faults").build();
        Client::from_conf(config.to_builder().http_client(http).retry_partition(partition).build())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic of one test thread leaves nothing half done here.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Records a request and finds what happens to it.
    fn arrive(&mut self, operation: &str) -> (Vec<Meanwhile>, Option<Moment>) {
        self.requests.push(operation.to_owned());
        let mut meanwhile = Vec::new();
        let mut moment = None;
        for fault in &mut self.faults {
            if !fault.chooses(operation) {
                continue;
            }
            match &mut fault.action {
                Action::Before(failure) => moment = moment.or(Some(Moment::Before(*failure))),
                Action::After(failure) => moment = moment.or(Some(Moment::After(*failure))),
                Action::Unprocessed(last) => moment = moment.or(Some(Moment::Unprocessed(*last))),
                Action::Meanwhile(future) => meanwhile.extend(future.take()),
            }
        }
        self.faults.retain(|fault| fault.seen < (fault.first - 1).saturating_add(fault.times));
        (meanwhile, moment)
    }
}

/// When a failure happens.
#[derive(Clone, Copy)]
enum Moment {
    Before(Failure),
    After(Failure),
    Unprocessed(usize),
}

impl Fault {
    /// The request fails before the engine sees it: nothing is done.
    pub fn before(failure: Failure) -> Self {
        Self::new(Action::Before(failure))
    }

    /// The engine does what the request asks, and then its answer is replaced: it is done, and the caller cannot know.
    pub fn after(failure: Failure) -> Self {
        Self::new(Action::After(failure))
    }

    /// The last rows of a `BatchWriteItem` or `BatchGetItem` are left unprocessed, as throttled tables and answers of 16 MB do: the engine is sent
    /// the others, and the answer names these. With `usize::MAX` it is all of them, and the engine is sent nothing. Other operations pass.
    ///
    /// The request is changed after it was signed, which the engines of tests do not mind and AWS would refuse.
    ///
    /// # Examples
    ///
    /// ```
    /// # use simpletable_core::fault::{Fault, Faults};
    /// # let faults = Faults::new();
    /// faults.inject(Fault::unprocessed(5).on("BatchGetItem"));
    /// faults.inject(Fault::unprocessed(usize::MAX).on("BatchWriteItem").always());
    /// ```
    pub fn unprocessed(last: usize) -> Self {
        Self::new(Action::Unprocessed(last))
    }

    /// Completes `future` before the request is passed on: whatever another writer does between a read and the write that follows from it.
    ///
    /// It happens once. The request itself does not fail, unless another fault says so. A future that sends requests of its own should send them
    /// through a table without these faults, or they are recorded and counted as well.
    ///
    /// # Examples
    ///
    /// ```
    /// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table};
    /// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] struct Task { title: String }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<Task>().await?;
    /// # use simpletable::fault::{Fault, Faults};
    /// # let task = table.create(Task { title: "write".into() }).await?;
    /// # let faults = Faults::new();
    /// let theirs = table.update(task.clone(), |t| t.title = "theirs".into()); // not sent yet
    /// faults.inject(Fault::meanwhile(async { theirs.await.map(drop).expect("first") }).on("PutItem"));
    ///
    /// let ours = table.with_faults(&faults).update(task, |t| t.title = "ours".into()).await;
    /// assert!(ours.is_err_and(|error| error.is_conflict()));
    /// # Ok(()) }
    /// ```
    pub fn meanwhile(future: impl Future<Output = ()> + Send + 'static) -> Self {
        Self::new(Action::Meanwhile(Some(Box::pin(future))))
    }

    fn new(action: Action) -> Self {
        Self { action, operation: None, first: 1, times: 1, seen: 0 }
    }

    /// Only requests of this operation, such as `PutItem`; others are not counted.
    pub fn on(mut self, operation: &'static str) -> Self {
        self.operation = Some(operation);
        self
    }

    /// From the n-th request on, counted from 1.
    ///
    /// # Panics
    ///
    /// If `n` is 0.
    pub fn nth(mut self, n: usize) -> Self {
        assert!(n > 0, "requests are counted from 1");
        self.first = n;
        self
    }

    /// To so many requests in a row, the first included.
    ///
    /// # Panics
    ///
    /// If `times` is 0: such a fault would test nothing.
    pub fn times(mut self, times: usize) -> Self {
        assert!(times > 0, "a fault that happens to no request tests nothing");
        self.times = times;
        self
    }

    /// To every request from the first on, until [`Faults::clear`].
    pub fn always(self) -> Self {
        self.times(usize::MAX)
    }

    /// Counts the request if it is of this fault's operation, and says whether the fault happens to it.
    fn chooses(&mut self, operation: &str) -> bool {
        if self.operation.is_some_and(|only| only != operation) {
            return false;
        }
        self.seen += 1;
        self.seen >= self.first && self.seen - self.first < self.times
    }
}

impl fmt::Debug for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state();
        f.debug_struct("Faults").field("requests", &state.requests).field("faults", &state.faults).finish()
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (moment, failure) = match &self.action {
            Action::Before(failure) => ("before", Some(failure)),
            Action::After(failure) => ("after", Some(failure)),
            Action::Unprocessed(_) => ("unprocessed", None),
            Action::Meanwhile(_) => ("meanwhile", None),
        };
        f.debug_struct("Fault")
            .field(moment, &failure)
            .field("on", &self.operation)
            .field("nth", &self.first)
            .field("times", &self.times)
            .finish_non_exhaustive()
    }
}

#[cfg(all(test, feature = "embedded"))]
mod tests;
