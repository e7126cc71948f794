//! Versions as they are read, one after another or page by page.

use std::collections::VecDeque;
use std::future::{Future, IntoFuture, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;

use super::versions::{State, Walk, ask};
use crate::entity::Resource;
use crate::error::Result;
use crate::handle::Call;
use crate::op::BoxFuture;
use crate::page::Page;

/// What is sent on its way, and comes back with what it brings.
type Returning<S, A> = Pin<Box<dyn Future<Output = (Box<S>, Result<A>)> + Send>>;

enum Progress<S, A> {
    Waiting(Box<S>),
    Reading(Returning<S, A>),
    Done,
}

/// The versions of a resource as they are read: a [`Stream`], of which each item is a version or the error that ends it.
#[must_use = "streams do nothing unless they are polled"]
pub struct VersionRows<T> {
    progress: Progress<Reader<T>, Vec<Resource<T>>>,
    ready: VecDeque<Resource<T>>,
    /// How many versions are still to come, where there is a limit.
    left: Option<usize>,
}

struct Reader<T> {
    walk: Walk<T>,
    /// The operation, once it has begun.
    begun: Option<(Call, Option<State>)>,
    round: u32,
}

impl<T> Reader<T> {
    /// One request; `wanted` is how many versions are still missing, where there is a limit.
    async fn read(&mut self, wanted: Option<usize>) -> Result<Vec<Resource<T>>> {
        let (call, state) = match &mut self.begun {
            Some(begun) => begun,
            None => {
                let call = self.walk.call();
                let state = self.walk.start(&call).await?;
                self.begun.insert((call, state))
            }
        };
        let Some(state) = state else { return Ok(Vec::new()) };
        let versions = self.walk.more(call, state, ask(wanted, self.round)).await?;
        self.round += 1;
        Ok(versions.into_iter().map(|(_, version)| version).collect())
    }

    fn is_done(&self) -> bool {
        self.begun.as_ref().is_some_and(|(_, state)| state.as_ref().is_none_or(State::is_done))
    }
}

impl<T> VersionRows<T> {
    pub(super) fn new(walk: Walk<T>) -> Self {
        let left = walk.limit;
        Self { progress: Progress::Waiting(Box::new(Reader { walk, begun: None, round: 0 })), ready: VecDeque::new(), left }
    }
}

impl<T> Unpin for VersionRows<T> {}

impl<T: Send + Sync + 'static> Stream for VersionRows<T> {
    type Item = Result<Resource<T>>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        loop {
            if this.left == Some(0) {
                return Poll::Ready(None);
            }
            if let Some(version) = this.ready.pop_front() {
                this.left = this.left.map(|left| left - 1);
                return Poll::Ready(Some(Ok(version)));
            }
            match std::mem::replace(&mut this.progress, Progress::Done) {
                Progress::Done => return Poll::Ready(None),
                Progress::Waiting(mut reader) => {
                    let wanted = this.left;
                    this.progress = Progress::Reading(Box::pin(async move {
                        let versions = reader.read(wanted).await;
                        (reader, versions)
                    }));
                }
                Progress::Reading(mut future) => {
                    let Poll::Ready((reader, versions)) = future.as_mut().poll(context) else {
                        this.progress = Progress::Reading(future);
                        return Poll::Pending;
                    };
                    match versions {
                        Ok(versions) => this.ready.extend(versions),
                        Err(error) => return Poll::Ready(Some(Err(error))),
                    }
                    if !reader.is_done() {
                        this.progress = Progress::Waiting(reader);
                    }
                }
            }
        }
    }
}

/// The versions of a resource page after page: a [`Stream`] of [`Page`]s.
#[must_use = "streams do nothing unless they are polled"]
pub struct VersionPages<T>(Progress<Walk<T>, Page<T>>);

impl<T> VersionPages<T> {
    pub(super) fn new(walk: Walk<T>) -> Self {
        Self(Progress::Waiting(Box::new(walk)))
    }
}

impl<T> Unpin for VersionPages<T> {}

impl<T: Send + Sync + 'static> Stream for VersionPages<T> {
    type Item = Result<Page<T>>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let progress = &mut self.get_mut().0;
        if let Progress::Waiting(_) = progress
            && let Progress::Waiting(walk) = std::mem::replace(progress, Progress::Done)
        {
            *progress = Progress::Reading(Box::pin(async move {
                let page = walk.page().await;
                (walk, page)
            }));
        }
        let Progress::Reading(future) = progress else { return Poll::Ready(None) };
        let (mut walk, page) = ready!(future.as_mut().poll(context));
        *progress = match &page {
            // A limit of 0 reads nothing, and the next page would be this one.
            Ok(Page { next: Some(cursor), .. }) if walk.limit != Some(0) => {
                walk.after = Some(cursor.clone());
                Progress::Waiting(walk)
            }
            _ => Progress::Done,
        };
        Poll::Ready(Some(page))
    }
}

/// All versions of a resource; made by [`Versions::all`](super::Versions::all).
#[must_use = "operations do nothing unless they are awaited"]
pub struct AllVersions<T>(VersionRows<T>);

impl<T> AllVersions<T> {
    pub(super) fn new(walk: Walk<T>) -> Self {
        Self(VersionRows::new(walk))
    }
}

impl<T: Send + Sync + 'static> IntoFuture for AllVersions<T> {
    type Output = Result<Vec<Resource<T>>>;
    type IntoFuture = BoxFuture<'static, Vec<Resource<T>>>;

    fn into_future(mut self) -> Self::IntoFuture {
        Box::pin(async move {
            let mut all = Vec::new();
            while let Some(version) = poll_fn(|context| Pin::new(&mut self.0).poll_next(context)).await {
                all.push(version?);
            }
            Ok(all)
        })
    }
}
