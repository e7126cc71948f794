//! Reading many rows: queries, lists and scans.

mod fetch;
mod keys;
mod request;
mod rows;
mod walk;

use std::future::IntoFuture;
use std::marker::PhantomData;

use aws_sdk_dynamodb::operation::query::QueryInput;

pub use keys::Keys;
pub use rows::{All, Count, Pages, Rows};
pub(super) use walk::{Origin, Walk, position};

use super::BoxFuture;
use crate::codec::{self, name};
use crate::entity::{Entity, Listable, Resource, Schema};
use crate::error::{Error, Result};
use crate::expr::Condition;
use crate::find::{Consistent, Finder, GivesResources, Index, IndexKey, Lookup, TableKey, WholeRows};
use crate::handle::Handle;
use crate::page::{IntoCursor, Page};
use crate::schema::Projection;

/// Reads rows in the order of a key; made by [`Table::query`](crate::Table::query) and [`Table::list`](crate::Table::list).
///
/// Awaited, it reads one page: up to [`limit`](Self::limit) resources, or what one request brings. [`all`](Self::all),
/// [`stream`](Self::stream), [`pages`](Self::pages) and [`count`](Self::count) read on to the end.
///
/// On an index that does not hold whole rows (`projection` in `#[gsi(...)]`), it gives [`keys`](Self::keys), or resources by
/// [`fetch`](Self::fetch).
#[must_use = "operations do nothing unless they are awaited"]
pub struct Query<'f, T, Source = TableKey, Held = WholeRows> {
    walk: Walk<'f, T>,
    reads: PhantomData<fn() -> (Source, Held)>,
}

impl<T: Schema, Source, Held> Query<'_, T, Source, Held> {
    pub(crate) fn new<F: Finder<Held, Item = T, Source = Source>>(handle: Handle, finder: F) -> Self {
        let origin = finder.lookup().map(Origin::Lookup).map_err(Error::from);
        Self { walk: Walk::new(handle, "query", origin), reads: PhantomData }
    }
}

impl<T: Listable> Query<'_, T, Index> {
    /// The rows of a type, most recently updated first.
    pub(crate) fn list(handle: Handle) -> Self {
        let index = IndexKey { name: name::TYPE, pk: name::TYPE, sk: Some(name::TYPE_SK), projection: Projection::All };
        let origin = Origin::Lookup(Lookup::partition(Some(index), T::DEF.name.to_owned()));
        Self { walk: Walk { descending: true, ..Walk::new(handle, "list", Ok(origin)) }, reads: PhantomData }
    }
}

impl<'f, T: Schema> Walk<'f, T> {
    pub(super) fn new(handle: Handle, operation: &'static str, origin: Result<Origin>) -> Self {
        Self {
            handle,
            operation,
            entity: T::NAME,
            entities: T::ENTITIES,
            typed: T::IS_ENTITY,
            origin,
            descending: false,
            consistent: false,
            limit: None,
            max_requests: None,
            after: None,
            filter: None,
            filter_fn: None,
            also: None,
            include_expired: false,
            skip_unknown: false,
            fetches: false,
            decode: codec::decode_row::<T>,
        }
    }
}

/// The options that every way of reading many rows has.
macro_rules! options {
    ($type:ident $(, $source:ident, $held:ident)?) => {
        impl<'f, T $(, $source, $held)?> $type<'f, T $(, $source, $held)?> {
            /// Returns at most so many resources: exactly so many as long as there are more. 0 reads nothing; the page's cursor is the one
            /// that it was given.
            pub fn limit(mut self, limit: usize) -> Self {
                self.walk.limit = Some(limit);
                self
            }

            /// Begins behind a cursor: that of a page of this same query, as text or as it is; `None` begins at the start.
            ///
            /// A cursor that is broken or belongs to another query is an [`Error::InvalidCursor`].
            pub fn after(mut self, cursor: impl IntoCursor) -> Self {
                self.walk.after = cursor.into_cursor();
                self
            }

            /// Sends at most so many requests for a page; the page's cursor goes on where reading stopped, so no row is lost.
            pub fn max_requests(mut self, requests: u32) -> Self {
                self.walk.max_requests = Some(requests.max(1));
                self
            }

            /// Returns only resources that fulfil a condition, which DynamoDB checks. Rows that do not are read and paid for all the same
            /// ([filter expressions](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.FilterExpression.html)).
            ///
            /// Several filters have to be fulfilled together. An index has to hold the attributes that it filters by, or it is an
            /// [`Error::NotProjected`].
            pub fn filter(mut self, filter: impl FnOnce(&T::Fields) -> Condition<T>) -> Self
            where
                T: Entity,
            {
                self.walk.add_filter(filter(T::FIELDS));
                self
            }

            /// Returns only resources that a function accepts, which runs here: for what DynamoDB does not see. A cursor does not know
            /// the function: the next page has to be given the same one.
            pub fn filter_fn(mut self, filter: impl FnMut(&Resource<T>) -> bool + Send + 'f) -> Self
            $(where $held: GivesResources)?
            {
                self.walk.filter_fn = Some(Box::new(filter));
                self
            }

            /// Also returns resources whose time is over and that DynamoDB has not deleted yet.
            pub fn include_expired(mut self) -> Self {
                self.walk.include_expired = true;
                self
            }

            /// Passes over rows of entities that the schema does not have, instead of failing with [`Error::Decode`].
            pub fn skip_unknown(mut self) -> Self {
                self.walk.skip_unknown = true;
                self
            }
        }

        impl<'f, T: Send + Sync + 'f $(, $source: 'f, $held: GivesResources + 'f)?> IntoFuture for $type<'f, T $(, $source, $held)?> {
            type Output = Result<Page<T>>;
            type IntoFuture = BoxFuture<'f, Page<T>>;

            fn into_future(mut self) -> Self::IntoFuture {
                Box::pin(async move { self.walk.page().await })
            }
        }
    };
}

options!(Query, Source, Held);
options!(Scan);

/// Reads the whole table for the rows of an entity, or of all of a schema; made by [`Table::scan`](crate::Table::scan).
///
/// Awaited, it reads one page. It is the complete walk: rows that exist all the while come exactly once, whatever is updated meanwhile.
#[must_use = "operations do nothing unless they are awaited"]
pub struct Scan<'f, T> {
    walk: Walk<'f, T>,
    segments: u32,
}

impl<T: Schema> Scan<'_, T> {
    pub(crate) fn new(handle: Handle) -> Self {
        Self { walk: Walk::new(handle, "scan", Ok(Origin::Scan { segment: 0, of: 1 })), segments: 1 }
    }
}

impl<'f, T: 'f> Scan<'f, T> {
    /// Reads so many parts of the table at once in [`all`](Self::all), [`stream`](Self::stream) and [`count`](Self::count)
    /// ([parallel scan](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Scan.html#Scan.ParallelScan)). The order of
    /// resources is then none. A page is always read as one part, and its cursor belongs to that:
    /// with more segments it is an [`Error::InvalidCursor`].
    pub fn segments(self, segments: u32) -> Self {
        Self { segments, ..self }
    }

    /// Reads what was last written, for twice the capacity.
    pub fn consistent(mut self) -> Self {
        self.walk.consistent = true;
        self
    }

    /// All resources, up to the limit if there is one.
    pub fn all(self) -> All<'f, T> {
        All::new(self.walk.segments(self.segments))
    }

    /// The resources as they are read, up to the limit if there is one.
    pub fn stream(self) -> Rows<'f, T> {
        Rows::new(self.walk.segments(self.segments))
    }

    /// Page after page, each of up to `limit` resources.
    pub fn pages(self) -> Pages<'f, T> {
        Pages::new(self.walk)
    }

    /// How many there are: DynamoDB reads them and sends none. The limit does not count.
    pub fn count(self) -> Count<'f, T> {
        Count::new(self.walk.segments(self.segments))
    }
}

impl<'f, T: 'f, Source, Held> Query<'f, T, Source, Held> {
    /// From the greatest key down.
    pub fn descending(mut self) -> Self {
        self.walk.descending = true;
        self
    }

    /// From the least key up: what a query does unless told otherwise, and a list does not.
    pub fn ascending(mut self) -> Self {
        self.walk.descending = false;
        self
    }

    /// Reads what was last written, for twice the capacity. Indexes cannot.
    pub fn consistent(mut self) -> Self
    where
        Source: Consistent,
    {
        self.walk.consistent = true;
        self
    }

    /// All resources, up to the limit if there is one.
    pub fn all(self) -> All<'f, T>
    where
        Held: GivesResources,
    {
        All::new(vec![self.walk])
    }

    /// The resources as they are read, request after request, up to the limit if there is one.
    pub fn stream(self) -> Rows<'f, T>
    where
        Held: GivesResources,
    {
        Rows::new(vec![self.walk])
    }

    /// Page after page, each of up to `limit` resources.
    pub fn pages(self) -> Pages<'f, T>
    where
        Held: GivesResources,
    {
        Pages::new(self.walk)
    }

    /// How many there are: DynamoDB reads them and sends none. The limit does not count.
    pub fn count(self) -> Count<'f, T> {
        Count::new(vec![self.walk])
    }

    /// The first request, unsent.
    ///
    /// # Errors
    /// [`Error::KeyValue`], [`Error::Encode`], [`Error::Expression`], [`Error::NotProjected`] and [`Error::InvalidCursor`].
    pub fn into_input(mut self) -> Result<QueryInput> {
        let prepared = self.walk.prepare()?;
        let start = self.walk.start(&prepared)?;
        let ask = self.walk.first_ask();
        Ok(self.walk.query_input(&prepared, start, ask, false))
    }
}
