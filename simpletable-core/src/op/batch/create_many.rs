use std::future::IntoFuture;

use tracing::Instrument;

use super::{Batch, OPERATIONS, Options, options};
use crate::entity::{Resource, Schema};
use crate::error::Result;
use crate::handle::{Call, Handle};
use crate::op::create::{if_free, new_rows};
use crate::op::{BoxFuture, Written, together};
use crate::schema::EntityDef;

/// Creates many resources, each by itself; made by [`Table::create_many`](crate::Table::create_many).
#[must_use = "operations do nothing unless they are awaited"]
pub struct CreateMany<'f, T> {
    handle: Handle,
    entity: &'static str,
    values: Vec<T>,
    options: Options<'f>,
    prepare: Prepare<T>,
}

/// The write of a new resource, and its entity.
type Prepare<T> = fn(&Handle, T) -> Result<(&'static EntityDef, Written<T>)>;

impl<T: Schema> CreateMany<'_, T> {
    pub(crate) fn new(handle: Handle, values: impl IntoIterator<Item = T>) -> Self {
        let prepare: Prepare<T> = |handle, value| {
            let (def, new) = new_rows(handle, value)?;
            Ok((def, if_free(handle, def, new)))
        };
        Self { handle, entity: T::NAME, values: values.into_iter().collect(), options: Options::new(OPERATIONS), prepare }
    }
}

options!(CreateMany, "of them");

impl<T: Send + Sync> CreateMany<'_, T> {
    async fn send(mut self, call: &Call) -> Result<Batch<Resource<T>>> {
        let progress = self.options.progress(self.values.len());
        // No batch request: one whose answer is lost is sent again by the SDK, and would undo what somebody wrote to the row meanwhile.
        let creations = self.values.into_iter().map(|value| -> BoxFuture<'_, Result<Resource<T>>> {
            let (progress, prepare) = (&progress, self.prepare);
            Box::pin(async move {
                let created = create(call, value, prepare).await;
                progress.add(1);
                Ok(created)
            })
        });
        Ok(Batch::new(together(creations.collect(), self.options.concurrency).await?))
    }
}

/// Creates one of them, as an operation of its own.
async fn create<T>(call: &Call, value: T, prepare: Prepare<T>) -> Result<Resource<T>> {
    let (def, Written { plan, resource }) = prepare(&call.handle, value)?;
    let one = call.handle.call("create", def.name);
    let result = one.execute(plan).instrument(one.span.clone()).await;
    call.include(&one);
    result.map(|()| resource)
}

impl<'f, T: Send + Sync + 'f> IntoFuture for CreateMany<'f, T> {
    type Output = Result<Batch<Resource<T>>>;
    type IntoFuture = BoxFuture<'f, Batch<Resource<T>>>;

    fn into_future(self) -> Self::IntoFuture {
        let call = self.handle.call("create_many", self.entity);
        let span = call.span.clone();
        Box::pin(async move { self.send(&call).await }.instrument(span))
    }
}
