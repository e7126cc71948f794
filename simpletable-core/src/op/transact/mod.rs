//! Several operations in one transaction.

mod parts;

use std::collections::HashMap;
use std::future::IntoFuture;

use tracing::Instrument;

use super::BoxFuture;
use super::once::once;
use crate::entity::Schema;
use crate::error::{Error, Result, TransactionProblem};
use crate::handle::{Call, Handle};
use crate::json::RawRow;
use crate::key::PrimaryKey;
use crate::plan::{Action, Origin, Plan, TRANSACTION_ACTIONS};
use crate::schema::EntityDef;

pub use parts::{TransactionOp, TransactionOps};

/// What one operation of a transaction is about.
#[doc(hidden)]
pub struct About {
    handle: Handle,
    entity: &'static str,
    operation: &'static str,
    /// The row that has to be read before the operation is known in full.
    reads: Option<PrimaryKey>,
}

impl About {
    pub(super) fn new(handle: &Handle, operation: &'static str, def: &EntityDef) -> Self {
        Self { handle: handle.clone(), entity: def.name, operation, reads: None }
    }

    pub(super) fn reading(self, reads: Option<PrimaryKey>) -> Self {
        Self { reads, ..self }
    }

    fn origin(&self, position: usize) -> Origin {
        Origin { position, entity: self.entity, operation: self.operation }
    }

    /// The error as one of this operation.
    fn failed(&self, position: usize, error: Error) -> Error {
        Error::Transaction { position, entity: self.entity, operation: self.operation, source: Box::new(error) }
    }
}

/// An operation of a transaction as it will be sent, and what it gives when it was made.
#[doc(hidden)]
pub struct Planned<D> {
    pub(super) plan: Plan,
    pub(super) done: D,
}

/// The operations of a transaction, and what they give; where one cannot be sent, its position and why.
#[doc(hidden)]
pub struct AllPlanned<D> {
    plans: Vec<Plan>,
    done: D,
}

/// Makes the plans, given the rows that were read for them.
type Prepare<D> = Box<dyn FnOnce(Vec<Option<RawRow>>) -> Result<AllPlanned<D>, (usize, Error)> + Send>;

/// Several operations that are made together or not at all; made by [`Table::transact`](crate::Table::transact).
#[must_use = "operations do nothing unless they are awaited"]
pub struct Transact<D> {
    handle: Handle,
    /// The entity, where all operations have one; else what rows of the schema are called.
    entity: &'static str,
    about: Vec<About>,
    prepare: Prepare<D>,
    once: Option<String>,
}

once!([D] Transact<D>);

impl<D> Transact<D> {
    pub(crate) fn new<S: Schema, O: TransactionOps<Done = D>>(handle: Handle, operations: O) -> Self {
        let about = operations.about();
        let entity = match &about[..] {
            [first, rest @ ..] if rest.iter().all(|about| about.entity == first.entity) => first.entity,
            _ => S::NAME,
        };
        Self { handle, entity, about, prepare: Box::new(|rows| operations.plan(rows)), once: None }
    }

    async fn send(self, call: &Call) -> Result<D> {
        if let Some(position) = self.about.iter().position(|about| !about.handle.is_of(&self.handle)) {
            return Err(Error::InvalidTransaction { problem: TransactionProblem::OtherTable { position } });
        }
        let once = self.once.clone();
        let (plan, done) = match self.planned(call).await {
            Ok(planned) => planned,
            Err(error) => return Err(call.unless_applied(once.as_deref(), error).await),
        };
        if let Some(plan) = plan {
            call.execute(plan).await?;
        }
        Ok(done)
    }

    /// The plan of all operations, where there are any, and what they give.
    async fn planned(self, call: &Call) -> Result<(Option<Plan>, D)> {
        let once = Action::once(&self.handle, self.entity, self.once.as_deref())?;
        let mut read = call.snapshot(self.reads()?).await?.into_iter();
        let rows = self.about.iter().map(|about| about.reads.as_ref().and_then(|_| read.next().flatten())).collect();
        let failed = |(position, error): (usize, Error)| match self.about.get(position) {
            Some(about) => about.failed(position, error),
            None => error,
        };
        let AllPlanned { plans, done } = (self.prepare)(rows).map_err(failed)?;
        if plans.is_empty() {
            return Ok((None, done));
        }
        let origins = self.about.iter().enumerate().map(|(position, about)| about.origin(position));
        Ok((Some(Plan::transaction(once, origins.zip(plans).collect())?), done))
    }

    /// The rows that have to be read first, by operations that each write the row that they read. DynamoDB would refuse to read what it would
    /// refuse to write, in words that name nothing.
    ///
    /// # Errors
    /// [`Error::InvalidTransaction`].
    fn reads(&self) -> Result<Vec<PrimaryKey>> {
        let refused = |problem| Err(Error::InvalidTransaction { problem });
        let mut positions = HashMap::new();
        let mut keys = Vec::new();
        for (second, about) in self.about.iter().enumerate() {
            let Some(key) = &about.reads else { continue };
            if let Some(first) = positions.insert((&key.pk, &key.sk), second) {
                return refused(TransactionProblem::SameRow { first, second });
            }
            keys.push(key.clone());
        }
        if keys.len() > TRANSACTION_ACTIONS {
            return refused(TransactionProblem::Actions { actions: keys.len(), limit: TRANSACTION_ACTIONS });
        }
        Ok(keys)
    }

    /// What the span says of the operations: names.
    fn words(&self) -> String {
        let words: Vec<String> = self.about.iter().map(|about| format!("{} {}", about.operation, about.entity)).collect();
        words.join(", ")
    }
}

impl<D: Send + 'static> IntoFuture for Transact<D> {
    type Output = Result<D>;
    type IntoFuture = BoxFuture<'static, D>;

    fn into_future(self) -> Self::IntoFuture {
        let call = self.handle.call("transact", self.entity);
        let span = call.span.clone();
        span.record("operations", self.words());
        Box::pin(async move { self.send(&call).await }.instrument(span))
    }
}
