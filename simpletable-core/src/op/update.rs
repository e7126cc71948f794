use std::future::IntoFuture;

use tracing::Instrument;

use super::once::once;
use super::transact::{About, Planned, TransactionOp};
use super::when::When;
use super::{BoxFuture, Written, encode, next_stamp, rekey};
use crate::entity::{Entity, Resource, Unversioned};
use crate::error::{Error, Result};
use crate::expr::Condition;
use crate::handle::Handle;
use crate::json::RawRow;
use crate::key::{Id, PrimaryKey};
use crate::plan::{self, Action, Failure, Plan, WriteRequest};
use crate::schema::EntityDef;

/// Changes a resource that was read; made by [`Table::update`](crate::Table::update) and [`Table::rekey`](crate::Table::rekey).
#[must_use = "operations do nothing unless they are awaited"]
pub struct Update<T> {
    handle: Handle,
    operation: &'static str,
    def: &'static EntityDef,
    written: Result<Written<T>>,
    when: When,
    once: Option<String>,
}

impl<T: Entity> Update<T> {
    pub(crate) fn new(handle: Handle, mut resource: Resource<T>, edit: impl FnOnce(&mut T)) -> Self {
        edit(resource.value_mut());
        let written = prepare(&handle, resource);
        Self { handle, operation: "update", def: T::DEF, written, when: When::default(), once: None }
    }

    /// The same, for a resource whose key may change.
    pub(crate) fn moving(handle: Handle, mut resource: Resource<T>, edit: impl FnOnce(&mut T)) -> Self
    where
        T: Unversioned,
    {
        edit(resource.value_mut());
        let written = rekey::prepare(&handle, resource);
        Self { handle, operation: "rekey", def: T::DEF, written, when: When::default(), once: None }
    }

    /// Writes only if the stored resource also fulfils a condition, in the language of filters; else [`Error::ConditionFailed`], with the row.
    /// A row that somebody has changed is an [`Error::Conflict`] all the same.
    ///
    /// As the row is the one that was read, this asks of what the copy may not show: attributes that were read from an index, say, or of a
    /// value that the edit has replaced.
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table};
    /// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] struct Task { title: String, open: bool }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<Task>().await?;
    /// # let task = table.create(Task { title: "write".into(), open: true }).await?;
    /// let task = table.update(task, |t| t.open = false).when(|t| t.open.eq(true)).await?;
    /// let refused = table.update(task, |t| t.title = "late".into()).when(|t| t.open.eq(true)).await;
    /// assert!(refused.is_err_and(|error| error.is_condition_failed()));
    /// # Ok(()) }
    /// ```
    pub fn when(self, condition: impl FnOnce(&T::Fields) -> Condition<T>) -> Self {
        Self { when: self.when.and(condition), ..self }
    }
}

impl<T> Update<T> {
    /// The request, unsent. Sent by other means, it says so itself when the resource has changed meanwhile: the condition is in it.
    ///
    /// # Errors
    /// [`Error::KeyChanged`], [`Error::Encode`], [`Error::KeyValue`], [`Error::ItemTooLarge`], [`Error::Expression`].
    pub fn into_input(self) -> Result<WriteRequest> {
        let plan = self.written?.plan.when(self.when.node(self.def.name)?);
        plan.once(&self.handle, self.def.name, self.once.as_deref())?.into_request(self.handle.table(), self.def.name)
    }
}

once!([T] Update<T>);

/// The next state of a resource whose value was edited, conditional on the state that it was read in.
pub(super) fn prepare<T: Entity>(handle: &Handle, resource: Resource<T>) -> Result<Written<T>> {
    let (value, id, row) = resource.into_parts();
    if row.is_past() {
        return Err(Error::PastVersion { entity: T::DEF.name });
    }
    let stamp = next_stamp(handle, &row, id.as_ref().map(Id::as_str));
    let (next, encoded) = encode(value, &stamp)?;
    if !encoded.row.is_same(&row) {
        return Err(Error::KeyChanged { entity: T::DEF.name });
    }
    let head = Action::put(encoded.head).only_if(plan::unchanged(&row.revision()), Failure::Conflict);
    let pruned = pruned(T::DEF, row.pk(), stamp.version);
    let claims = plan::claims(Some(&row), next.row(), stamp.ttl_attribute);
    let actions = encoded.history.map(Action::put).into_iter().chain([head]).chain(pruned).chain(claims).collect();
    Ok(Written { plan: Plan::of(actions), resource: next })
}

/// The one version number that leaves the kept ones when `version` comes.
fn pruned(def: &EntityDef, pk: &str, version: Option<u64>) -> Option<Action> {
    let gone = version?.checked_sub(def.max_versions?).filter(|gone| *gone > 0)?;
    Some(Action::delete(PrimaryKey { pk: pk.to_owned(), sk: format!("v{gone}") }))
}

impl<T: Send + Sync + 'static> TransactionOp for Update<T> {
    type Done = Resource<T>;

    fn about(&self) -> About {
        About::new(&self.handle, self.operation, self.def)
    }

    fn plan(self, _: Option<RawRow>) -> Result<Planned<Resource<T>>> {
        let Written { plan, resource } = self.written?;
        let plan = plan.when(self.when.node(self.def.name)?);
        Ok(Planned { plan: plan.once(&self.handle, self.def.name, self.once.as_deref())?, done: resource })
    }
}

impl<T: Send + Sync + 'static> IntoFuture for Update<T> {
    type Output = Result<Resource<T>>;
    type IntoFuture = BoxFuture<'static, Resource<T>>;

    fn into_future(self) -> Self::IntoFuture {
        let call = self.handle.call(self.operation, self.def.name);
        let span = call.span.clone();
        let send = async move {
            let Written { plan, resource } = self.written?;
            let plan = plan.when(self.when.node(self.def.name)?);
            call.execute(plan.once(&self.handle, self.def.name, self.once.as_deref())?).await?;
            Ok(resource)
        };
        Box::pin(send.instrument(span))
    }
}
