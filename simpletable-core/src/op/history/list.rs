use std::future::{IntoFuture, poll_fn};
use std::pin::Pin;

use chrono::{DateTime, Utc};
use futures_core::Stream;

use super::{VersionRows, Versions};
use crate::entity::{Resource, Versioned};
use crate::error::Result;
use crate::op::BoxFuture;

/// What a list of versions shows of one; read by [`Repository::list_versions`](crate::Repository::list_versions).
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionInfo {
    /// Its number.
    pub version: u64,
    /// When the resource was created: the same for each of its versions.
    pub created_at: DateTime<Utc>,
    /// When this version was written.
    pub updated_at: DateTime<Utc>,
    /// Whether it is the resource as it is.
    pub is_latest: bool,
}

/// Lists the versions of a resource, newest first; made by [`Repository::list_versions`](crate::Repository::list_versions).
#[must_use = "operations do nothing unless they are awaited"]
pub struct ListVersions<T> {
    versions: Versions<T>,
    info: fn(&Resource<T>) -> VersionInfo,
}

impl<T: Versioned> ListVersions<T> {
    pub(crate) fn new(versions: Versions<T>) -> Self {
        let info = |row: &Resource<T>| VersionInfo {
            version: row.version(),
            created_at: row.created_at(),
            updated_at: row.updated_at(),
            is_latest: false,
        };
        Self { versions, info }
    }
}

impl<T> ListVersions<T> {
    /// Lists at most so many versions, the newest. No older row is read.
    pub fn limit(self, limit: usize) -> Self {
        Self { versions: self.versions.limit(limit), ..self }
    }
}

impl<T: Send + Sync + 'static> IntoFuture for ListVersions<T> {
    type Output = Result<Vec<VersionInfo>>;
    type IntoFuture = BoxFuture<'static, Vec<VersionInfo>>;

    fn into_future(self) -> Self::IntoFuture {
        let mut rows: VersionRows<T> = self.versions.stream();
        Box::pin(async move {
            let mut list = Vec::new();
            // The contents go as they come: only what is listed is held.
            while let Some(row) = poll_fn(|context| Pin::new(&mut rows).poll_next(context)).await {
                // The first one is the head.
                list.push(VersionInfo { is_latest: list.is_empty(), ..(self.info)(&row?) });
            }
            Ok(list)
        })
    }
}
