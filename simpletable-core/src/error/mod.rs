//! What can go wrong, as one type. Messages hold the names of entities, operations, attributes and templates, never values.

mod current;
mod problem;
mod sdk;

#[cfg(feature = "embedded")]
use std::path::PathBuf;

pub use current::Current;
pub use current::Item;
pub use problem::KeyValueError;
pub use problem::{DecodeProblem, EncodeProblem, ExpressionProblem, KeyProblem, PatchProblem, TransactionProblem};
pub use sdk::SdkFailure;

/// What operations return: a [`std::result::Result`] whose error is [`Error`] unless another is named.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What an operation can fail with.
///
/// Messages and `Debug` hold names (of entities, operations, attributes, templates and tables), never values. Clones are cheap: a failure that
/// befell several resources of a batch is told of each.
///
/// # Examples
/// ```
/// # use serde::{Deserialize, Serialize}; use simpletable::{Error, SingleTable, Table};
/// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] struct Task { title: String }
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
/// # let table = Table::in_memory::<Task>().await?;
/// # let task = table.create(Task { title: "write".into() }).await?;
/// # let stale = task.clone();
/// # table.update(task, |t| t.title = "rewrite".into()).await?;
/// match table.update(stale, |t| t.title = "lost".into()).await {
///     Ok(_) => unreachable!("the copy is stale"),
///     Err(Error::Conflict { entity, .. }) => assert_eq!(entity, "Task"), // read it again, and decide anew
///     Err(error) if error.is_retryable() => {} // nothing was written: the same call may succeed later
///     Err(error) => return Err(error),
/// }
/// # Ok(()) }
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// The key is taken. Nothing was written.
    #[error("cannot create the {entity}: its key is taken")]
    AlreadyExists {
        /// The entity.
        entity: &'static str,
        /// The row that is there, where DynamoDB returned it; see [`Error::current`].
        current: Current,
    },
    /// No such resource, or its time to live is over.
    #[error("no such {entity}")]
    NotFound {
        /// The entity.
        entity: &'static str,
    },
    /// Another resource has a value that is [unique](crate::UniqueKey). Nothing was written.
    #[error("cannot write the {entity}: another one has its `{constraint}`")]
    UniqueViolation {
        /// The entity.
        entity: &'static str,
        /// The constraint's name.
        constraint: &'static str,
    },
    /// Somebody else changed or deleted the resource since it was read. Nothing was written.
    #[error("cannot {operation} the {entity}: it has changed since it was read")]
    Conflict {
        /// The entity.
        entity: &'static str,
        /// What was tried.
        operation: &'static str,
        /// The row that won, where DynamoDB returned it; see [`Error::current`].
        current: Current,
    },
    /// The row does not fulfil the caller's condition (`.when(..)`). Nobody else is to blame, and the same call fails again until the row is
    /// another. Nothing was written.
    #[error("cannot {operation} the {entity}: it does not fulfil the condition")]
    ConditionFailed {
        /// The entity.
        entity: &'static str,
        /// What was tried.
        operation: &'static str,
        /// The row that failed it, where there is one; see [`Error::current`].
        current: Current,
    },
    /// One operation of a transaction failed, and none was made. The source says why, and so do the predicates.
    #[error("nothing was written: operation {position} of the transaction, `{operation}` of {entity}, failed")]
    Transaction {
        /// Which operation, counted from 0 as the fields of a tuple are.
        position: usize,
        /// Its entity.
        entity: &'static str,
        /// What it was to do.
        operation: &'static str,
        /// Why it failed.
        source: Box<Self>,
    },
    /// The operations cannot be sent together, or the keys not read together. Nothing was sent, or nothing but what was read first.
    #[error("cannot make the transaction: {problem}")]
    InvalidTransaction {
        /// What is wrong.
        problem: TransactionProblem,
    },
    /// The write was made; but the answer that held what was there before was lost, and nobody can ask for it again.
    #[error("`{operation}` of the {entity} was made, but what was there before was lost with the answer")]
    OldLost {
        /// The entity.
        entity: &'static str,
        /// What was done.
        operation: &'static str,
    },
    /// Other transactions held the row at every attempt, or DynamoDB left it unprocessed in every batch. The write was not made, and what a long
    /// deletion had deleted by then is deleted; it may be tried again.
    #[error("cannot {operation} the {entity}: it was busy at all of {attempts} attempts")]
    Busy {
        /// The entity.
        entity: &'static str,
        /// What was tried.
        operation: &'static str,
        /// How often.
        attempts: u32,
    },
    /// The write was made before, by a call with the same idempotency key. Nothing was written now.
    #[error("cannot {operation} the {entity} again: it was done under this idempotency key")]
    AlreadyApplied {
        /// The entity.
        entity: &'static str,
        /// What was tried.
        operation: &'static str,
    },
    /// The answer was lost, and what became of the write cannot be found out: it was made or it was not. Read before you repeat it; a
    /// deletion may be repeated as it is, and one of a long history has to be, since it may be half done.
    #[error("cannot tell whether the {entity} was written by `{operation}`: the answer was lost")]
    Unknown {
        /// The entity.
        entity: &'static str,
        /// What was tried.
        operation: &'static str,
        /// The failure that lost the answer, where it was the last one.
        source: Option<SdkFailure>,
    },
    /// The deadline of the table's [`Context`](crate::Context) passed before there was an answer. A write that fails this way was not made; a
    /// deletion of a long history, which takes several requests, may have begun, and is brought to its end by calling it again.
    #[error("cannot {operation} the {entity}: the deadline has passed")]
    DeadlineExceeded {
        /// The entity.
        entity: &'static str,
        /// What was tried.
        operation: &'static str,
    },
    /// An update would change the primary key. Nothing was sent; `table.rekey(resource, edit)` moves a resource.
    #[error("cannot update the {entity}: its primary key would change")]
    KeyChanged {
        /// The entity.
        entity: &'static str,
    },
    /// A resource that was read from the history is no state to update: it holds less than the latest version does. Nothing was sent.
    /// `table.restore(key, version)` brings its content back, `table.modify(key, edit)` changes what is there now.
    #[error("cannot update the {entity} from its history: only the latest version can be changed")]
    PastVersion {
        /// The entity.
        entity: &'static str,
    },
    /// The latest version cannot be deleted alone. Nothing was deleted. `table.restore(key, version)` goes back to another one, and
    /// `table.delete(key)` deletes the whole resource.
    #[error("cannot delete the latest version of the {entity}")]
    LatestVersion {
        /// The entity.
        entity: &'static str,
    },
    /// A value does not fit the key that it makes. Nothing was sent.
    #[error("cannot make the key `{template}` of {entity}{}: {problem}", of_field(*.field))]
    KeyValue {
        /// The entity.
        entity: &'static str,
        /// The template.
        template: &'static str,
        /// The field, where it is one field's value that does not fit.
        field: Option<&'static str>,
        /// What is wrong.
        problem: KeyProblem,
    },
    /// The item is larger than DynamoDB's
    /// [400 KB](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-items). Nothing was sent.
    #[error("the {entity} takes {bytes} bytes: DynamoDB's items hold {} at most", crate::error::ITEM_BYTES)]
    ItemTooLarge {
        /// The entity.
        entity: &'static str,
        /// The item's size as DynamoDB counts it.
        bytes: usize,
    },
    /// A value cannot be stored. Nothing was sent.
    #[error("cannot store `{path}` of {entity}: {problem}")]
    Encode {
        /// The entity.
        entity: &'static str,
        /// The attribute; `*` stands for a map's key, a number for a list's index.
        path: String,
        /// What is wrong.
        problem: EncodeProblem,
    },
    /// A stored row cannot be read as this entity.
    #[error("cannot read `{path}` of {entity}: {problem}")]
    Decode {
        /// The entity.
        entity: &'static str,
        /// The attribute; `*` stands for a map's key, a number for a list's index.
        path: String,
        /// What is wrong.
        problem: DecodeProblem,
    },
    /// A patch does not fit the row that is there, or its steps contradict one another. Nothing was written; `table.modify(key, ..)` reads the row
    /// first, and can do it.
    #[error("cannot patch `{path}` of {entity}: {problem}")]
    Patch {
        /// The entity.
        entity: &'static str,
        /// The attribute; `*` stands for a map's key, a number for a list's index.
        path: String,
        /// What is wrong.
        problem: PatchProblem,
    },
    /// A condition is larger than DynamoDB allows. Nothing was sent.
    #[error("the condition on {entity} is too large: {problem}")]
    Expression {
        /// The entity.
        entity: &'static str,
        /// What is too large.
        problem: ExpressionProblem,
    },
    /// A filter looks at an attribute that the index does not hold, so that no row would have it. Nothing was sent. List the field in the
    /// index's `projection`, or filter the whole resources: `.fetch().filter_fn(..)`.
    #[error("cannot filter {entity} by `{attribute}`: the index `{index}` does not hold it")]
    NotProjected {
        /// The entity.
        entity: &'static str,
        /// The index.
        index: &'static str,
        /// The attribute.
        attribute: &'static str,
    },
    /// A cursor is broken, or belongs to another query. Nothing was sent.
    #[error("the cursor does not belong to this query of {entity}")]
    InvalidCursor {
        /// The entity.
        entity: &'static str,
    },
    /// DynamoDB refused the request or could not be reached. A write that fails this way was not made; a deletion of a long history, which
    /// takes several requests, may have begun, and is brought to its end by calling it again.
    #[error("`{operation}` failed on the table `{table}`")]
    Sdk {
        /// What was tried.
        operation: &'static str,
        /// The table.
        table: String,
        /// The SDK's own error.
        source: SdkFailure,
    },
    /// A new table did not become active in time (2 minutes). It may still; operations work as soon as it does.
    #[error("the table `{table}` has not become active yet")]
    NotActive {
        /// The table.
        table: String,
    },
    /// The table was given no client, and the feature `aws`, which finds one, is off.
    #[error("no client for the table `{table}`: give one by `client`, or turn on the feature `aws`")]
    NoClient {
        /// The table.
        table: String,
    },
    /// The embedded engine could not be opened.
    #[cfg(feature = "embedded")]
    #[error("cannot open the embedded table{}", at_path(.path.as_deref()))]
    Open {
        /// The file; `None` in memory.
        path: Option<PathBuf>,
        /// Why.
        source: std::sync::Arc<dyn std::error::Error + Send + Sync>,
    },
}

/// DynamoDB's limit for one item: 400 KB.
pub(crate) const ITEM_BYTES: usize = 400 * 1024;

fn of_field(field: Option<&'static str>) -> String {
    field.map(|field| format!(" from `{field}`")).unwrap_or_default()
}

#[cfg(feature = "embedded")]
fn at_path(path: Option<&std::path::Path>) -> String {
    path.map(|path| format!(" in {}", path.display())).unwrap_or_default()
}

impl From<KeyValueError> for Error {
    fn from(error: KeyValueError) -> Self {
        let KeyValueError { entity, template, field, problem } = error;
        Self::KeyValue { entity, template, field, problem }
    }
}

impl Error {
    /// Why an operation of a transaction failed; every other error is its own cause.
    pub(crate) fn cause(&self) -> &Self {
        match self {
            Self::Transaction { source, .. } => source.cause(),
            error => error,
        }
    }

    /// Whether the row did not fulfil the caller's condition ([`Error::ConditionFailed`]).
    pub fn is_condition_failed(&self) -> bool {
        matches!(self.cause(), Self::ConditionFailed { .. })
    }

    /// Whether somebody else changed the resource first ([`Error::Conflict`]): read it again and decide anew, or use
    /// [`Table::modify`](crate::Table::modify) from the start.
    pub fn is_conflict(&self) -> bool {
        matches!(self.cause(), Self::Conflict { .. })
    }

    /// Whether the resource does not exist ([`Error::NotFound`]).
    pub fn is_not_found(&self) -> bool {
        matches!(self.cause(), Self::NotFound { .. })
    }

    /// Whether the key was taken ([`Error::AlreadyExists`]).
    pub fn is_already_exists(&self) -> bool {
        matches!(self.cause(), Self::AlreadyExists { .. })
    }

    /// Whether another resource has a unique value ([`Error::UniqueViolation`]).
    pub fn is_unique_violation(&self) -> bool {
        matches!(self.cause(), Self::UniqueViolation { .. })
    }

    /// Whether a write may or may not have been made ([`Error::Unknown`]).
    pub fn is_unknown(&self) -> bool {
        matches!(self.cause(), Self::Unknown { .. })
    }

    /// Whether the write was made before under its idempotency key ([`Error::AlreadyApplied`]).
    pub fn is_already_applied(&self) -> bool {
        matches!(self.cause(), Self::AlreadyApplied { .. })
    }

    /// Whether the deadline of the table's [`Context`](crate::Context) passed ([`Error::DeadlineExceeded`]).
    pub fn is_deadline_exceeded(&self) -> bool {
        matches!(self.cause(), Self::DeadlineExceeded { .. })
    }

    /// Whether DynamoDB asked to slow down, after the SDK's own retries.
    pub fn is_throttled(&self) -> bool {
        matches!(self.cause(), Self::Sdk { source, .. } if source.is_throttled())
    }

    /// Whether the same call may succeed later without any change: the row was busy, DynamoDB was throttling, unavailable or out of
    /// reach. Never after [`Error::Unknown`], where a repeated write could be made twice.
    pub fn is_retryable(&self) -> bool {
        match self.cause() {
            Self::Busy { .. } => true,
            Self::Sdk { source, .. } => source.is_retryable(),
            _ => false,
        }
    }
}
