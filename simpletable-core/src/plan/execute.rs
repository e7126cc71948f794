//! Sending a plan, and telling the caller the truth about it.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{CancellationReason, Put, ReturnValue, TransactWriteItem};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use super::outcome::{Refusal, is_ours, of_reasons};
use super::{Action, Failure, Origin, Plan, Write, count};
use crate::error::{Error, Item, Result, SdkFailure};
use crate::handle::{Body, Call, Slot, built};
use crate::json::RawRow;

/// How often a write is sent while other transactions hold its rows.
pub(crate) const BUSY_ATTEMPTS: u32 = 6;

/// How often a transaction is sent again, by the SDK's rules each time, to learn what became of it.
const RESENT: u32 = 2;
/// How often a write is planned anew because others moved the claims of its unique values.
const SETTLED: u32 = 10;

/// Sends a conditional request on one row. The SDK has a builder and an error for each operation, and no trait over them. The input says only
/// which table the request is about: the body is ours.
macro_rules! send_one {
    ($call:ident, $operation:ident, $error:ident, $body:ident) => {{
        let request = $call.handle.client.$operation().table_name($call.handle.table()).customize();
        let (request, slot) = $call.writing(request, &$body);
        match $call.in_time(request.send()).await {
            Ok(_) => Ok($call.returned(slot)),
            Err(error) => Err(match error.as_service_error() {
                Some($error::ConditionalCheckFailedException(failed)) => Refusal::Condition { action: 0, item: failed.item.clone() },
                _ => $call.refused(error),
            }),
        }
    }};
}

/// What a plan that was made answers with.
pub(crate) enum Answer {
    /// What the request was to return, where there is any.
    Returned(Option<RawRow>),
    /// The answer was lost, and the row shows that the write was made: this is the row as it was found afterwards, and what was to be
    /// returned is lost too.
    Found(Option<RawRow>),
}

impl Call {
    /// Sends a plan: all of its actions are made, or none.
    ///
    /// # Errors
    /// What the failed condition means; [`Error::Busy`] when other transactions held the rows at every attempt; [`Error::Unknown`] when
    /// the answer was lost and the rows do not tell; [`Error::Expression`]; [`Error::Sdk`].
    pub(crate) async fn execute(&self, plan: Plan) -> Result<()> {
        self.execute_for(plan).await.map(drop)
    }

    /// The same, for the row that the plan asks for by [`Plan::returning`].
    ///
    /// # Errors
    /// As [`execute`](Self::execute).
    pub(crate) async fn execute_for(&self, plan: Plan) -> Result<Answer> {
        let mut plan = plan.with_counts();
        // Answers lost by earlier requests of this operation say nothing about this write.
        let mut lost = self.unclear();
        let (mut round, mut settled) = (0, 0);
        loop {
            let refusal = match self.send(&plan).await {
                Ok(row) if self.unclear() > lost => return Ok(after_lost(&plan, row)),
                Ok(row) => return Ok(Answer::Returned(row)),
                Err(refusal) => refusal,
            };
            round += 1;
            let unclear = self.unclear() > lost;
            match refusal {
                Refusal::Condition { action, item } if settled < SETTLED && plan.claim(action).is_some() => {
                    settled += 1;
                    let origin = plan.actions[action].origin;
                    self.settle(&mut plan, action, item).await.map_err(|error| of_origin(origin, error))?;
                    // It was refused, so it was not made; and what was read since says nothing about it.
                    lost = self.unclear();
                }
                Refusal::Condition { action, .. } if plan.lacks_statistics(action) && round < BUSY_ATTEMPTS => {
                    self.begin_statistics().await?;
                    // The transaction was not made, so its answers are known.
                    lost = self.unclear();
                }
                Refusal::Condition { action, item } => return self.condition_failed(&plan, action, item, unclear),
                // The refused request was not made, so its actions may be sent anew; a transaction is given a new token.
                Refusal::Busy | Refusal::Throttled(_) if round < BUSY_ATTEMPTS => self.pause(round - 1).await,
                // A transaction keeps its token while it is repeated: were it made, it would not have been refused.
                Refusal::Busy if unclear && !plan.is_transaction() => return Err(self.unknown(None)),
                Refusal::Busy => return Err(Error::Busy { entity: self.entity, operation: self.operation, attempts: round }),
                Refusal::Other { error: Error::Sdk { source, .. }, .. } if unclear => return Err(self.unknown(Some(source))),
                Refusal::Other { error: Error::DeadlineExceeded { .. }, .. } if unclear => return Err(self.unknown(None)),
                Refusal::Other { action: Some(action), error } => return Err(of_action(&plan, action, error)),
                Refusal::Throttled(error) | Refusal::Other { error, .. } => return Err(error),
            }
        }
    }

    fn unknown(&self, source: Option<SdkFailure>) -> Error {
        Error::Unknown { entity: self.entity, operation: self.operation, source }
    }

    /// What a failed condition means. After a lost answer it may be our own write that made it fail: the row tells, or nobody does.
    fn condition_failed(&self, plan: &Plan, number: usize, item: Option<Item>, unclear: bool) -> Result<Answer> {
        // A transaction keeps its token, so DynamoDB itself knows a repeated one.
        if unclear && !plan.is_transaction() {
            return match &plan.actions[..] {
                [action] if is_ours(&action.write, item.as_ref()) => {
                    let row = item.map(|item| RawRow::from_item(&item)).transpose();
                    row.map(Answer::Found).map_err(|_| self.unknown(None))
                }
                _ => Err(self.unknown(None)),
            };
        }
        let action = plan.actions.get(number);
        let failure = action.map_or(Failure::Conflict, |action| action.failure(item.as_ref().unwrap_or(&Item::new())));
        let origin = action.and_then(|action| action.origin);
        let (entity, operation) = origin.map_or((self.entity, self.operation), |origin| (origin.entity, origin.operation));
        let gone = item.is_none();
        let misfit = action.and_then(Action::as_change).zip(item.as_ref()).and_then(|(change, item)| change.misfit(item));
        let current = self.handle.current(item);
        let error = match failure {
            Failure::AlreadyExists => Error::AlreadyExists { entity, current },
            Failure::NoStatistics => Error::Busy { entity, operation, attempts: BUSY_ATTEMPTS },
            Failure::NotFound => Error::NotFound { entity },
            Failure::ConflictOrNotFound if gone => Error::NotFound { entity },
            Failure::AlreadyApplied => Error::AlreadyApplied { entity, operation },
            Failure::Conflict | Failure::ConflictOrNotFound => Error::Conflict { entity, operation, current },
            Failure::Condition => Error::ConditionFailed { entity, operation, current },
            Failure::Misfit => {
                let (path, problem) = misfit.unwrap_or_else(|| unreachable!("a misfit was found"));
                Error::Patch { entity, path, problem }
            }
        };
        Err(of_action(plan, number, error))
    }

    /// Writes the row of statistics, without numbers, where there is none.
    pub(crate) async fn begin_statistics(&self) -> Result<()> {
        let plan = count::begin(self.handle.stamps().next());
        match self.send(&plan).await {
            // Whoever was faster: it is there.
            Ok(_) | Err(Refusal::Condition { .. } | Refusal::Busy | Refusal::Throttled(_)) => Ok(()),
            Err(Refusal::Other { error, .. }) => Err(error),
        }
    }

    async fn send(&self, plan: &Plan) -> Result<Option<RawRow>, Refusal> {
        let body = plan.body(self.handle.table(), self.entity).map_err(|error| Refusal::Other { action: None, error })?;
        match &plan.actions[..] {
            [action] if !plan.is_transaction() => match action.write {
                Write::Put(_) => send_one!(self, put_item, PutItemError, body),
                Write::Delete(_) => send_one!(self, delete_item, DeleteItemError, body),
                Write::Change(_) => send_one!(self, update_item, UpdateItemError, body),
                Write::Check(_) => unreachable!("a check is always part of a transaction"),
            },
            _ => self.transact(&body).await.map(|()| None),
        }
    }

    /// What a request that was made answers with.
    fn returned(&self, slot: Slot) -> Option<RawRow> {
        let answer = slot.take();
        self.add_capacity(answer.capacity());
        answer.rows().pop()
    }

    /// Sends a transaction. When the SDK gives up and nobody has heard of it, the same bytes are sent again: DynamoDB knows the token in them
    /// for [10 minutes](https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html), and answers what
    /// became of it.
    async fn transact(&self, body: &Body) -> Result<(), Refusal> {
        let lost = self.unclear();
        let mut round = 0;
        loop {
            match self.transact_once(body).await {
                Err(Refusal::Other { error, .. }) if round < RESENT && self.unclear() > lost && may_be_heard_of(&error) => {
                    self.pause(round).await;
                    round += 1;
                }
                result => return result,
            }
        }
    }

    async fn transact_once(&self, body: &Body) -> Result<(), Refusal> {
        let about = Put::builder().table_name(self.handle.table()).set_item(Some(Item::new()));
        let about = TransactWriteItem::builder().put(built(about.build())).build();
        let request = self.handle.client.transact_write_items().transact_items(about).customize();
        let (request, slot) = self.writing(request, body);
        match self.in_time(request.send()).await {
            Ok(_) => {
                self.returned(slot);
                Ok(())
            }
            Err(error) => {
                let reasons = match &error {
                    SdkError::ServiceError(service) => reasons(service.err()),
                    _ => None,
                };
                Err(match reasons {
                    Some(reasons) => of_reasons(reasons, self.failed(error)),
                    None => self.refused(error),
                })
            }
        }
    }

    fn refused<E>(&self, error: SdkError<E, HttpResponse>) -> Refusal
    where
        E: std::error::Error + ProvideErrorMetadata + Send + Sync + 'static,
    {
        match error.code() {
            Some("TransactionConflictException") => Refusal::Busy,
            _ => Refusal::Other { action: None, error: self.failed(error) },
        }
    }
}

/// What a write answers with whose first answers were lost. The row that a repeated put or change returns as the old one may be its own.
fn after_lost(plan: &Plan, row: Option<RawRow>) -> Answer {
    let old = if plan.returns == Some(ReturnValue::AllOld) { row.as_ref().and_then(|row| row.to_item().ok()) } else { None };
    match &plan.actions[..] {
        [action] if old.is_some() && is_ours(&action.write, old.as_ref()) => Answer::Found(row),
        _ => Answer::Returned(row),
    }
}

/// The error of one action, which tells the operation where there are several.
fn of_action(plan: &Plan, number: usize, error: Error) -> Error {
    of_origin(plan.actions.get(number).and_then(|action| action.origin), error)
}

fn of_origin(origin: Option<Origin>, error: Error) -> Error {
    match origin {
        Some(Origin { position, entity, operation }) => Error::Transaction { position, entity, operation, source: Box::new(error) },
        None => error,
    }
}

/// Whether the same request, sent again, may learn what became of it.
fn may_be_heard_of(error: &Error) -> bool {
    matches!(error, Error::Sdk { source, .. } if source.is_retryable() || source.code() == Some("TransactionInProgressException"))
}

fn reasons(error: &TransactWriteItemsError) -> Option<Vec<CancellationReason>> {
    match error {
        TransactWriteItemsError::TransactionCanceledException(cancelled) => Some(cancelled.cancellation_reasons().to_vec()),
        _ => None,
    }
}
