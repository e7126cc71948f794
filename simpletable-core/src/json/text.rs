use std::sync::Arc;

use aws_sdk_dynamodb::types::AttributeValue;

use super::row::{Entries, Entry};
use super::value::{Content, read_item, read_value};
use super::writer::write_item;
use crate::error::Item;
use crate::key::PrimaryKey;

/// A row to be written: an object of DynamoDB's JSON, as it will stand in a body. Its copies share one text.
#[derive(Clone)]
pub(crate) struct RowText(Arc<str>);

impl RowText {
    /// The text has to be an object of values in DynamoDB's form.
    pub(crate) fn new(text: &str) -> Self {
        Self(Arc::from(text))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The attributes.
    pub(crate) fn entries(&self) -> Entries<'_> {
        Entry::members(&self.0).unwrap_or_else(|_| Self::broken())
    }

    /// An attribute in the SDK's type.
    pub(crate) fn get(&self, name: &str) -> Option<AttributeValue> {
        let entry = self.entries().into_iter().find(|entry| entry.is(name))?;
        Some(read_value(entry.value).unwrap_or_else(|_| Self::broken()))
    }

    pub(crate) fn key(&self) -> PrimaryKey {
        let entries = self.entries();
        let text = |name| match entries.iter().find(|entry| entry.is(name)).and_then(Entry::content) {
            Some(Content::S(text)) => text.into_owned(),
            _ => Self::broken(),
        };
        PrimaryKey { pk: text("pk"), sk: text("sk") }
    }

    /// The row in the SDK's types.
    pub(crate) fn to_item(&self) -> Item {
        read_item(&self.0).unwrap_or_else(|_| Self::broken())
    }

    fn broken<T>() -> T {
        unreachable!("it was written as DynamoDB's JSON")
    }
}

impl From<Item> for RowText {
    fn from(item: Item) -> Self {
        let mut text = String::with_capacity(256);
        write_item(&mut text, &item);
        Self::new(&text)
    }
}
