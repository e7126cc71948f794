use std::future::IntoFuture;

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use tracing::Instrument;

use super::Upsert;
use super::steps::steps;
use crate::codec::{Encoded, Stamp, is_expired, name};
use crate::entity::{Birth, Check, Resource, Row};
use crate::error::{Error, Result};
use crate::expr::{Need, Node};
use crate::handle::Call;
use crate::json::{RawRow, RowText};
use crate::op::BoxFuture;
use crate::op::create::birth;
use crate::op::get::no_row;
use crate::op::transact::{About, Planned, TransactionOp};
use crate::plan::{self, Action, Answer, Failure, Plan, WriteRequest};

/// How often it is sent anew while others write the row at the very same time, or replace it when it expires.
const ATTEMPTS: u32 = 5;

/// What an upsert has made.
pub(super) enum Made {
    /// This row, as DynamoDB returned it; a transaction returns none.
    Changed(Option<RawRow>),
    /// The row of the value: the one that was there had expired.
    Replaced(Row),
}

impl<T> Upsert<T> {
    /// The request that is sent first, unsent. Every call makes its own time and, where the id is generated, its own id.
    ///
    /// # Errors
    /// [`Error::Encode`], [`Error::KeyValue`], [`Error::ItemTooLarge`], [`Error::Expression`], [`Error::Patch`].
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table, WriteRequest};
    /// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] struct Task { title: String }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<Task>().await?;
    /// let request = table.upsert(Task { title: "write".into() }).id("one").into_input()?;
    /// let WriteRequest::UpdateItem(update) = request else { unreachable!("an upsert is one update") };
    /// assert!(update.update_expression().is_some_and(|steps| steps.contains("if_not_exists")));
    /// # Ok(()) }
    /// ```
    pub fn into_input(self) -> Result<WriteRequest> {
        self.changing(&self.written(&self.birth())?)?.into_request(self.handle.table(), self.def.name)
    }

    /// The id and the time of its row.
    pub(super) fn birth(&self) -> Birth {
        birth(&self.handle, self.def, self.id.clone())
    }

    /// The row of the value.
    pub(super) fn written(&self, birth: &Birth) -> Result<Encoded> {
        if let Some(error) = &self.refused {
            return Err(error.clone());
        }
        let limits = self.handle.limits();
        let stamp = Stamp {
            id: birth.id.as_deref(),
            created_at: birth.time,
            updated_at: birth.time,
            version: None,
            before: None,
            ttl_attribute: limits.ttl_attribute,
            pk_bytes: limits.pk_bytes,
        };
        (self.encode)(&self.value, &stamp)
    }

    /// The plan for what is there, or for nothing.
    pub(super) fn changing(&self, encoded: &Encoded) -> Result<Plan> {
        Ok(Plan::of(vec![self.change(encoded, Failure::NotFound)?]).returning(ReturnValue::AllNew))
    }

    /// The time in it is like no other of this process, so that the row tells whether it was made. An expired row is as good as gone: nothing of
    /// it may stay.
    fn change(&self, encoded: &Encoded, expired: Failure) -> Result<Action> {
        let (def, ttl_attribute) = (self.def, self.handle.limits().ttl_attribute);
        let head = encoded.head.to_item();
        let (steps, mut needs) = steps(def, &self.kept, &head, ttl_attribute);
        let stamp = head[name::UPDATED_AT].clone();
        needs.push(Need::other(name::UPDATED_AT, stamp.clone()));
        let mark = Check { attribute: name::UPDATED_AT, value: Some(stamp) };
        let action = Action::change(encoded.row.key(), steps, Some(mark)).needs(needs).when(self.when.clone().node(def.name)?);
        if def.ttl.is_none() {
            return Ok(action);
        }
        let now = AttributeValue::N(self.handle.stamps().now().timestamp().to_string());
        Ok(action.only_if(Node::Not(Box::new(Node::at_most(ttl_attribute, now))), expired))
    }

    /// What replaces an expired row.
    fn replacement(&self, row: RowText, taken: Failure) -> Result<Action> {
        let free = plan::free(self.def, self.handle.limits().ttl_attribute, self.handle.stamps().now());
        Ok(Action::put(row).only_if(free, taken).when(self.when.clone().node(self.def.name)?))
    }

    /// Sends it, in a form, and says what it has made.
    pub(super) async fn send(&self, call: &Call, form: impl Fn(Plan) -> Result<Plan>) -> Result<Made> {
        let mut birth = self.birth();
        let mut round = 0;
        loop {
            round += 1;
            let encoded = self.written(&birth)?;
            match call.execute_for(form(self.changing(&encoded)?)?).await {
                Ok(Answer::Returned(row) | Answer::Found(row)) => return Ok(Made::Changed(row)),
                // The row fulfils all that was asked of it, but for the time: another process has written at the very same one.
                Err(Error::Conflict { .. }) if round < ATTEMPTS => {
                    birth.time = self.handle.stamps().next();
                    continue;
                }
                // It has expired.
                Err(Error::NotFound { .. }) => {}
                Err(error) => return Err(error),
            }
            let Encoded { head, row, .. } = encoded;
            let plan = Plan::of(vec![self.replacement(head, Failure::Conflict)?]);
            match call.execute(form(plan)?).await {
                Ok(()) => return Ok(Made::Replaced(row)),
                // Somebody else has replaced it, or renewed it.
                Err(Error::Conflict { .. }) if round < ATTEMPTS => birth.time = self.handle.stamps().next(),
                Err(error) => return Err(error),
            }
        }
    }

    fn made(self, made: Made) -> Result<Resource<T>> {
        match made {
            Made::Replaced(row) => Ok(Resource::new(self.value, row)),
            Made::Changed(row) => {
                let row = row.ok_or_else(|| no_row(self.def))?;
                (self.decode)(&row, self.handle.limits())
            }
        }
    }

    /// Where a transaction has to know first whether the row has expired: at a key that may be taken.
    pub(super) fn about(&self) -> About {
        let about = About::new(&self.handle, "upsert", self.def);
        let generated = matches!(self.def.primary, crate::schema::PrimaryKey::Id { .. }) && self.id.is_none();
        if self.def.ttl.is_none() || generated {
            return about;
        }
        // What cannot be written is told when it is planned.
        about.reading(self.written(&self.birth()).ok().map(|encoded| encoded.row.key()))
    }

    /// The plan as a part of a transaction, given the row that is there.
    pub(super) fn part(&self, read: Option<&RawRow>) -> Result<Plan> {
        let encoded = self.written(&self.birth())?;
        let (limits, now) = (self.handle.limits(), self.handle.stamps().now());
        let action = match read {
            Some(row) if is_expired(row, limits.ttl_attribute, now) => self.replacement(encoded.head, Failure::Conflict)?,
            _ => self.change(&encoded, Failure::Conflict)?,
        };
        Ok(Plan::of(vec![action]))
    }
}

/// In a transaction it answers with nothing: DynamoDB returns no rows of one.
impl<T: Send + Sync + 'static> TransactionOp for Upsert<T> {
    type Done = ();

    fn about(&self) -> About {
        self.about()
    }

    fn plan(self, read: Option<RawRow>) -> Result<Planned<()>> {
        Ok(Planned { plan: self.part(read.as_ref())?, done: () })
    }
}

impl<T: Send + Sync + 'static> IntoFuture for Upsert<T> {
    type Output = Result<Resource<T>>;
    type IntoFuture = BoxFuture<'static, Resource<T>>;

    fn into_future(self) -> Self::IntoFuture {
        let call = self.handle.call("upsert", self.def.name);
        let span = call.span.clone();
        let send = async move {
            let made = self.send(&call, Ok).await?;
            self.made(made)
        };
        Box::pin(send.instrument(span))
    }
}
