use std::future::IntoFuture;

use tracing::Instrument;

use super::Upsert;
use crate::error::Result;
use crate::json::RawRow;
use crate::op::BoxFuture;
use crate::op::transact::{About, Planned, TransactionOp};
use crate::plan::{Plan, WriteRequest};

/// Creates or overwrites a resource, once for all that carry its idempotency key; made by [`Upsert::idempotency_key`].
#[must_use = "operations do nothing unless they are awaited"]
pub struct UpsertOnce<T> {
    upsert: Upsert<T>,
    key: String,
}

impl<T> UpsertOnce<T> {
    pub(super) fn new(upsert: Upsert<T>, key: String) -> Self {
        Self { upsert, key }
    }

    /// The request that is sent first, unsent. Every call makes its own time and, where the id is generated, its own id.
    ///
    /// # Errors
    /// Those of [`Upsert::into_input`].
    pub fn into_input(self) -> Result<WriteRequest> {
        let Self { upsert, key } = self;
        let plan = upsert.changing(&upsert.written(&upsert.birth())?)?;
        once(&upsert, &key, plan)?.into_request(upsert.handle.table(), upsert.def.name)
    }
}

fn once<T>(upsert: &Upsert<T>, key: &str, plan: Plan) -> Result<Plan> {
    Plan { returns: None, ..plan }.once(&upsert.handle, upsert.def.name, Some(key))
}

impl<T: Send + Sync + 'static> TransactionOp for UpsertOnce<T> {
    type Done = ();

    fn about(&self) -> About {
        self.upsert.about()
    }

    fn plan(self, read: Option<RawRow>) -> Result<Planned<()>> {
        let plan = self.upsert.part(read.as_ref())?;
        Ok(Planned { plan: once(&self.upsert, &self.key, plan)?, done: () })
    }
}

impl<T: Send + Sync + 'static> IntoFuture for UpsertOnce<T> {
    type Output = Result<()>;
    type IntoFuture = BoxFuture<'static, ()>;

    fn into_future(self) -> Self::IntoFuture {
        let Self { upsert, key } = self;
        let call = upsert.handle.call("upsert", upsert.def.name);
        let span = call.span.clone();
        let send = async move { upsert.send(&call, |plan| once(&upsert, &key, plan)).await.map(drop) };
        Box::pin(send.instrument(span))
    }
}
