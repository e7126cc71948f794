//! One file per operation: a pure function that makes the plan or the request, and a short send.

mod batch;
mod check;
mod create;
mod delete;
mod find;
mod get;
mod get_all;
mod get_or_create;
mod history;
mod modify;
mod once;
mod patch;
mod put;
mod query;
mod rebuild_claims;
mod rekey;
mod rewrite;
mod stats;
mod transact;
mod update;
mod upsert;
mod when;

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;

pub use batch::{Batch, CreateMany, DeleteMany, GetMany, PutMany};
pub use check::{Check, Checked, Finding, Precondition, Repair, Repaired};
pub use create::Create;
pub use delete::{Delete, DeleteReturning};
pub use find::Find;
pub use get::{Get, Read};
pub use get_all::{GetAll, KeyOf, KeysOf};
pub use get_or_create::GetOrCreate;
pub use history::{
    AllVersions, Change, DeleteVersion, Diff, GetVersion, ListVersions, PruneVersions, ReadVersion, Restore, VersionInfo, VersionPages,
    VersionRows, Versions,
};
pub use modify::{Modify, UpdateAt};
pub use patch::{ExactlyOnce, Patch, PatchOrCreate, PatchOrCreateOnce};
pub use put::{Put, PutOnce, PutReturning};
pub use query::{All, Count, Keys, Pages, Query, Rows, Scan};
pub use rebuild_claims::{DuplicateValue, RebuildClaims, RebuiltClaims};
pub use rewrite::{Rewrite, RewriteError, Rewritten, RowFailure};
pub use stats::{ReadStats, Recount, Stats};
pub use transact::{About, AllPlanned, Planned, Transact, TransactionOp, TransactionOps};
pub use update::Update;
pub use upsert::{Upsert, UpsertOnce};

use crate::codec::{self, Encoded, Stamp};
use crate::entity::{Entity, Resource, Row};
use crate::error::{Error, KeyProblem, KeyValueError, Result};
use crate::handle::Handle;
use crate::key::{Key, PrimaryKey};
use crate::plan::Plan;

/// What the operations' futures are: boxed, so that the types of builders stay short, and `Send`.
pub type BoxFuture<'f, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'f>>;

/// A write before it is sent: its plan, and the resource that it makes.
struct Written<T> {
    plan: Plan,
    resource: Resource<T>,
}

/// The resource that `value` becomes, and its rows.
fn encode<T: Entity>(value: T, stamp: &Stamp<'_>) -> Result<(Resource<T>, Encoded)> {
    let encoded = codec::encode(&value, stamp)?;
    let resource = Resource::new(value, encoded.row.clone());
    Ok((resource, encoded))
}

/// The next state of a resource: one version on, with a later time, and what its struct does not know kept.
fn next_stamp<'a>(handle: &Handle, row: &'a Row, id: Option<&'a str>) -> Stamp<'a> {
    Stamp {
        id,
        created_at: row.created_at,
        updated_at: handle.stamps().next_after(row.updated_at),
        version: row.version.map(|version| version + 1),
        before: Some(row),
        ttl_attribute: handle.limits().ttl_attribute,
        pk_bytes: handle.limits().pk_bytes,
    }
}

/// The key to look up. `None`: no row of the entity can have it, because it is empty or too long, or not the key of the singleton.
fn lookup<T>(key: Key<T>) -> Result<Option<PrimaryKey>> {
    match key.primary {
        Ok(primary) => Ok(Some(primary)),
        Err(KeyValueError { problem: KeyProblem::Empty | KeyProblem::TooLong { .. } | KeyProblem::AnotherSingleton, .. }) => Ok(None),
        Err(error) => Err(Error::from(error)),
    }
}

/// Runs futures, so many at a time, and gives their results in order; the first error ends it.
async fn together<T>(futures: Vec<BoxFuture<'_, T>>, at_once: usize) -> Result<Vec<T>> {
    let mut done: Vec<Option<T>> = futures.iter().map(|_| None).collect();
    let mut waiting = futures.into_iter().enumerate();
    let mut running: Vec<(usize, BoxFuture<'_, T>)> = Vec::new();
    poll_fn(|context| {
        loop {
            while running.len() < at_once.max(1)
                && let Some(next) = waiting.next()
            {
                running.push(next);
            }
            let before = running.len();
            let mut failed = None;
            running.retain_mut(|(number, future)| match future.as_mut().poll(context) {
                Poll::Pending => true,
                Poll::Ready(Ok(value)) => {
                    done[*number] = Some(value);
                    false
                }
                Poll::Ready(Err(error)) => {
                    failed = Some(error);
                    false
                }
            });
            if let Some(error) = failed {
                return Poll::Ready(Err(error));
            }
            if running.is_empty() && waiting.len() == 0 {
                return Poll::Ready(Ok(()));
            }
            if running.len() == before {
                return Poll::Pending;
            }
        }
    })
    .await?;
    Ok(done.into_iter().flatten().collect())
}
