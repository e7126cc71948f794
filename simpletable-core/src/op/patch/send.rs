use std::future::IntoFuture;

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use tracing::Instrument;

use super::Patch;
use crate::codec::{self, Changed, name};
use crate::entity::{Check, Resource};
use crate::error::{Error, PatchProblem, Result};
use crate::expr::{Need, Path, Step};
use crate::handle::Call;
use crate::json::RawRow;
use crate::key::PrimaryKey;
use crate::op::get::no_row;
use crate::op::transact::{About, Planned, TransactionOp};
use crate::op::{BoxFuture, lookup};
use crate::plan::{self, Action, Answer, Failure, Plan, WriteRequest};
use crate::time;

/// How often a patch is sent anew because a patch of another process happened to carry the same time.
const ATTEMPTS: u32 = 3;

impl<T> Patch<T> {
    /// The request, unsent. Every call makes its own time.
    ///
    /// # Errors
    /// [`Error::Patch`] where two steps change one place; [`Error::Encode`], [`Error::KeyValue`], [`Error::ItemTooLarge`], [`Error::Expression`].
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table, WriteRequest};
    /// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] struct Task { title: String }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<Task>().await?;
    /// # let task = table.create(Task { title: "write".into() }).await?;
    /// let request = table.patch(task.id()).set(|t| t.title, "x").into_input()?;
    /// let WriteRequest::UpdateItem(update) = request else { unreachable!("a patch is one update") };
    /// assert_eq!(update.update_expression(), Some("SET #n3 = :v1, #n2 = :v2, #n4 = :v3"));
    /// # Ok(()) }
    /// ```
    pub fn into_input(self) -> Result<WriteRequest> {
        let key = self.key.primary.clone()?;
        self.planned(&key)?.into_request(self.handle.table(), self.def.name)
    }

    /// The plan, with a new time.
    pub(super) fn planned(&self, key: &PrimaryKey) -> Result<Plan> {
        Ok(Plan::of(vec![self.action(key)?]).returning(ReturnValue::AllNew))
    }

    /// What becomes of the row. The time in it is like no other of this process, so that the row tells whether it was made.
    pub(super) fn action(&self, key: &PrimaryKey) -> Result<Action> {
        let (handle, def) = (&self.handle, self.def);
        let limits = handle.limits();
        let updated_at = handle.stamps().next();
        let changed = Changed {
            key,
            updated_at,
            parts: self.steps.parts(),
            expires_at: self.steps.expires_at(),
            ttl_attribute: limits.ttl_attribute,
        };
        let mut steps = self.steps.checked()?.to_vec();
        let derived = codec::derived(def, &changed)?;
        steps.extend(derived.into_iter().map(|(attribute, value)| Step::set_or_remove(Path::of(attribute), value)));
        let stamp = AttributeValue::S(time::attribute_form(updated_at));
        let own = [
            // A row of the time when the entity was compressed: what is beside `data` is not read.
            Need::absent(Path::of(name::DATA), PatchProblem::Compressed),
            Need::other(name::UPDATED_AT, stamp.clone()),
        ];
        let needs = own.into_iter().chain(self.steps.needs().iter().cloned()).collect();
        let mark = Check { attribute: name::UPDATED_AT, value: Some(stamp) };
        let alive = plan::alive(def, limits.ttl_attribute, handle.stamps().now());
        let action = Action::change(key.clone(), steps, Some(mark)).only_if(alive, Failure::NotFound).needs(needs);
        Ok(action.when(self.when.clone().node(def.name)?))
    }

    pub(super) fn primary(&self) -> Result<PrimaryKey> {
        lookup(self.key.clone())?.ok_or(Error::NotFound { entity: self.def.name })
    }

    /// Sends it, and says which row it has made.
    pub(super) async fn send(&self, call: &Call, key: &PrimaryKey, form: impl Fn(Plan) -> Result<Plan>) -> Result<Option<RawRow>> {
        let mut round = 0;
        loop {
            round += 1;
            match call.execute_for(form(self.planned(key)?)?).await {
                Ok(Answer::Returned(row) | Answer::Found(row)) => return Ok(row),
                // The row fulfils all that was asked of it, but for the time: another process has written at the very same one.
                Err(Error::Conflict { .. }) if round < ATTEMPTS => {}
                Err(error) => return Err(error),
            }
        }
    }

    pub(super) fn decode(&self, row: Option<RawRow>) -> Result<Resource<T>> {
        let row = row.ok_or_else(|| no_row(self.def))?;
        (self.decode)(&row, self.handle.limits())
    }
}

/// In a transaction it answers with nothing: DynamoDB returns no rows of one.
impl<T: Send + Sync + 'static> TransactionOp for Patch<T> {
    type Done = ();

    fn about(&self) -> About {
        About::new(&self.handle, "patch", self.def)
    }

    fn plan(self, _: Option<RawRow>) -> Result<Planned<()>> {
        let action = self.action(&self.primary()?)?;
        Ok(Planned { plan: Plan::of(vec![action]), done: () })
    }
}

impl<T: Send + Sync + 'static> IntoFuture for Patch<T> {
    type Output = Result<Resource<T>>;
    type IntoFuture = BoxFuture<'static, Resource<T>>;

    fn into_future(self) -> Self::IntoFuture {
        let call = self.handle.call("patch", self.def.name);
        let span = call.span.clone();
        let send = async move {
            let key = self.primary()?;
            self.decode(self.send(&call, &key, Ok).await?)
        };
        Box::pin(send.instrument(span))
    }
}
