use std::future::IntoFuture;

use tracing::Instrument;

use super::Patch;
use crate::error::Result;
use crate::json::RawRow;
use crate::op::BoxFuture;
use crate::op::transact::{About, Planned, TransactionOp};
use crate::plan::{Plan, WriteRequest};

/// Changes fields of a resource in place, exactly once; made by [`Patch::exactly_once`] and [`Patch::idempotency_key`].
#[must_use = "operations do nothing unless they are awaited"]
pub struct ExactlyOnce<T> {
    patch: Patch<T>,
    key: Option<String>,
}

impl<T> ExactlyOnce<T> {
    pub(super) fn new(patch: Patch<T>, key: Option<String>) -> Self {
        Self { patch, key }
    }

    /// The request, unsent. Every call makes its own time.
    ///
    /// # Errors
    /// Those of [`Patch::into_input`].
    pub fn into_input(self) -> Result<WriteRequest> {
        let Self { patch, key: once_key } = self;
        let key = patch.key.primary.clone()?;
        once(&patch, once_key.as_deref(), patch.planned(&key)?)?.into_request(patch.handle.table(), patch.def.name)
    }
}

/// The plan as a transaction, with the claim of the idempotency key where there is one.
fn once<T>(patch: &Patch<T>, key: Option<&str>, plan: Plan) -> Result<Plan> {
    Plan { exactly_once: true, returns: None, ..plan }.once(&patch.handle, patch.def.name, key)
}

impl<T: Send + Sync + 'static> TransactionOp for ExactlyOnce<T> {
    type Done = ();

    fn about(&self) -> About {
        self.patch.about()
    }

    fn plan(self, read: Option<RawRow>) -> Result<Planned<()>> {
        let Self { patch, key } = self;
        let (handle, entity) = (patch.handle.clone(), patch.def.name);
        let Planned { plan, done } = patch.plan(read)?;
        Ok(Planned { plan: plan.once(&handle, entity, key.as_deref())?, done })
    }
}

impl<T: Send + Sync + 'static> IntoFuture for ExactlyOnce<T> {
    type Output = Result<()>;
    type IntoFuture = BoxFuture<'static, ()>;

    fn into_future(self) -> Self::IntoFuture {
        let Self { patch, key: once_key } = self;
        let call = patch.handle.call("patch", patch.def.name);
        let span = call.span.clone();
        let send = async move {
            let key = patch.primary()?;
            patch.send(&call, &key, |plan| once(&patch, once_key.as_deref(), plan)).await.map(drop)
        };
        Box::pin(send.instrument(span))
    }
}
