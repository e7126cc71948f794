use std::collections::VecDeque;
use std::future::{Future, IntoFuture, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;

use super::request::Prepared;
use super::walk::Walk;
use crate::entity::Resource;
use crate::error::{Error, Item, Result};
use crate::handle::Call;
use crate::op::BoxFuture;
use crate::page::Page;

/// Resources as they are read: a [`Stream`], of which each item is a resource or the error that ends it.
#[must_use = "streams do nothing unless they are polled"]
pub struct Rows<'f, T> {
    lanes: Vec<Lane<'f, T>>,
    ready: VecDeque<Resource<T>>,
    /// What ends the stream, once the rows before it are given out.
    failed: Option<Error>,
    /// How many resources are still to come, where there is a limit.
    left: Option<usize>,
}

/// A request on its way, that gives back what sent it.
type Returning<'f, S, A> = Pin<Box<dyn Future<Output = (Box<S>, Result<A>)> + Send + 'f>>;

/// One walk on its way: a query, or a segment of a scan.
enum Lane<'f, T> {
    Waiting(Box<Reader<'f, T>>),
    Reading(Returning<'f, Reader<'f, T>, Vec<Resource<T>>>),
    Done,
}

struct Reader<'f, T> {
    walk: Walk<'f, T>,
    /// The operation, once it has begun.
    begun: Option<(Call, Prepared)>,
    start: Option<Item>,
    more: bool,
    matched: u64,
    scanned: u64,
}

impl<'f, T: 'f> Reader<'f, T> {
    /// One request; `wanted` is how many rows are still missing, where there is a limit.
    async fn read(&mut self, wanted: Option<usize>) -> Result<Vec<Resource<T>>> {
        let (call, prepared) = match &self.begun {
            Some((call, prepared)) => (call, prepared),
            None => {
                let prepared = self.walk.prepare()?;
                self.start = self.walk.start(&prepared)?;
                let (call, prepared) = self.begun.insert((self.walk.call(), prepared));
                (&*call, &*prepared)
            }
        };
        let ask = wanted.map(|wanted| self.walk.ask(wanted, self.matched, self.scanned));
        let (rows, next, scanned) = self.walk.chunk(call, prepared, self.start.take(), ask).await?;
        self.matched += rows.len() as u64;
        self.scanned += scanned;
        self.more = next.is_some();
        self.start = next;
        Ok(rows)
    }
}

impl<'f, T> Rows<'f, T> {
    pub(super) fn new(walks: Vec<Walk<'f, T>>) -> Self {
        let left = walks.first().and_then(|walk| walk.limit);
        let lanes = walks
            .into_iter()
            .map(|walk| Lane::Waiting(Box::new(Reader { walk, begun: None, start: None, more: true, matched: 0, scanned: 0 })))
            .collect();
        Self { lanes, ready: VecDeque::new(), failed: None, left }
    }
}

impl<T> Unpin for Rows<'_, T> {}

impl<'f, T: Send + Sync + 'f> Rows<'f, T> {
    /// Moves a lane on by one request: what it brought, which may be nothing, or pending.
    fn advance(lane: &mut Lane<'f, T>, wanted: Option<usize>, context: &mut Context<'_>) -> Poll<Result<Vec<Resource<T>>>> {
        *lane = match std::mem::replace(lane, Lane::Done) {
            Lane::Waiting(mut reader) => Lane::Reading(Box::pin(async move {
                let rows = reader.read(wanted).await;
                (reader, rows)
            })),
            lane => lane,
        };
        let Lane::Reading(future) = lane else { return Poll::Ready(Ok(Vec::new())) };
        let Poll::Ready((reader, rows)) = future.as_mut().poll(context) else { return Poll::Pending };
        *lane = if reader.more { Lane::Waiting(reader) } else { Lane::Done };
        Poll::Ready(rows)
    }
}

impl<'f, T: Send + Sync + 'f> Stream for Rows<'f, T> {
    type Item = Result<Resource<T>>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        loop {
            if this.left == Some(0) {
                this.lanes.clear();
                return Poll::Ready(None);
            }
            // New requests begin when there is nothing to give out; those under way are brought to their end first, or their time would
            // run out while the caller is busy with the rows.
            let begin = this.ready.is_empty() && this.failed.is_none();
            let wanted = this.left.filter(|_| this.lanes.len() == 1);
            let mut pending = false;
            for lane in this.lanes.iter_mut().filter(|lane| begin || matches!(lane, Lane::Reading(_))) {
                match Self::advance(lane, wanted, context) {
                    Poll::Pending => pending = true,
                    Poll::Ready(Ok(rows)) => this.ready.extend(rows),
                    Poll::Ready(Err(error)) => this.failed = this.failed.take().or(Some(error)),
                }
            }
            this.lanes.retain(|lane| !matches!(lane, Lane::Done));
            if pending {
                return Poll::Pending;
            }
            if let Some(row) = this.ready.pop_front() {
                this.left = this.left.map(|left| left - 1);
                return Poll::Ready(Some(Ok(row)));
            }
            if let Some(error) = this.failed.take() {
                this.left = Some(0);
                return Poll::Ready(Some(Err(error)));
            }
            if this.lanes.is_empty() {
                return Poll::Ready(None);
            }
        }
    }
}

/// Page after page: a [`Stream`] of [`Page`]s.
#[must_use = "streams do nothing unless they are polled"]
pub struct Pages<'f, T>(Paging<'f, T>);

enum Paging<'f, T> {
    Waiting(Box<Walk<'f, T>>),
    Reading(Returning<'f, Walk<'f, T>, Page<T>>),
    Done,
}

impl<'f, T> Pages<'f, T> {
    pub(super) fn new(walk: Walk<'f, T>) -> Self {
        Self(Paging::Waiting(Box::new(walk)))
    }
}

impl<T> Unpin for Pages<'_, T> {}

impl<'f, T: Send + Sync + 'f> Stream for Pages<'f, T> {
    type Item = Result<Page<T>>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let state = &mut self.get_mut().0;
        loop {
            match std::mem::replace(state, Paging::Done) {
                Paging::Done => return Poll::Ready(None),
                Paging::Waiting(mut walk) => {
                    *state = Paging::Reading(Box::pin(async move {
                        let page = walk.page().await;
                        (walk, page)
                    }));
                }
                Paging::Reading(mut future) => match future.as_mut().poll(context) {
                    Poll::Pending => {
                        *state = Paging::Reading(future);
                        return Poll::Pending;
                    }
                    Poll::Ready((mut walk, page)) => {
                        // A limit of 0 reads nothing, and the next page would be this one.
                        if let Ok(Page { next: Some(cursor), .. }) = &page
                            && walk.limit != Some(0)
                        {
                            walk.after = Some(cursor.clone());
                            *state = Paging::Waiting(walk);
                        }
                        return Poll::Ready(Some(page));
                    }
                },
            }
        }
    }
}

/// All resources; made by [`Query::all`](super::Query::all) and [`Scan::all`](super::Scan::all).
#[must_use = "operations do nothing unless they are awaited"]
pub struct All<'f, T>(Rows<'f, T>);

impl<'f, T> All<'f, T> {
    pub(super) fn new(walks: Vec<Walk<'f, T>>) -> Self {
        Self(Rows::new(walks))
    }
}

impl<'f, T: Send + Sync + 'f> IntoFuture for All<'f, T> {
    type Output = Result<Vec<Resource<T>>>;
    type IntoFuture = BoxFuture<'f, Vec<Resource<T>>>;

    fn into_future(mut self) -> Self::IntoFuture {
        Box::pin(async move {
            let mut all = Vec::new();
            while let Some(row) = poll_fn(|context| Pin::new(&mut self.0).poll_next(context)).await {
                all.push(row?);
            }
            Ok(all)
        })
    }
}

/// How many resources there are; made by [`Query::count`](super::Query::count) and [`Scan::count`](super::Scan::count).
#[must_use = "operations do nothing unless they are awaited"]
pub struct Count<'f, T>(Vec<Walk<'f, T>>);

impl<'f, T> Count<'f, T> {
    pub(super) fn new(walks: Vec<Walk<'f, T>>) -> Self {
        Self(walks)
    }
}

impl<'f, T: Send + Sync + 'f> IntoFuture for Count<'f, T> {
    type Output = Result<u64>;
    type IntoFuture = BoxFuture<'f, u64>;

    fn into_future(self) -> Self::IntoFuture {
        let counts: Vec<BoxFuture<'f, u64>> = self.0.into_iter().map(count).collect();
        Box::pin(async move { Ok(crate::op::together(counts, usize::MAX).await?.into_iter().sum()) })
    }
}

fn count<'f, T: Send + Sync + 'f>(mut walk: Walk<'f, T>) -> BoxFuture<'f, u64> {
    Box::pin(async move { walk.count().await })
}
