use std::future::IntoFuture;

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use tracing::Instrument;

use super::get::{Decode, request};
use super::transact::{About, Planned, TransactionOp};
use super::when::When;
use super::{BoxFuture, lookup};
use crate::codec::{self, OUT_OF_SERVICE, is_expired, is_out_of_service, name, never};
use crate::entity::{Check, Entity, Resource, Unversioned};
use crate::error::{DecodeProblem, Error, Result, TransactionProblem};
use crate::expr::{Condition, Node};
use crate::handle::{Call, Handle};
use crate::json::RawRow;
use crate::key::{Key, PrimaryKey};
use crate::plan::{self, Action, Answer, Failure, Plan, TRANSACTION_ACTIONS, WriteRequest};
use crate::schema::EntityDef;

/// Deletes a resource, with its history; made by [`Table::delete`](crate::Table::delete).
#[must_use = "operations do nothing unless they are awaited"]
pub struct Delete<T> {
    handle: Handle,
    def: &'static EntityDef,
    key: Key<T>,
    revision: Option<Vec<Check>>,
    when: When,
}

/// The same, and gives what was there; made by [`Delete::return_old`].
#[must_use = "operations do nothing unless they are awaited"]
pub struct DeleteReturning<T> {
    delete: Delete<T>,
    decode: Decode<T>,
}

impl<T: Entity> Delete<T> {
    pub(crate) fn new(handle: Handle, key: Key<T>) -> Self {
        Self { handle, def: T::DEF, key, revision: None, when: When::default() }
    }

    /// Deletes only if nobody has changed the resource since it was read; else [`Error::Conflict`]. The resource should be the one whose key
    /// the operation was given.
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table};
    /// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] struct Task { title: String }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<Task>().await?;
    /// # let task = table.create(Task { title: "write".into() }).await?;
    /// let stale = task.clone();
    /// let task = table.update(task, |t| t.title = "rewrite".into()).await?;
    /// assert!(table.delete(stale.id()).if_unchanged(&stale).await.is_err_and(|error| error.is_conflict()));
    /// table.delete(task.id()).if_unchanged(&task).await?;
    /// # Ok(()) }
    /// ```
    pub fn if_unchanged(self, resource: &Resource<T>) -> Self {
        let same = self.key.primary.as_ref().is_ok_and(|key| resource.row().is_at(key));
        // A resource of another key is no state of this one.
        let revision = if same { resource.row().revision() } else { never() };
        Self { revision: Some(revision), ..self }
    }

    /// Deletes only if the resource fulfils a condition, in the language of filters; else [`Error::ConditionFailed`], with the row. One that is
    /// not there is [`Error::NotFound`] all the same. Of a versioned resource it is the head that is asked.
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table};
    /// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] struct Task { title: String, open: bool }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<Task>().await?;
    /// # let task = table.create(Task { title: "write".into(), open: true }).await?;
    /// let refused = table.delete(task.id()).when(|t| t.open.eq(false)).await.expect_err("it is open");
    /// assert!(refused.is_condition_failed());
    /// assert_eq!(refused.current::<Task>(), Some(task));
    /// # Ok(()) }
    /// ```
    pub fn when(self, condition: impl FnOnce(&T::Fields) -> Condition<T>) -> Self {
        Self { when: self.when.and(condition), ..self }
    }

    /// Gives the resource as it was when it was deleted.
    ///
    /// # Errors
    /// Beside those of [`delete`](crate::Table::delete): [`Error::OldLost`] when the resource was deleted and the answer that held it was lost;
    /// [`Error::Decode`] when it was deleted and cannot be read as this entity.
    ///
    /// # Examples
    /// ```
    /// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table};
    /// # #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)] struct Task { title: String }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
    /// # let table = Table::in_memory::<Task>().await?;
    /// # let task = table.create(Task { title: "write".into() }).await?;
    /// assert_eq!(table.delete(task.id()).return_old().await?, task);
    /// # Ok(()) }
    /// ```
    pub fn return_old(self) -> DeleteReturning<T>
    where
        T: Unversioned,
    {
        DeleteReturning { delete: self, decode: codec::decode }
    }

    /// The request, unsent. An entity with a history has none: what it takes is known once its head was read.
    ///
    /// # Errors
    /// [`Error::KeyValue`] where no row can have the key; [`Error::Encode`] and [`Error::Expression`] of a condition.
    pub fn into_input(self) -> Result<WriteRequest>
    where
        T: Unversioned,
    {
        let key = self.key.primary?;
        let when = self.when.node(self.def.name)?;
        one_row(&self.handle, self.def, key, self.revision.as_deref(), when).into_request(self.handle.table(), self.def.name)
    }
}

/// One row goes, if it is there, and as it was where a revision is given, and as the caller demands.
fn one_row(handle: &Handle, def: &EntityDef, key: PrimaryKey, revision: Option<&[Check]>, when: Option<Node>) -> Plan {
    let action = Action::delete(key);
    let action = match revision {
        Some(revision) => action.only_if(plan::unchanged(revision), Failure::ConflictOrNotFound),
        None => action.only_if(plan::alive(def, handle.limits().ttl_attribute, handle.stamps().now()), Failure::NotFound),
    };
    Plan::of(vec![action.when(when)])
}

impl<T: 'static> IntoFuture for Delete<T> {
    type Output = Result<()>;
    type IntoFuture = BoxFuture<'static, ()>;

    fn into_future(self) -> Self::IntoFuture {
        let call = self.handle.call("delete", self.def.name);
        let span = call.span.clone();
        let Self { def, key, revision, when, .. } = self;
        let delete = async move {
            let Some(key) = lookup(key)? else { return Err(Error::NotFound { entity: def.name }) };
            send(&call, def, key, Wanted { revision, when: when.node(def.name)? }).await
        };
        Box::pin(delete.instrument(span))
    }
}

impl<T: Send + Sync + 'static> IntoFuture for DeleteReturning<T> {
    type Output = Result<Resource<T>>;
    type IntoFuture = BoxFuture<'static, Resource<T>>;

    fn into_future(self) -> Self::IntoFuture {
        let Self { delete: Delete { handle, def, key, revision, when }, decode } = self;
        let call = handle.call("delete", def.name);
        let span = call.span.clone();
        let delete = async move {
            let Some(key) = lookup(key)? else { return Err(Error::NotFound { entity: def.name }) };
            let plan = one_row(&handle, def, key, revision.as_deref(), when.node(def.name)?);
            match call.execute_for(plan.returning(ReturnValue::AllOld)).await? {
                Answer::Returned(Some(old)) => decode(&codec::raw_row(def, &old)?, handle.limits()),
                Answer::Returned(None) | Answer::Found(_) => Err(Error::OldLost { entity: call.entity, operation: call.operation }),
            }
        };
        Box::pin(delete.instrument(span))
    }
}

/// What the row has to be, beside being there.
#[derive(Default)]
pub(super) struct Wanted {
    revision: Option<Vec<Check>>,
    when: Option<Node>,
}

/// Deletes what is at the key.
pub(super) async fn send(call: &Call, def: &'static EntityDef, key: PrimaryKey, wanted: Wanted) -> Result<()> {
    if def.versioned {
        with_history(call, def, key, wanted).await
    } else {
        call.execute(one_row(&call.handle, def, key, wanted.revision.as_deref(), wanted.when)).await
    }
}

/// Deletes a head and its history: in one transaction where every number fits, else step by step.
async fn with_history(call: &Call, def: &'static EntityDef, key: PrimaryKey, wanted: Wanted) -> Result<()> {
    let head = call.get_item(request(&call.handle, key.clone(), true)).await?;
    let Some(head) = head.filter(|head| !is_gone(&call.handle, def, head)) else { return Err(Error::NotFound { entity: def.name }) };
    if is_out_of_service(&head) {
        return finish(call, key).await;
    }
    match deletion(&call.handle, def, &key, wanted, head)? {
        Deletion::Whole(plan) => call.execute(plan).await,
        Deletion::Steps(first) => {
            call.execute(first).await?;
            finish(call, key).await
        }
    }
}

/// How a head and its history are deleted.
enum Deletion {
    /// In one transaction.
    Whole(Plan),
    /// They do not fit one: first the head is taken out of service, and then comes [`finish`].
    Steps(Plan),
}

/// What deletes a head that was read, and its history.
fn deletion(handle: &Handle, def: &'static EntityDef, key: &PrimaryKey, wanted: Wanted, head: RawRow) -> Result<Deletion> {
    if wanted.revision.is_some_and(|wanted| wanted.iter().any(|check| head.get(check.attribute) != check.value)) {
        return Err(Error::Conflict { entity: def.name, operation: "delete", current: handle.current(head.to_item().ok()) });
    }
    let guarded = |action: Action| action.only_if(plan::unchanged(&state(&head)), Failure::ConflictOrNotFound).when(wanted.when);
    Ok(match history(def, key, &head)? {
        Some(history) => Deletion::Whole(Plan::of(std::iter::once(guarded(Action::delete(key.clone()))).chain(history).collect())),
        None => Deletion::Steps(Plan::of(vec![guarded(Action::retire(key.clone()))])),
    })
}

impl<T: 'static> TransactionOp for Delete<T> {
    type Done = ();

    fn about(&self) -> About {
        // What a history takes is known once its head was read.
        let reads = self.def.versioned.then(|| self.key.primary.clone().ok()).flatten();
        About::new(&self.handle, "delete", self.def).reading(reads)
    }

    fn plan(self, read: Option<RawRow>) -> Result<Planned<()>> {
        let Self { handle, def, key, revision, when } = self;
        let not_found = || Error::NotFound { entity: def.name };
        let key = lookup(key)?.ok_or_else(not_found)?;
        let wanted = Wanted { revision, when: when.node(def.name)? };
        if !def.versioned {
            return Ok(Planned { plan: one_row(&handle, def, key, wanted.revision.as_deref(), wanted.when), done: () });
        }
        let head = read.filter(|head| !is_gone(&handle, def, head) && !is_out_of_service(head)).ok_or_else(not_found)?;
        match deletion(&handle, def, &key, wanted, head)? {
            Deletion::Whole(plan) => Ok(Planned { plan, done: () }),
            Deletion::Steps(_) => {
                Err(Error::InvalidTransaction { problem: TransactionProblem::History { limit: TRANSACTION_ACTIONS - 1 } })
            }
        }
    }
}

/// Whether the head's time is over.
fn is_gone(handle: &Handle, def: &EntityDef, head: &RawRow) -> bool {
    def.ttl.is_some() && is_expired(head, handle.limits().ttl_attribute, handle.stamps().now())
}

/// Everything that says in which state a head is, as it is stored.
fn state(head: &RawRow) -> Vec<Check> {
    [name::VERSION, name::UPDATED_AT, name::TYPE_SK, name::REVISION].map(|attribute| Check { attribute, value: head.get(attribute) }).into()
}

/// The deletion of every version that can exist, where that and the head fit one transaction.
fn history(def: &EntityDef, key: &PrimaryKey, head: &RawRow) -> Result<Option<Vec<Action>>> {
    let version = head.number(name::VERSION).and_then(|version| version.parse::<usize>().ok());
    let problem = DecodeProblem::Value;
    let version = version.ok_or_else(|| Error::Decode { entity: def.name, path: name::VERSION.to_owned(), problem })?;
    if version >= TRANSACTION_ACTIONS {
        return Ok(None);
    }
    Ok(Some((1..=version).map(|number| Action::delete(PrimaryKey { pk: key.pk.clone(), sk: format!("v{number}") })).collect()))
}

/// The rest of a long deletion, of a head that is out of service: no write can come between, and readers see nothing any more. It may be
/// repeated after any interruption.
async fn finish(call: &Call, key: PrimaryKey) -> Result<()> {
    let mut after = None;
    loop {
        let (keys, next) = call.history_keys(&key.pk, after).await?;
        call.delete_rows(keys).await?;
        after = next;
        if after.is_none() {
            break;
        }
    }
    let retired = Node::equal(name::VERSION, AttributeValue::N(OUT_OF_SERVICE.to_owned()));
    let head = Action::delete(key).only_if(retired, Failure::NotFound);
    match call.execute(Plan::of(vec![head])).await {
        // Somebody else brought the same deletion to its end.
        Err(Error::NotFound { .. }) => Ok(()),
        result => result,
    }
}
