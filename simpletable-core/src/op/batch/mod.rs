//! Many resources in one call: what every one of them comes to is told.

mod create_many;
mod delete_many;
mod get_many;
mod put_many;

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

pub use create_many::CreateMany;
pub use delete_many::DeleteMany;
pub use get_many::GetMany;
pub use put_many::PutMany;

use crate::codec::name;
use crate::error::{Error, Result};
use crate::json::RawRow;
use crate::key::PrimaryKey;

/// How many operations on single resources run at once, unless the caller says otherwise.
const OPERATIONS: usize = 16;

/// How many batch requests run at once, unless the caller says otherwise.
const REQUESTS: usize = 4;

/// What became of each of many resources, in the order in which they were given.
///
/// Some may have failed where others did not, so this is no list of resources: [`into_complete`](Self::into_complete) makes one of it if
/// nothing failed, and iterating gives a [`Result`] for each.
///
/// # Examples
/// ```
/// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table};
/// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] #[table(id = "<email>")] struct User { email: String }
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
/// # let table = Table::in_memory::<User>().await?;
/// let users = ["ann@acme.io", "bob@acme.io", "ann@acme.io"].map(|email| User { email: email.into() });
/// let created = table.create_many(users).concurrency(1).await?;
/// assert!(!created.is_complete());
/// for (position, error) in created.errors() {
///     assert!(position == 2 && error.is_already_exists());
/// }
/// let users: Vec<_> = created.into_iter().filter_map(Result::ok).collect();
/// assert_eq!(users.len(), 2);
/// # Ok(()) }
/// ```
#[must_use = "a batch may have failed in part: `.into_complete()?`, or look at each result"]
#[derive(Debug)]
pub struct Batch<T> {
    results: Vec<Result<T>>,
}

impl<T> Batch<T> {
    fn new(results: Vec<Result<T>>) -> Self {
        Self { results }
    }

    /// Whether nothing failed.
    pub fn is_complete(&self) -> bool {
        self.results.iter().all(Result::is_ok)
    }

    /// What failed: the positions, from 0, and why.
    pub fn errors(&self) -> impl Iterator<Item = (usize, &Error)> {
        self.results.iter().enumerate().filter_map(|(position, result)| Some((position, result.as_ref().err()?)))
    }

    /// All of them, in order.
    ///
    /// # Errors
    /// The error that stands first, if there is any. What was written is written, all the same: to know it, iterate.
    pub fn into_complete(self) -> Result<Vec<T>> {
        self.results.into_iter().collect()
    }
}

impl<T> IntoIterator for Batch<T> {
    type Item = Result<T>;
    type IntoIter = std::vec::IntoIter<Result<T>>;

    fn into_iter(self) -> Self::IntoIter {
        self.results.into_iter()
    }
}

/// What is told how far a call has come.
type OnProgress<'f> = Box<dyn FnMut(usize, usize) + Send + 'f>;

/// What the four operations can be told.
struct Options<'f> {
    concurrency: usize,
    on_progress: Option<OnProgress<'f>>,
}

impl<'f> Options<'f> {
    fn new(concurrency: usize) -> Self {
        Self { concurrency, on_progress: None }
    }

    fn progress(&mut self, total: usize) -> Progress<'f> {
        Progress { total, state: Mutex::new((0, self.on_progress.take())) }
    }
}

/// How far a call has come.
struct Progress<'f> {
    total: usize,
    state: Mutex<(usize, Option<OnProgress<'f>>)>,
}

impl Progress<'_> {
    /// So many more are done.
    fn add(&self, more: usize) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (done, on_progress) = &mut *state;
        *done += more;
        if let Some(on_progress) = on_progress
            && more > 0
        {
            on_progress(*done, self.total);
        }
    }
}

/// The options that all of them have; `$counted` is what runs at once.
macro_rules! options {
    ($type:ident, $counted:literal) => {
        impl<'f, T> $type<'f, T> {
            #[doc = concat!("How many ", $counted, " run at once; 1 at least.")]
            pub fn concurrency(mut self, at_once: usize) -> Self {
                self.options.concurrency = at_once;
                self
            }

            /// Is told how many of how many are done, whether they succeeded or not: `|done, total|`. The last call says that all are; where none
            /// were given, there is none.
            pub fn on_progress(mut self, on_progress: impl FnMut(usize, usize) + Send + 'f) -> Self {
                self.options.on_progress = Some(Box::new(on_progress));
                self
            }
        }
    };
}

use options;

/// Keys, each once, in the order in which they came first.
#[derive(Default)]
struct Distinct {
    keys: Vec<PrimaryKey>,
    /// How often each was given.
    uses: Vec<usize>,
    numbers: HashMap<PrimaryKey, usize>,
}

impl Distinct {
    /// The number of a key, which is a new one where the key is.
    fn number(&mut self, key: &PrimaryKey) -> usize {
        if let Some(number) = self.numbers.get(key) {
            self.uses[*number] += 1;
            return *number;
        }
        let number = self.keys.len();
        self.numbers.insert(key.clone(), number);
        self.keys.push(key.clone());
        self.uses.push(1);
        number
    }

    /// The number of the key of a row.
    fn find(&self, row: &RawRow) -> Option<usize> {
        let text = |name: &str| row.text(name).map(Cow::into_owned);
        self.numbers.get(&PrimaryKey { pk: text(name::PK)?, sk: text(name::SK)? }).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch() -> Batch<u8> {
        Batch::new(vec![Ok(1), Err(Error::NotFound { entity: "Second" }), Ok(3), Err(Error::NotFound { entity: "Fourth" })])
    }

    #[test]
    fn a_batch_names_what_failed() {
        assert!(!batch().is_complete());
        assert_eq!(batch().errors().map(|(position, _)| position).collect::<Vec<_>>(), [1, 3]);
        assert!(matches!(batch().into_complete(), Err(Error::NotFound { entity: "Second" })));
        assert_eq!(batch().into_iter().filter_map(Result::ok).collect::<Vec<_>>(), [1, 3]);
    }

    #[test]
    fn a_batch_without_failures_is_a_list() {
        let batch = Batch::new(vec![Ok(1), Ok(2)]);
        assert!(batch.is_complete());
        assert_eq!(batch.errors().count(), 0);
        assert!(matches!(batch.into_complete().as_deref(), Ok([1, 2])));
    }
}
