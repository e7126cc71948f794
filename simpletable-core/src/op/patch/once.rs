use std::future::IntoFuture;

use tracing::Instrument;

use super::Patch;
use crate::error::Result;
use crate::op::BoxFuture;
use crate::plan::{Plan, WriteRequest};

/// Changes fields of a resource in place, exactly once; made by [`Patch::exactly_once`].
#[must_use = "operations do nothing unless they are awaited"]
pub struct ExactlyOnce<T>(Patch<T>);

impl<T> ExactlyOnce<T> {
    pub(super) fn new(patch: Patch<T>) -> Self {
        Self(patch)
    }

    /// The request, unsent. Every call makes its own time.
    ///
    /// # Errors
    /// Those of [`Patch::into_input`].
    pub fn into_input(self) -> Result<WriteRequest> {
        let key = self.0.key.primary.clone()?;
        once(self.0.planned(&key)?).into_request(self.0.handle.table(), self.0.def.name)
    }
}

fn once(plan: Plan) -> Plan {
    Plan { exactly_once: true, returns: None, ..plan }
}

impl<T: Send + Sync + 'static> IntoFuture for ExactlyOnce<T> {
    type Output = Result<()>;
    type IntoFuture = BoxFuture<'static, ()>;

    fn into_future(self) -> Self::IntoFuture {
        let call = self.0.handle.call("patch", self.0.def.name);
        let span = call.span.clone();
        let send = async move {
            let key = self.0.primary()?;
            self.0.send(&call, &key, once).await.map(drop)
        };
        Box::pin(send.instrument(span))
    }
}
