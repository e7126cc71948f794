use std::collections::HashMap;
use std::fmt;

use aws_sdk_dynamodb::types::AttributeValue;

/// An item as the SDK has it.
pub type Item = HashMap<String, AttributeValue>;

/// The row that was there when a condition failed, where DynamoDB returned it. `Debug` does not show it;
/// [`Error::current`](crate::Error::current) decodes it.
#[derive(Clone, Default)]
pub struct Current(Option<Box<CurrentRow>>);

/// The row, and what its table's TTL attribute is called, without which it cannot be decoded.
#[derive(Clone)]
pub(crate) struct CurrentRow {
    pub(crate) item: Item,
    pub(crate) ttl_attribute: &'static str,
    /// How many bytes it may inflate to.
    pub(crate) inflated_bytes: usize,
}

impl Current {
    pub(crate) fn new(item: Option<Item>, ttl_attribute: &'static str, inflated_bytes: usize) -> Self {
        Self(item.filter(|item| !item.is_empty()).map(|item| Box::new(CurrentRow { item, ttl_attribute, inflated_bytes })))
    }

    /// Whether DynamoDB returned a row.
    pub fn is_some(&self) -> bool {
        self.0.is_some()
    }

    pub(crate) fn row(&self) -> Option<&CurrentRow> {
        self.0.as_deref()
    }
}

impl fmt::Debug for Current {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_some() { "Current(..)" } else { "Current(none)" })
    }
}
