use std::future::IntoFuture;

use tracing::Instrument;

use super::get::Reading;
use super::once::once;
use super::{BoxFuture, Written, update};
use crate::entity::{Entity, Resource};
use crate::error::{Error, Result};
use crate::handle::Handle;
use crate::key::Key;

/// How often a resource is read and written again while others change it, unless the caller says otherwise.
const ATTEMPTS: u32 = 10;

/// What becomes of an edited resource.
type Prepare<T> = fn(&Handle, Resource<T>) -> Result<Written<T>>;

/// Reads a resource, changes it, and does so again when somebody else was faster; made by [`Table::modify`](crate::Table::modify).
#[must_use = "operations do nothing unless they are awaited"]
pub struct Modify<'f, T> {
    reading: Reading<T>,
    edit: Box<dyn FnMut(&mut T) + Send + 'f>,
    attempts: u32,
    once: Option<String>,
    prepare: Prepare<T>,
}

impl<'f, T: Entity> Modify<'f, T> {
    pub(crate) fn new(handle: Handle, key: Key<T>, edit: impl FnMut(&mut T) + Send + 'f) -> Self {
        Self { reading: Reading::consistent(handle, key), edit: Box::new(edit), attempts: ATTEMPTS, once: None, prepare: update::prepare }
    }
}

impl<T> Modify<'_, T> {
    /// How often it is tried while others change the resource: 10 times, unless told otherwise; once at least. The last
    /// [`Error::Conflict`] is returned.
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table};
    /// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] struct Task { title: String }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<Task>().await?;
    /// # let task = table.create(Task { title: "write".into() }).await?;
    /// let task = table.modify(task.id(), |t| t.title.push('!')).attempts(3).await?;
    /// # Ok(()) }
    /// ```
    pub fn attempts(self, attempts: u32) -> Self {
        Self { attempts, ..self }
    }
}

once!(['f, T] Modify<'f, T>, ['f, T] UpdateAt<'f, T>);

impl<'f, T: Send + Sync + 'f> IntoFuture for Modify<'f, T> {
    type Output = Result<Resource<T>>;
    type IntoFuture = BoxFuture<'f, Resource<T>>;

    fn into_future(mut self) -> Self::IntoFuture {
        let call = self.reading.handle.call("modify", self.reading.entity());
        let span = call.span.clone();
        let send = async move {
            let mut round = 0;
            loop {
                let item = match self.reading.existing(&call).await {
                    Ok(item) => item,
                    Err(error) => return Err(call.unless_applied(self.once.as_deref(), error).await),
                };
                let mut resource = self.reading.decode(&item)?;
                (self.edit)(resource.value_mut());
                let Written { plan, resource } = (self.prepare)(&self.reading.handle, resource)?;
                let plan = plan.once(&self.reading.handle, call.entity, self.once.as_deref())?;
                round += 1;
                match call.execute(plan).await {
                    Ok(()) => return Ok(resource),
                    Err(error) if error.is_conflict() && round < self.attempts => call.pause(round - 1).await,
                    Err(error) => return Err(error),
                }
            }
        };
        Box::pin(send.instrument(span))
    }
}

/// Changes a resource that is still at a revision that was given out; made by [`Table::update_at`](crate::Table::update_at).
#[must_use = "operations do nothing unless they are awaited"]
pub struct UpdateAt<'f, T> {
    reading: Reading<T>,
    revision: String,
    edit: Box<dyn FnOnce(&mut T) + Send + 'f>,
    once: Option<String>,
    prepare: Prepare<T>,
}

impl<'f, T: Entity> UpdateAt<'f, T> {
    pub(crate) fn new(handle: Handle, key: Key<T>, revision: &str, edit: impl FnOnce(&mut T) + Send + 'f) -> Self {
        Self {
            reading: Reading::consistent(handle, key),
            revision: revision.to_owned(),
            edit: Box::new(edit),
            once: None,
            prepare: update::prepare,
        }
    }
}

impl<'f, T: Send + Sync + 'f> IntoFuture for UpdateAt<'f, T> {
    type Output = Result<Resource<T>>;
    type IntoFuture = BoxFuture<'f, Resource<T>>;

    fn into_future(self) -> Self::IntoFuture {
        let call = self.reading.handle.call("update_at", self.reading.entity());
        let span = call.span.clone();
        let send = async move {
            let once = self.once.as_deref();
            let item = match self.reading.existing(&call).await {
                Ok(item) => item,
                Err(error) => return Err(call.unless_applied(once, error).await),
            };
            let mut resource = self.reading.decode(&item)?;
            if resource.revision().as_ref() != self.revision {
                let current = self.reading.handle.current(item.to_item().ok());
                let error = Error::Conflict { entity: call.entity, operation: call.operation, current };
                return Err(call.unless_applied(once, error).await);
            }
            (self.edit)(resource.value_mut());
            let Written { plan, resource } = (self.prepare)(&self.reading.handle, resource)?;
            call.execute(plan.once(&self.reading.handle, call.entity, once)?).await?;
            Ok(resource)
        };
        Box::pin(send.instrument(span))
    }
}
