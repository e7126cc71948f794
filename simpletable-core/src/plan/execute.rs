//! Sending a plan, and telling the caller the truth about it.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::delete_item::{DeleteItemError, DeleteItemInput};
use aws_sdk_dynamodb::operation::put_item::{PutItemError, PutItemInput};
use aws_sdk_dynamodb::operation::transact_write_items::{TransactWriteItemsError, TransactWriteItemsInput};
use aws_sdk_dynamodb::operation::update_item::{UpdateItemError, UpdateItemInput};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use super::outcome::{Refusal, is_ours, of_reasons};
use super::{Failure, Plan, WriteRequest};
use crate::error::{Error, Item, Result, SdkFailure};
use crate::handle::{Call, pause};

/// How often a write is sent while other transactions hold its rows.
const BUSY_ATTEMPTS: u32 = 6;

/// Sends a conditional request on one row. The SDK has a builder and an error for each operation, and no trait over them.
macro_rules! send_one {
    ($call:ident, $operation:ident, $error:ident, $input:ident, $($set:ident: $field:ident),*) => {{
        let request = $call
            .handle
            .client
            .$operation()
            .set_table_name($input.table_name)
            $(.$set($input.$field))*
            .set_condition_expression($input.condition_expression)
            .set_expression_attribute_names($input.expression_attribute_names)
            .set_expression_attribute_values($input.expression_attribute_values)
            .set_return_values_on_condition_check_failure($input.return_values_on_condition_check_failure)
            .set_return_consumed_capacity($input.return_consumed_capacity)
            .customize();
        match $call.counted(request).send().await {
            Ok(output) => {
                $call.consumed(output.consumed_capacity.as_slice());
                Ok(())
            }
            Err(error) => Err(match error.as_service_error() {
                Some($error::ConditionalCheckFailedException(failed)) => Refusal::Condition { action: 0, item: failed.item.clone() },
                _ => $call.refused(error),
            }),
        }
    }};
}

impl Call {
    /// Sends a plan: all of its actions are made, or none.
    ///
    /// # Errors
    /// What the failed condition means; [`Error::Busy`] when other transactions held the rows at every attempt; [`Error::Unknown`] when
    /// the answer was lost and the rows do not tell; [`Error::Sdk`].
    pub(crate) async fn execute(&self, plan: Plan) -> Result<()> {
        // Answers lost by earlier requests of this operation say nothing about this write.
        let lost = self.unclear();
        let mut round = 0;
        loop {
            let refusal = match self.send(plan.clone().into_request(self.handle.table())).await {
                Ok(()) => return Ok(()),
                Err(refusal) => refusal,
            };
            round += 1;
            let unclear = self.unclear() > lost;
            match refusal {
                Refusal::Condition { action, item } => return self.condition_failed(&plan, action, item, unclear),
                // The refused request was not made, so its actions may be sent anew; a transaction is given a new token.
                Refusal::Busy | Refusal::Throttled(_) if round < BUSY_ATTEMPTS => pause(round - 1).await,
                // A transaction keeps its token while the SDK repeats it: were it made, it would not have been refused.
                Refusal::Busy if unclear && plan.actions.len() == 1 => return Err(self.unknown(None)),
                Refusal::Busy => return Err(Error::Busy { entity: self.entity, operation: self.operation, attempts: round }),
                Refusal::Other(Error::Sdk { source, .. }) if unclear => return Err(self.unknown(Some(source))),
                Refusal::Throttled(error) | Refusal::Other(error) => return Err(error),
            }
        }
    }

    fn unknown(&self, source: Option<SdkFailure>) -> Error {
        Error::Unknown { entity: self.entity, operation: self.operation, source }
    }

    /// What a failed condition means. After a lost answer it may be our own write that made it fail: the row tells, or nobody does.
    fn condition_failed(&self, plan: &Plan, action: usize, item: Option<Item>, unclear: bool) -> Result<()> {
        // A transaction keeps its token, so DynamoDB itself knows a repeated one.
        if unclear && let [action] = &plan.actions[..] {
            return if is_ours(&action.write, item.as_ref()) { Ok(()) } else { Err(self.unknown(None)) };
        }
        let failure = plan.actions.get(action).and_then(|action| action.guard.as_ref()).map_or(Failure::Conflict, |guard| guard.failure);
        let (entity, operation) = (self.entity, self.operation);
        let gone = item.is_none();
        let current = self.handle.current(item);
        Err(match failure {
            Failure::AlreadyExists => Error::AlreadyExists { entity, current },
            Failure::NotFound => Error::NotFound { entity },
            Failure::ConflictOrNotFound if gone => Error::NotFound { entity },
            Failure::Conflict | Failure::ConflictOrNotFound => Error::Conflict { entity, operation, current },
        })
    }

    async fn send(&self, request: WriteRequest) -> Result<(), Refusal> {
        match request {
            WriteRequest::PutItem(input) => self.put_item(*input).await,
            WriteRequest::DeleteItem(input) => self.delete_item(*input).await,
            WriteRequest::UpdateItem(input) => self.update_item(*input).await,
            WriteRequest::TransactWriteItems(input) => self.transact(*input).await,
        }
    }

    async fn put_item(&self, input: PutItemInput) -> Result<(), Refusal> {
        send_one!(self, put_item, PutItemError, input, set_item: item)
    }

    async fn delete_item(&self, input: DeleteItemInput) -> Result<(), Refusal> {
        send_one!(self, delete_item, DeleteItemError, input, set_key: key)
    }

    async fn update_item(&self, input: UpdateItemInput) -> Result<(), Refusal> {
        send_one!(self, update_item, UpdateItemError, input, set_key: key, set_update_expression: update_expression)
    }

    async fn transact(&self, input: TransactWriteItemsInput) -> Result<(), Refusal> {
        let request = self
            .handle
            .client
            .transact_write_items()
            .set_transact_items(input.transact_items)
            .set_return_consumed_capacity(input.return_consumed_capacity)
            .customize();
        match self.counted(request).send().await {
            Ok(output) => {
                self.consumed(output.consumed_capacity());
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
            _ => Refusal::Other(self.failed(error)),
        }
    }
}

fn reasons(error: &TransactWriteItemsError) -> Option<Vec<aws_sdk_dynamodb::types::CancellationReason>> {
    match error {
        TransactWriteItemsError::TransactionCanceledException(cancelled) => Some(cancelled.cancellation_reasons().to_vec()),
        _ => None,
    }
}
