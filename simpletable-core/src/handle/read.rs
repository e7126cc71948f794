//! The requests that read for an operation: one row, and the keys of a history.

use aws_sdk_dynamodb::operation::get_item::GetItemInput;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity};

use super::Call;
use super::answer::{GET_ITEM, QUERY};
use crate::codec::name;
use crate::error::{Item, Result};
use crate::json::RawRow;
use crate::key::PrimaryKey;

/// A key as requests carry it.
pub(crate) fn key_item(key: PrimaryKey) -> Item {
    Item::from([(name::PK.to_owned(), AttributeValue::S(key.pk)), (name::SK.to_owned(), AttributeValue::S(key.sk))])
}

impl Call {
    /// Reads one row.
    pub(crate) async fn get_item(&self, input: GetItemInput) -> Result<Option<RawRow>> {
        let request = self
            .handle
            .client
            .get_item()
            .set_table_name(input.table_name)
            .set_key(input.key)
            .set_consistent_read(input.consistent_read)
            .set_return_consumed_capacity(input.return_consumed_capacity)
            .customize();
        let (request, slot) = self.reading(request, GET_ITEM);
        self.in_time(request.send()).await.map_err(|error| self.failed(error))?;
        let answer = slot.take();
        self.add_capacity(answer.capacity());
        Ok(answer.rows().pop())
    }

    /// The sort keys of a history's rows, one page at a time, beginning after `after`.
    pub(crate) async fn history_keys(&self, pk: &str, after: Option<Item>) -> Result<(Vec<Item>, Option<Item>)> {
        let request = self
            .handle
            .client
            .query()
            .table_name(self.handle.table())
            .key_condition_expression("pk = :pk AND sk > :head")
            .expression_attribute_values(":pk", AttributeValue::S(pk.to_owned()))
            .expression_attribute_values(":head", AttributeValue::S("v0".to_owned()))
            .projection_expression("pk, sk")
            .consistent_read(true)
            .set_exclusive_start_key(after)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .customize();
        let (request, slot) = self.reading(request, QUERY);
        self.in_time(request.send()).await.map_err(|error| self.failed(error))?;
        let mut answer = slot.take();
        self.add_capacity(answer.capacity());
        let keys = answer.rows().iter().filter_map(|row| row.to_item().ok()).collect();
        Ok((keys, answer.next()))
    }
}
