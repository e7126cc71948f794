//! What a plan becomes in the SDK's types, for who looks at it or sends it by other means. What we send is [`body`](super::body).

use aws_sdk_dynamodb::operation::delete_item::DeleteItemInput;
use aws_sdk_dynamodb::operation::put_item::PutItemInput;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsInput;
use aws_sdk_dynamodb::operation::update_item::UpdateItemInput;
use aws_sdk_dynamodb::types::{
    ConditionCheck, Delete, Put, ReturnConsumedCapacity, ReturnValue, ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update,
};

use super::{Action, Plan, Write};
use crate::error::{Error, Result};
use crate::expr::Expression;
use crate::handle::{built, key_item};

/// A write's request, in the SDK's types: what `into_input` gives.
///
/// For tests that look at what would be sent, and for programs that put it into a transaction of their own. Values are in it, also in `Debug`.
///
/// # Examples
/// ```
/// # use serde::{Deserialize, Serialize}; use simpletable::{SingleTable, Table, WriteRequest};
/// # #[derive(Serialize, Deserialize, SingleTable)] #[table(versioned)] struct Document { title: String }
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
/// # let table = Table::in_memory::<Document>().await?;
/// let request = table.create(Document { title: "draft".into() }).into_input()?;
/// let WriteRequest::TransactWriteItems(transaction) = request else { unreachable!("a head and its first version") };
/// assert_eq!(transaction.transact_items().len(), 2);
/// # Ok(()) }
/// ```
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq)]
pub enum WriteRequest {
    /// One row is written.
    PutItem(Box<PutItemInput>),
    /// One row is deleted.
    DeleteItem(Box<DeleteItemInput>),
    /// One row is changed in place.
    UpdateItem(Box<UpdateItemInput>),
    /// Several rows are written or none.
    TransactWriteItems(Box<TransactWriteItemsInput>),
}

/// An action as requests carry it, but for the row itself.
pub(super) struct Written {
    pub(super) update: Option<String>,
    pub(super) condition: Option<String>,
    pub(super) expression: Expression,
    pub(super) returned: Option<ReturnValuesOnConditionCheckFailure>,
}

impl Written {
    /// The steps and the condition share one set of placeholders, so that no two of them are the same.
    pub(super) fn new(action: &Action, entity: &'static str) -> Result<Self> {
        let mut expression = Expression::default();
        let condition = action.write_condition(&mut expression);
        let steps = if let Write::Change(change) = &action.write { &change.steps[..] } else { &[] };
        let update = (!steps.is_empty()).then(|| expression.update(steps));
        let texts: Vec<&str> = condition.iter().chain(&update).map(String::as_str).collect();
        let entity = action.origin.map_or(entity, |origin| origin.entity);
        expression.check_texts(&texts).map_err(|problem| Error::Expression { entity, problem })?;
        let returned = condition.is_some().then_some(ReturnValuesOnConditionCheckFailure::AllOld);
        Ok(Self { update, condition, expression, returned })
    }
}

impl Plan {
    /// The request; the entity is for errors.
    ///
    /// # Errors
    /// [`Error::Expression`].
    pub(crate) fn into_request(self, table: &str, entity: &'static str) -> Result<WriteRequest> {
        let plan = self.with_counts();
        let is_transaction = plan.is_transaction();
        let returns = plan.returns;
        match <[Action; 1]>::try_from(plan.actions) {
            Ok([action]) if !is_transaction => action.into_request(table, entity, returns),
            Ok(action) => transaction(action, table, entity),
            Err(actions) => transaction(actions, table, entity),
        }
    }
}

fn transaction(actions: impl IntoIterator<Item = Action>, table: &str, entity: &'static str) -> Result<WriteRequest> {
    let items = actions.into_iter().map(|action| action.into_item(table, entity)).collect::<Result<_>>()?;
    let input = TransactWriteItemsInput::builder().set_transact_items(Some(items)).return_consumed_capacity(ReturnConsumedCapacity::Total);
    Ok(WriteRequest::TransactWriteItems(Box::new(built(input.build()))))
}

impl Action {
    /// The action as a request of its own.
    fn into_request(self, table: &str, entity: &'static str, returns: Option<ReturnValue>) -> Result<WriteRequest> {
        let total = ReturnConsumedCapacity::Total;
        let written = Written::new(&self, entity)?;
        let (_, names, values) = written.expression.into_parts();
        Ok(match self.write {
            Write::Put(row) => {
                let input = PutItemInput::builder()
                    .table_name(table)
                    .set_item(Some(row.to_item()))
                    .set_condition_expression(written.condition)
                    .set_expression_attribute_names(names)
                    .set_expression_attribute_values(values)
                    .set_return_values_on_condition_check_failure(written.returned)
                    .set_return_values(returns)
                    .return_consumed_capacity(total);
                WriteRequest::PutItem(Box::new(built(input.build())))
            }
            Write::Delete(key) => {
                let input = DeleteItemInput::builder()
                    .table_name(table)
                    .set_key(Some(key_item(key)))
                    .set_condition_expression(written.condition)
                    .set_expression_attribute_names(names)
                    .set_expression_attribute_values(values)
                    .set_return_values_on_condition_check_failure(written.returned)
                    .set_return_values(returns)
                    .return_consumed_capacity(total);
                WriteRequest::DeleteItem(Box::new(built(input.build())))
            }
            Write::Change(change) => {
                let input = UpdateItemInput::builder()
                    .table_name(table)
                    .set_key(Some(key_item(change.key)))
                    .set_update_expression(written.update)
                    .set_condition_expression(written.condition)
                    .set_expression_attribute_names(names)
                    .set_expression_attribute_values(values)
                    .set_return_values_on_condition_check_failure(written.returned)
                    .set_return_values(returns)
                    .return_consumed_capacity(total);
                WriteRequest::UpdateItem(Box::new(built(input.build())))
            }
            Write::Check(_) => unreachable!("a check is always part of a transaction"),
        })
    }

    /// The action as one of a transaction.
    fn into_item(self, table: &str, entity: &'static str) -> Result<TransactWriteItem> {
        let item = TransactWriteItem::builder();
        let written = Written::new(&self, entity)?;
        let (_, names, values) = written.expression.into_parts();
        Ok(match self.write {
            Write::Put(row) => {
                let put = Put::builder()
                    .table_name(table)
                    .set_item(Some(row.to_item()))
                    .set_condition_expression(written.condition)
                    .set_expression_attribute_names(names)
                    .set_expression_attribute_values(values)
                    .set_return_values_on_condition_check_failure(written.returned);
                item.put(built(put.build())).build()
            }
            Write::Delete(key) => {
                let delete = Delete::builder()
                    .table_name(table)
                    .set_key(Some(key_item(key)))
                    .set_condition_expression(written.condition)
                    .set_expression_attribute_names(names)
                    .set_expression_attribute_values(values)
                    .set_return_values_on_condition_check_failure(written.returned);
                item.delete(built(delete.build())).build()
            }
            Write::Change(change) => {
                let update = Update::builder()
                    .table_name(table)
                    .set_key(Some(key_item(change.key)))
                    .set_update_expression(written.update)
                    .set_condition_expression(written.condition)
                    .set_expression_attribute_names(names)
                    .set_expression_attribute_values(values)
                    .set_return_values_on_condition_check_failure(written.returned);
                item.update(built(update.build())).build()
            }
            Write::Check(key) => {
                let check = ConditionCheck::builder()
                    .table_name(table)
                    .set_key(Some(key_item(key)))
                    .set_condition_expression(written.condition)
                    .set_expression_attribute_names(names)
                    .set_expression_attribute_values(values)
                    .set_return_values_on_condition_check_failure(written.returned);
                item.condition_check(built(check.build())).build()
            }
        })
    }
}
