use std::future::IntoFuture;

use tracing::Instrument;

use super::{ATTEMPTS, Check, Finding, Repaired, delete};
use crate::codec::name;
use crate::entity::Entity;
use crate::error::{Error, Result};
use crate::expr::Node;
use crate::handle::{Call, Handle};
use crate::json::RawRow;
use crate::key::{Key, PrimaryKey};
use crate::op::history::{delete_versions, version_key};
use crate::op::{BoxFuture, lookup};
use crate::plan::{self, Action, Failure, Plan};

/// Brings the rows of a resource to agree; made by [`Table::repair`](crate::Table::repair).
#[must_use = "operations do nothing unless they are awaited"]
pub struct Repair<T>(Check<T>);

impl<T: Entity> Repair<T> {
    pub(crate) fn new(handle: Handle, key: Key<T>) -> Self {
        Self(Check::new(handle, key))
    }
}

impl<T> Repair<T> {
    async fn send(&self, call: &Call, key: &PrimaryKey) -> Result<Repaired> {
        let mut mended = Vec::new();
        for round in 0..ATTEMPTS {
            let (head, found) = self.0.settled(call, key).await?;
            if !found.iter().any(Finding::is_mendable) {
                return Ok(Repaired::new(mended, found));
            }
            for finding in found.into_iter().filter(Finding::is_mendable) {
                match self.mend(call, key, head.as_ref(), &finding).await {
                    Ok(()) => mended.push(finding),
                    // Somebody else was faster; what they left is looked at anew.
                    Err(Error::Conflict { .. } | Error::NotFound { .. }) => {
                        call.pause(round).await;
                        break;
                    }
                    Err(error) => return Err(error),
                }
            }
        }
        Err(Error::Busy { entity: call.entity, operation: call.operation, attempts: ATTEMPTS })
    }

    /// Mends one thing, if the head is still the one that it was found with.
    async fn mend(&self, call: &Call, key: &PrimaryKey, head: Option<&RawRow>, finding: &Finding) -> Result<()> {
        let unchanged = match head {
            Some(head) => plan::unchanged(&plan::state(head)),
            None => Node::absent(name::PK),
        };
        let guard = Action::check(key.clone()).only_if(unchanged, Failure::Conflict);
        match (finding, head) {
            (Finding::OutOfService, _) => delete::finish(call, key.clone(), None).await,
            (Finding::Orphans { versions } | Finding::AboveHead { versions }, _) => delete_versions(call, key, versions, &guard).await,
            (Finding::VersionMissing { version } | Finding::VersionDiffers { version }, Some(head)) => {
                let Some(mut row) = (self.0.history)(&call.handle, head)? else { return Ok(()) };
                row.extend(crate::handle::key_item(version_key(key, *version)));
                let put = Action::put(row);
                let put = match finding {
                    Finding::VersionMissing { .. } => put.only_if(Node::absent(name::PK), Failure::Conflict),
                    _ => put,
                };
                call.execute(Plan::of(vec![guard, put])).await
            }
            (Finding::Derived { .. }, Some(head)) => match (self.0.renew)(&call.handle, head)? {
                Some(plan) => call.execute(plan).await,
                None => Ok(()),
            },
            _ => Ok(()),
        }
    }
}

impl<T: 'static> IntoFuture for Repair<T> {
    type Output = Result<Repaired>;
    type IntoFuture = BoxFuture<'static, Repaired>;

    fn into_future(self) -> Self::IntoFuture {
        let call = self.0.handle.call("repair", self.0.def.name);
        let span = call.span.clone();
        let repair = async move {
            let Some(key) = lookup(self.0.key.clone())? else { return Ok(Repaired::new(Vec::new(), Vec::new())) };
            self.send(&call, &key).await
        };
        Box::pin(repair.instrument(span))
    }
}
