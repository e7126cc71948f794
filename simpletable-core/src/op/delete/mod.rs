mod history;

use std::future::IntoFuture;

use aws_sdk_dynamodb::types::ReturnValue;
use tracing::Instrument;

pub(super) use self::history::finish;
use self::history::{Deletion, deletion, versions_at_once, with_history};
use super::get::{Decode, request};
use super::once::once;
use super::transact::{About, Planned, TransactionOp};
use super::when::When;
use super::{BoxFuture, lookup};
use crate::codec::{self, is_expired, is_out_of_service, never};
use crate::entity::{Check, Claims, Entity, Holding, Limits, Resource, Unversioned, WithoutUnique};
use crate::error::{Error, KeyValueError, Result, TransactionProblem};
use crate::expr::{Condition, Node, same};
use crate::handle::{Call, Handle};
use crate::json::RawRow;
use crate::key::{Key, PrimaryKey};
use crate::plan::{self, Action, Answer, Failure, Plan, WriteRequest};
use crate::schema::EntityDef;

/// How often a row is read anew whose unique values others change.
const ATTEMPTS: u32 = 10;

/// Deletes a resource, with its history; made by [`Table::delete`](crate::Table::delete).
#[must_use = "operations do nothing unless they are awaited"]
pub struct Delete<T> {
    handle: Handle,
    def: &'static EntityDef,
    key: Key<T>,
    revision: Option<Vec<Check>>,
    when: When,
    claims: Known,
    once: Option<String>,
}

/// What is known of the unique values of what is deleted.
#[derive(Clone)]
pub(super) enum Known {
    /// The entity has none.
    None,
    /// The row says it, and has to be read.
    InRow(fn(&RawRow, &Limits) -> Result<Claims>),
    /// They are these.
    Held(Box<Holding>),
}

impl Known {
    pub(super) fn of<T: Entity>() -> Self {
        if T::DEF.unique.is_empty() { Self::None } else { Self::InRow(codec::claims_of_row::<T>) }
    }

    /// What releases the claims of a row. One that cannot be read keeps them: they are taken over when they are wanted.
    fn released(&self, handle: &Handle, key: &PrimaryKey, row: &RawRow) -> Vec<Action> {
        let limits = handle.limits();
        match self {
            Self::None => Vec::new(),
            Self::InRow(claims) => plan::released(&Holding { key: key.clone(), claims: claims(row, limits).unwrap_or_default() }),
            Self::Held(holding) => plan::released(holding),
        }
    }
}

/// The same, and gives what was there; made by [`Delete::return_old`].
#[must_use = "operations do nothing unless they are awaited"]
pub struct DeleteReturning<T> {
    delete: Delete<T>,
    decode: Decode<T>,
}

impl<T: Entity> Delete<T> {
    pub(crate) fn new(handle: Handle, key: Key<T>) -> Self {
        Self { handle, def: T::DEF, key, revision: None, when: When::default(), claims: Known::of::<T>(), once: None }
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
        let claims = match self.claims {
            Known::InRow(_) if same => Known::Held(Box::new(resource.row().holding())),
            claims => claims,
        };
        Self { revision: Some(revision), claims, ..self }
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
    /// Where the deletion is a transaction (of a counted entity, one with unique values, or under an idempotency key) it is read first, in
    /// another request: transactions return nothing.
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

    /// The request, unsent. An entity with a history or with unique values has none: what it takes is known once its row was read.
    ///
    /// # Errors
    /// [`Error::KeyValue`] where no row can have the key; [`Error::Encode`] and [`Error::Expression`] of a condition.
    pub fn into_input(self) -> Result<WriteRequest>
    where
        T: Unversioned + WithoutUnique,
    {
        let (handle, def, key, wanted) = self.parts()?;
        wanted.one_row(&handle, def, key?)?.into_request(handle.table(), def.name)
    }
}

impl<T> Delete<T> {
    fn parts(self) -> Result<(Handle, &'static EntityDef, Result<PrimaryKey, KeyValueError>, Wanted)> {
        let Self { handle, def, key, revision, when, claims, once } = self;
        let wanted = Wanted { revision, when: when.node(def.name)?, claims, once };
        Ok((handle, def, key.primary, wanted))
    }
}

once!([T] Delete<T>);

/// One row goes, if it is there, and as it was where a revision is given, and as the caller demands.
fn one_row(handle: &Handle, def: &EntityDef, key: PrimaryKey, revision: Option<&[Check]>, when: Option<Node>) -> Plan {
    let action = Action::delete(key).leaving(def, handle.stamps().next());
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
        let delete = async move {
            let key = self.key.clone();
            let (_, def, _, wanted) = self.parts()?;
            let Some(key) = lookup(key)? else { return Err(Error::NotFound { entity: def.name }) };
            send(&call, def, key, wanted).await
        };
        Box::pin(delete.instrument(span))
    }
}

impl<T: Send + Sync + 'static> IntoFuture for DeleteReturning<T> {
    type Output = Result<Resource<T>>;
    type IntoFuture = BoxFuture<'static, Resource<T>>;

    fn into_future(self) -> Self::IntoFuture {
        let Self { delete, decode } = self;
        let call = delete.handle.call("delete", delete.def.name);
        let span = call.span.clone();
        let delete = async move {
            let key = delete.key.clone();
            let (handle, def, _, wanted) = delete.parts()?;
            let Some(key) = lookup(key)? else { return Err(Error::NotFound { entity: def.name }) };
            // A transaction returns nothing: what it deletes is what was read.
            if wanted.once.is_some() || def.count || !matches!(wanted.claims, Known::None) {
                let deleted = as_read(&call, def, key, &wanted).await;
                return match deleted {
                    Ok(old) => decode(&old, handle.limits()),
                    Err(error) => Err(call.unless_applied(wanted.once.as_deref(), error).await),
                };
            }
            let plan = wanted.one_row(&handle, def, key)?;
            match call.execute_for(plan.returning(ReturnValue::AllOld)).await? {
                Answer::Returned(Some(old)) => decode(&old, handle.limits()),
                Answer::Returned(None) | Answer::Found(_) => Err(Error::OldLost { entity: call.entity, operation: call.operation }),
            }
        };
        Box::pin(delete.instrument(span))
    }
}

/// What the row has to be, beside being there, and what is written with its deletion.
pub(super) struct Wanted {
    revision: Option<Vec<Check>>,
    when: Option<Node>,
    claims: Known,
    /// The idempotency key.
    once: Option<String>,
}

impl Wanted {
    /// Nothing of the row.
    pub(super) fn nothing(claims: Known) -> Self {
        Self { revision: None, when: None, claims, once: None }
    }

    /// Whether the row has to be read, to know what its unique values are.
    fn reads(&self) -> bool {
        matches!(self.claims, Known::InRow(_)) && self.revision.is_none()
    }

    /// Deletes one row that was not read.
    fn one_row(&self, handle: &Handle, def: &EntityDef, key: PrimaryKey) -> Result<Plan> {
        let mut plan = one_row(handle, def, key, self.revision.as_deref(), self.when.clone());
        if let Known::Held(holding) = &self.claims {
            plan.actions.extend(plan::released(holding));
        }
        plan.once(handle, def.name, self.once.as_deref())
    }

    /// Deletes one row that was read, with its claims.
    fn as_read(&self, handle: &Handle, def: &'static EntityDef, key: &PrimaryKey, row: &RawRow) -> Result<Plan> {
        self.check_revision(handle, def, row)?;
        // Python changes sets without another time.
        let sets = def.fields.iter().filter(|field| field.set).map(|field| field.attribute);
        let sets = sets.map(|attribute| Check { attribute, value: row.get(attribute) });
        let unchanged = plan::unchanged(&plan::state(row).into_iter().chain(sets).collect::<Vec<_>>());
        let action = Action::delete(key.clone()).only_if(unchanged, Failure::ConflictOrNotFound).when(self.when.clone());
        let action = action.leaving(def, handle.stamps().next());
        let released = self.claims.released(handle, key, row);
        Plan::of(std::iter::once(action).chain(released).collect()).once(handle, def.name, self.once.as_deref())
    }

    fn check_revision(&self, handle: &Handle, def: &'static EntityDef, row: &RawRow) -> Result<()> {
        // Sets come back in another order than they were written in.
        let is_same = |check: &Check| match (row.get(check.attribute), &check.value) {
            (Some(found), Some(wanted)) => same(&found, wanted),
            (found, wanted) => found.is_none() && wanted.is_none(),
        };
        if self.revision.as_ref().is_some_and(|wanted| !wanted.iter().all(is_same)) {
            return Err(Error::Conflict { entity: def.name, operation: "delete", current: handle.current(row.to_item().ok()) });
        }
        Ok(())
    }
}

/// Deletes what is at the key.
pub(super) async fn send(call: &Call, def: &'static EntityDef, key: PrimaryKey, wanted: Wanted) -> Result<()> {
    let result = if def.versioned {
        with_history(call, def, key, &wanted).await
    } else if wanted.reads() {
        as_read(call, def, key, &wanted).await.map(drop)
    } else {
        call.execute(wanted.one_row(&call.handle, def, key)?).await
    };
    match result {
        // What was read before may be gone by this very deletion.
        Err(error) => Err(call.unless_applied(wanted.once.as_deref(), error).await),
        Ok(()) => Ok(()),
    }
}

/// Deletes a row with its claims, and gives it: reads which, and does so again when somebody changed them meanwhile.
async fn as_read(call: &Call, def: &'static EntityDef, key: PrimaryKey, wanted: &Wanted) -> Result<RawRow> {
    let mut round = 0;
    loop {
        let row = call.get_item(request(&call.handle, key.clone(), true)).await?;
        let row = row.filter(|row| !is_gone(&call.handle, def, row)).ok_or(Error::NotFound { entity: def.name })?;
        let plan = wanted.as_read(&call.handle, def, &key, &row)?;
        round += 1;
        match call.execute(plan).await {
            Ok(()) => return Ok(row),
            Err(error) if error.is_conflict() && round < ATTEMPTS => call.pause(round - 1).await,
            Err(error) => return Err(error),
        }
    }
}

impl<T: 'static> TransactionOp for Delete<T> {
    type Done = ();

    fn about(&self) -> About {
        // What a history takes, or the claims of unique values, is known once the row was read.
        let claims = matches!(self.claims, Known::InRow(_)) && self.revision.is_none();
        let reads = (self.def.versioned || claims).then(|| self.key.primary.clone().ok()).flatten();
        About::new(&self.handle, "delete", self.def).reading(reads)
    }

    fn plan(self, read: Option<RawRow>) -> Result<Planned<()>> {
        let key = self.key.clone();
        let (handle, def, _, wanted) = self.parts()?;
        let not_found = || Error::NotFound { entity: def.name };
        let key = lookup(key)?.ok_or_else(not_found)?;
        if !def.versioned && !wanted.reads() {
            return Ok(Planned { plan: wanted.one_row(&handle, def, key)?, done: () });
        }
        let retired = |row: &RawRow| def.versioned && is_out_of_service(row);
        let row = read.filter(|row| !is_gone(&handle, def, row) && !retired(row)).ok_or_else(not_found)?;
        if !def.versioned {
            return Ok(Planned { plan: wanted.as_read(&handle, def, &key, &row)?, done: () });
        }
        match deletion(&handle, def, &key, &wanted, &row)? {
            Deletion::Whole(plan) => Ok(Planned { plan, done: () }),
            Deletion::Steps(_) => Err(Error::InvalidTransaction { problem: TransactionProblem::History { limit: versions_at_once(def) } }),
        }
    }
}

/// Whether the head's time is over.
fn is_gone(handle: &Handle, def: &EntityDef, head: &RawRow) -> bool {
    def.ttl.is_some() && is_expired(head, handle.limits().ttl_attribute, handle.stamps().now())
}
