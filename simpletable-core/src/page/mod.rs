//! Pages of rows, and the cursors between them.

mod cursor;

use std::ops::Deref;

pub(crate) use cursor::{Binding, CursorKeys};
pub use cursor::{Cursor, IntoCursor};

use crate::entity::Resource;
use crate::key::Key;

/// One page of results: a slice of resources, what it cost, and where the next page begins.
///
/// A page may hold fewer resources than the limit, even none, and still have a cursor: when a bound on requests was reached, or, without a
/// limit, when a filter left few of what one request read. Only a page without a cursor is the last one.
///
/// Rows that do not change while pages are read come exactly once. A row that moves in the index meanwhile may come twice or not at all;
/// `scan` reads the table itself, in an order that no update changes.
///
/// # Examples
/// ```
/// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table};
/// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] struct Task { title: String }
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
/// # let table = Table::in_memory::<Task>().await?;
/// table.create_many((1..=5).map(|n| Task { title: format!("task {n}") })).await?.into_complete()?;
///
/// let page = table.list::<Task>().limit(3).await?;
/// assert_eq!((page.len(), page.requests(), page.scanned()), (3, 1, 4)); // one row more, to know whether there is one
/// for task in &page {
///     println!("{}", task.title);
/// }
/// let last = table.list::<Task>().limit(3).after(page.next_cursor()).await?;
/// assert_eq!((last.len(), last.next_cursor()), (2, None));
/// # Ok(()) }
/// ```
pub struct Page<T> {
    pub(crate) rows: Vec<Resource<T>>,
    pub(crate) next: Option<Cursor>,
    pub(crate) cost: Cost,
}

/// What reading took.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Cost {
    pub(crate) requests: u32,
    pub(crate) scanned: u64,
    pub(crate) capacity: f64,
}

/// One page of the keys that an index holds: a slice of them, what it cost, and where the next page begins; see [`Page`].
pub struct KeyPage<T> {
    pub(crate) rows: Vec<Key<T>>,
    pub(crate) next: Option<Cursor>,
    pub(crate) cost: Cost,
}

/// What every page has; `$rows` is what its rows are called.
macro_rules! page {
    ($page:ident, $row:ty, $rows:literal) => {
        impl<T> $page<T> {
            /// Where the next page begins; `None` after the last row.
            pub fn next_cursor(&self) -> Option<&Cursor> {
                self.next.as_ref()
            }

            /// How many requests it took.
            pub fn requests(&self) -> u32 {
                self.cost.requests
            }

            /// How many rows DynamoDB read for it, before filters.
            pub fn scanned(&self) -> u64 {
                self.cost.scanned
            }

            /// What it consumed, in read capacity units, where the engine reports it.
            pub fn consumed_capacity(&self) -> f64 {
                self.cost.capacity
            }

            #[doc = concat!("The ", $rows, " alone.")]
            pub fn into_vec(self) -> Vec<$row> {
                self.rows
            }
        }

        impl<T> Deref for $page<T> {
            type Target = [$row];
            fn deref(&self) -> &Self::Target {
                &self.rows
            }
        }

        impl<T> IntoIterator for $page<T> {
            type Item = $row;
            type IntoIter = std::vec::IntoIter<$row>;
            fn into_iter(self) -> Self::IntoIter {
                self.rows.into_iter()
            }
        }

        impl<'a, T> IntoIterator for &'a $page<T> {
            type Item = &'a $row;
            type IntoIter = std::slice::Iter<'a, $row>;
            fn into_iter(self) -> Self::IntoIter {
                self.rows.iter()
            }
        }
    };
}

page!(Page, Resource<T>, "resources");
page!(KeyPage, Key<T>, "keys");

impl<T: std::fmt::Debug> std::fmt::Debug for Page<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Page").field("rows", &self.rows).field("has_next", &self.next.is_some()).field("cost", &self.cost).finish()
    }
}

impl<T> std::fmt::Debug for KeyPage<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeyPage").field("rows", &self.rows).field("has_next", &self.next.is_some()).field("cost", &self.cost).finish()
    }
}
