//! The write plan: what every write becomes, before anything is sent.

mod execute;
mod outcome;

use aws_sdk_dynamodb::operation::delete_item::DeleteItemInput;
use aws_sdk_dynamodb::operation::put_item::PutItemInput;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsInput;
use aws_sdk_dynamodb::operation::update_item::UpdateItemInput;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity, ReturnValuesOnConditionCheckFailure, TransactWriteItem};
use chrono::{DateTime, Utc};

use crate::codec::{OUT_OF_SERVICE, name};
use crate::entity::Check;
use crate::error::Item;
use crate::expr::{Expression, Node};
use crate::handle::{built, key_item};
use crate::key::PrimaryKey;
use crate::schema::EntityDef;

/// How many actions one transaction can have.
///
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html>
pub(crate) const TRANSACTION_ACTIONS: usize = 100;

/// The row actions of one write. One action is one request of its own; several are one transaction.
#[derive(Clone)]
pub(crate) struct Plan {
    pub(crate) actions: Vec<Action>,
}

/// What becomes of one row.
#[derive(Clone)]
pub(crate) struct Action {
    pub(crate) write: Write,
    pub(crate) guard: Option<Guard>,
}

#[derive(Clone)]
pub(crate) enum Write {
    Put(Item),
    Delete(PrimaryKey),
    /// Takes a head out of service: the first step of a long deletion.
    Retire(PrimaryKey),
}

/// A condition, and what it means when it fails.
#[derive(Clone)]
pub(crate) struct Guard {
    pub(crate) condition: Node,
    pub(crate) failure: Failure,
}

/// What a failed condition means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The key is taken.
    AlreadyExists,
    /// There is no such row.
    NotFound,
    /// Somebody else changed the row.
    Conflict,
    /// Somebody else changed the row, or deleted it.
    ConflictOrNotFound,
}

impl Action {
    pub(crate) fn put(item: Item) -> Self {
        Self { write: Write::Put(item), guard: None }
    }

    pub(crate) fn delete(key: PrimaryKey) -> Self {
        Self { write: Write::Delete(key), guard: None }
    }

    pub(crate) fn retire(key: PrimaryKey) -> Self {
        Self { write: Write::Retire(key), guard: None }
    }

    pub(crate) fn only_if(mut self, condition: Node, failure: Failure) -> Self {
        self.guard = Some(Guard { condition, failure });
        self
    }
}

/// The key is free, or what is there has expired. A head that a long deletion has taken out of service is not free until it is gone: its
/// deletion would take the new history.
pub(crate) fn free(def: &EntityDef, ttl_attribute: &'static str, now: DateTime<Utc>) -> Node {
    let absent = Node::absent(name::PK);
    if def.ttl.is_none() {
        return absent;
    }
    let expired = Node::at_most(ttl_attribute, AttributeValue::N(now.timestamp().to_string()));
    let expired = if def.versioned { Node::All(vec![expired, Node::in_service()]) } else { expired };
    Node::Any(vec![absent, expired])
}

/// The row is there, and has not expired.
pub(crate) fn alive(def: &EntityDef, ttl_attribute: &'static str, now: DateTime<Utc>) -> Node {
    let exists = Node::exists(name::PK);
    if def.ttl.is_none() {
        return exists;
    }
    let later = Node::above(ttl_attribute, AttributeValue::N(now.timestamp().to_string()));
    Node::All(vec![exists, Node::Any(vec![Node::absent(ttl_attribute), later])])
}

/// The row is as it was read.
pub(crate) fn unchanged(revision: &[Check]) -> Node {
    let checks = revision.iter().map(|check| match &check.value {
        Some(value) => Node::equal(check.attribute, value.clone()),
        None => Node::absent(check.attribute),
    });
    // Absent attributes alone would hold for a deleted row too.
    let exists = revision.iter().all(|check| check.value.is_none()).then(|| Node::exists(name::PK));
    Node::All(exists.into_iter().chain(checks).collect())
}

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

/// An action's condition as requests carry it.
struct Guarded {
    text: Option<String>,
    names: Option<std::collections::HashMap<String, String>>,
    values: Option<Item>,
    returned: Option<ReturnValuesOnConditionCheckFailure>,
}

impl Guarded {
    fn new(guard: Option<&Guard>) -> Self {
        Self::from_expression(guard.map(|guard| guard.condition.expression()))
    }

    fn from_expression(expression: Option<Expression>) -> Self {
        let returned = expression.is_some().then_some(ReturnValuesOnConditionCheckFailure::AllOld);
        let (text, names, values) =
            expression.map(Expression::into_parts).map_or((None, None, None), |(text, names, values)| (Some(text), names, values));
        Self { text, names, values, returned }
    }
}

impl Plan {
    /// The request, as it will be sent.
    pub(crate) fn into_request(self, table: &str) -> WriteRequest {
        let mut actions = self.actions;
        match (actions.pop(), actions.is_empty()) {
            (Some(action), true) => action.into_request(table),
            (last, _) => {
                let items = actions.into_iter().chain(last).map(|action| action.into_request(table).into_action());
                let mut input = TransactWriteItemsInput::builder().return_consumed_capacity(ReturnConsumedCapacity::Total);
                for item in items {
                    input = input.transact_items(item);
                }
                WriteRequest::TransactWriteItems(Box::new(built(input.build())))
            }
        }
    }
}

impl Action {
    fn into_request(self, table: &str) -> WriteRequest {
        let total = ReturnConsumedCapacity::Total;
        match self.write {
            Write::Put(item) => {
                let guard = Guarded::new(self.guard.as_ref());
                let input = PutItemInput::builder()
                    .table_name(table)
                    .set_item(Some(item))
                    .set_condition_expression(guard.text)
                    .set_expression_attribute_names(guard.names)
                    .set_expression_attribute_values(guard.values)
                    .set_return_values_on_condition_check_failure(guard.returned)
                    .return_consumed_capacity(total);
                WriteRequest::PutItem(Box::new(built(input.build())))
            }
            Write::Delete(key) => {
                let guard = Guarded::new(self.guard.as_ref());
                let input = DeleteItemInput::builder()
                    .table_name(table)
                    .set_key(Some(key_item(key)))
                    .set_condition_expression(guard.text)
                    .set_expression_attribute_names(guard.names)
                    .set_expression_attribute_values(guard.values)
                    .set_return_values_on_condition_check_failure(guard.returned)
                    .return_consumed_capacity(total);
                WriteRequest::DeleteItem(Box::new(built(input.build())))
            }
            Write::Retire(key) => {
                let mut expression = self.guard.as_ref().map_or_else(Expression::default, |guard| guard.condition.expression());
                let update =
                    format!("SET {} = {}", expression.name(name::VERSION), expression.value(AttributeValue::N(OUT_OF_SERVICE.to_owned())));
                let guard = Guarded::from_expression(Some(expression));
                let input = UpdateItemInput::builder()
                    .table_name(table)
                    .set_key(Some(key_item(key)))
                    .update_expression(update)
                    .set_condition_expression(guard.text.filter(|text| !text.is_empty()))
                    .set_expression_attribute_names(guard.names)
                    .set_expression_attribute_values(guard.values)
                    .set_return_values_on_condition_check_failure(guard.returned)
                    .return_consumed_capacity(total);
                WriteRequest::UpdateItem(Box::new(built(input.build())))
            }
        }
    }
}

impl WriteRequest {
    /// The request as one action of a transaction.
    fn into_action(self) -> TransactWriteItem {
        let action = TransactWriteItem::builder();
        match self {
            Self::PutItem(put) => action.put(into_put(*put)).build(),
            Self::DeleteItem(delete) => action.delete(into_delete(*delete)).build(),
            Self::UpdateItem(_) | Self::TransactWriteItems(_) => unreachable!("a head is retired by a request of its own"),
        }
    }
}

fn into_put(input: PutItemInput) -> aws_sdk_dynamodb::types::Put {
    let put = aws_sdk_dynamodb::types::Put::builder()
        .set_table_name(input.table_name)
        .set_item(input.item)
        .set_condition_expression(input.condition_expression)
        .set_expression_attribute_names(input.expression_attribute_names)
        .set_expression_attribute_values(input.expression_attribute_values)
        .set_return_values_on_condition_check_failure(input.return_values_on_condition_check_failure);
    built(put.build())
}

fn into_delete(input: DeleteItemInput) -> aws_sdk_dynamodb::types::Delete {
    let delete = aws_sdk_dynamodb::types::Delete::builder()
        .set_table_name(input.table_name)
        .set_key(input.key)
        .set_condition_expression(input.condition_expression)
        .set_expression_attribute_names(input.expression_attribute_names)
        .set_expression_attribute_values(input.expression_attribute_values)
        .set_return_values_on_condition_check_failure(input.return_values_on_condition_check_failure);
    built(delete.build())
}
