//! Idempotency keys: a write that carries one leaves a claim of it behind, in the same transaction, and finds that of an earlier one.

use aws_sdk_dynamodb::operation::get_item::GetItemInput;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity};
use chrono::TimeDelta;

use super::{Action, Failure, Plan};
use crate::codec::{is_expired, name};
use crate::error::{Error, Result};
use crate::expr::Node;
use crate::handle::{Call, Handle, built, key_item};
use crate::key;

impl Plan {
    /// The same write, made once for all that carry this key.
    ///
    /// # Errors
    /// [`Error::KeyValue`], where no key of the table can hold it.
    pub(crate) fn once(mut self, handle: &Handle, entity: &'static str, key: Option<&str>) -> Result<Self> {
        // The first of all that fail is what the caller is told: a repeated write finds its own traces, too.
        self.actions.splice(0..0, Action::once(handle, entity, key)?);
        Ok(self)
    }
}

impl Action {
    /// The claim of an idempotency key.
    ///
    /// # Errors
    /// [`Error::KeyValue`], where no key of the table can hold it.
    pub(crate) fn once(handle: &Handle, entity: &'static str, key: Option<&str>) -> Result<Option<Self>> {
        let Some(key) = key else { return Ok(None) };
        let (ttl_attribute, now) = (handle.limits().ttl_attribute, handle.stamps().now());
        let seconds = |seconds: i64| AttributeValue::N(seconds.to_string());
        let period = TimeDelta::from_std(handle.settings.idempotency_period).unwrap_or(TimeDelta::MAX);
        let mut item = key_item(key::idempotency(entity, key)?);
        // To the end of its last second: not a moment less than was asked for.
        let expires = now.timestamp().saturating_add(period.num_seconds()).saturating_add(1);
        item.insert(ttl_attribute.to_owned(), seconds(expires));
        let free = Node::Any(vec![Node::absent(name::PK), Node::at_most(ttl_attribute, seconds(now.timestamp()))]);
        Ok(Some(Self::put(item).only_if(free, Failure::AlreadyApplied)))
    }
}

impl Call {
    /// What a write that ended before it was sent has to say: that the row is not as it should be, or that this very write made it so.
    pub(crate) async fn unless_applied(&self, key: Option<&str>, error: Error) -> Error {
        let Some(key) = key.filter(|_| error.is_not_found() || error.is_conflict()) else { return error };
        match self.was_applied(key).await {
            Ok(true) => Error::AlreadyApplied { entity: self.entity, operation: self.operation },
            Ok(false) => error,
            Err(error) => error,
        }
    }

    async fn was_applied(&self, key: &str) -> Result<bool> {
        let handle = &self.handle;
        let input = GetItemInput::builder()
            .table_name(handle.table())
            .set_key(Some(key_item(key::idempotency(self.entity, key)?)))
            .consistent_read(true)
            .return_consumed_capacity(ReturnConsumedCapacity::Total);
        let claim = self.get_item(built(input.build())).await?;
        Ok(claim.is_some_and(|claim| !is_expired(&claim, handle.limits().ttl_attribute, handle.stamps().now())))
    }
}
