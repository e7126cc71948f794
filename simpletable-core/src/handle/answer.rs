//! Answers, taken as the bytes that came: the SDK does not build a tree of values that would be taken apart again.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_dynamodb::config::{ConfigBag, FrozenLayer, RuntimePlugin};
use aws_smithy_runtime_api::client::interceptors::context::{Error, Output};
use aws_smithy_runtime_api::client::orchestrator::{HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::ser_de::{DeserializeResponse, SharedResponseDeserializer};

use crate::error::Item;
use crate::json::{RawRow, Reader, Refused, Rows, Span, item_at};

/// What a request brought.
#[derive(Default)]
pub(crate) struct Answer {
    rows: Arc<Rows>,
    found: Found,
}

#[derive(Default)]
struct Found {
    /// One for each that was asked for, where they were asked for one by one.
    spans: Vec<Option<Span>>,
    count: u64,
    scanned: u64,
    next: Option<Item>,
    capacity: f64,
    left: Vec<Item>,
}

impl Answer {
    /// Reads an answer to any operation.
    fn read(body: &[u8]) -> Result<Self, Refused> {
        let text = std::str::from_utf8(body).map_err(|_| Refused::Syntax)?.to_owned();
        let (rows, found) = Rows::read(text, |rows, reader| {
            let mut found = Found::default();
            // An operation without anything to say may send nothing at all.
            if reader.peek().is_some() {
                reader.members(|reader, name| found.member(rows, reader, &name.text()?))?;
            }
            reader.end()?;
            Ok(found)
        })?;
        Ok(Self { rows: Arc::new(rows), found })
    }

    /// The rows, of which each may be kept for itself.
    pub(crate) fn rows(&self) -> Vec<RawRow> {
        self.found.spans.iter().flatten().map(|span| RawRow::new(Arc::clone(&self.rows), *span)).collect()
    }

    /// The rows that were asked for one by one, in that order.
    pub(crate) fn each(&self) -> Vec<Option<RawRow>> {
        self.found.spans.iter().map(|span| span.map(|span| RawRow::new(Arc::clone(&self.rows), span))).collect()
    }

    /// How many rows DynamoDB found, whether it sent them or not.
    pub(crate) fn count(&self) -> u64 {
        self.found.count
    }

    /// How many rows DynamoDB read.
    pub(crate) fn scanned(&self) -> u64 {
        self.found.scanned
    }

    /// What was consumed, in capacity units.
    pub(crate) fn capacity(&self) -> f64 {
        self.found.capacity
    }

    /// Where the next request begins.
    pub(crate) fn next(&mut self) -> Option<Item> {
        self.found.next.take().filter(|next| !next.is_empty())
    }

    /// What of a batch was not done: the keys that were not looked for, or the rows that were not written.
    pub(crate) fn left(&mut self) -> Vec<Item> {
        std::mem::take(&mut self.found.left)
    }
}

impl Found {
    fn member(&mut self, rows: &mut Rows, reader: &mut Reader<'_>, name: &str) -> Result<(), Refused> {
        if reader.peek() == Some(b'n') {
            return reader.word("null");
        }
        match name {
            // A write answers with attributes, where it is asked for them.
            "Item" | "Attributes" => self.spans.push(Some(rows.item(reader)?)),
            "Items" => self.items(rows, reader)?,
            // A batch's are by table, of which one is asked for; a transaction's, one by one.
            "Responses" if reader.peek() == Some(b'{') => reader.members(|reader, _| self.items(rows, reader))?,
            "Responses" => reader.elements(|reader| {
                let before = self.spans.len();
                reader.members(|reader, name| self.member(rows, reader, &name.text()?))?;
                if self.spans.len() == before {
                    self.spans.push(None);
                }
                Ok(())
            })?,
            "Count" => self.count = number(reader)?,
            "ScannedCount" => self.scanned = number(reader)?,
            "LastEvaluatedKey" => self.next = Some(item_at(reader, 0)?),
            "ConsumedCapacity" if reader.peek() == Some(b'[') => reader.elements(|reader| self.consumed(reader))?,
            "ConsumedCapacity" => self.consumed(reader)?,
            "UnprocessedKeys" => reader.members(|reader, _| self.unprocessed(reader))?,
            "UnprocessedItems" => reader.members(|reader, _| reader.elements(|reader| self.unwritten(reader)))?,
            _ => drop(reader.skip()?),
        }
        Ok(())
    }

    fn items(&mut self, rows: &mut Rows, reader: &mut Reader<'_>) -> Result<(), Refused> {
        reader.elements(|reader| {
            let before = reader.rest().len();
            let row = rows.item(reader)?;
            if self.spans.is_empty() {
                // The others are about as long, and no more than the text has room for.
                let fit = reader.rest().len() / (before - reader.rest().len()).max(1);
                let told = usize::try_from(self.count).unwrap_or(usize::MAX);
                let more = if told > 0 { fit.min(told) } else { fit };
                self.spans.reserve(more + 1);
                rows.reserve(more, row);
            }
            self.spans.push(Some(row));
            Ok(())
        })
    }

    fn consumed(&mut self, reader: &mut Reader<'_>) -> Result<(), Refused> {
        reader.members(|reader, name| {
            if name.raw == "CapacityUnits" {
                self.capacity += reader.number()?.parse::<f64>().map_err(|_| Refused::Syntax)?;
            } else {
                reader.skip()?;
            }
            Ok(())
        })
    }

    fn unprocessed(&mut self, reader: &mut Reader<'_>) -> Result<(), Refused> {
        reader.members(|reader, name| {
            if name.raw == "Keys" {
                reader.elements(|reader| {
                    self.left.push(item_at(reader, 0)?);
                    Ok(())
                })
            } else {
                reader.skip().map(drop)
            }
        })
    }

    /// A row of a batch that was not put.
    fn unwritten(&mut self, reader: &mut Reader<'_>) -> Result<(), Refused> {
        let before = self.left.len();
        reader.members(|reader, _| {
            reader.members(|reader, name| {
                if name.raw == "Item" {
                    self.left.push(item_at(reader, 0)?);
                } else {
                    reader.skip()?;
                }
                Ok(())
            })
        })?;
        // Which row it is has to be known.
        if self.left.len() == before + 1 { Ok(()) } else { Err(Refused::Syntax) }
    }
}

fn number(reader: &mut Reader<'_>) -> Result<u64, Refused> {
    reader.number()?.parse().map_err(|_| Refused::Syntax)
}

/// An operation of the SDK: what it is given in the place of what it would have read, and what reads its errors.
#[derive(Clone, Copy)]
pub(crate) struct Operation {
    name: &'static str,
    /// An output without anything.
    output: fn() -> Output,
    own: fn() -> Option<FrozenLayer>,
}

/// Names the types of an operation. The SDK has no trait over them.
macro_rules! operation {
    ($constant:ident, $module:ident, $operation:ident, $output:ident) => {
        pub(crate) const $constant: Operation = Operation {
            name: stringify!($operation),
            output: || Output::erase(aws_sdk_dynamodb::operation::$module::$output::builder().build()),
            own: || aws_sdk_dynamodb::operation::$module::$operation::new().config(),
        };
    };
}

operation!(GET_ITEM, get_item, GetItem, GetItemOutput);
operation!(QUERY, query, Query, QueryOutput);
operation!(SCAN, scan, Scan, ScanOutput);
operation!(TRANSACT_GET_ITEMS, transact_get_items, TransactGetItems, TransactGetItemsOutput);
operation!(BATCH_GET_ITEM, batch_get_item, BatchGetItem, BatchGetItemOutput);
operation!(PUT_ITEM, put_item, PutItem, PutItemOutput);
operation!(DELETE_ITEM, delete_item, DeleteItem, DeleteItemOutput);
operation!(UPDATE_ITEM, update_item, UpdateItem, UpdateItemOutput);
operation!(TRANSACT_WRITE_ITEMS, transact_write_items, TransactWriteItems, TransactWriteItemsOutput);
operation!(BATCH_WRITE_ITEM, batch_write_item, BatchWriteItem, BatchWriteItemOutput);

impl Operation {
    pub(super) fn name(&self) -> &'static str {
        self.name
    }

    /// Reads a response as the SDK does: its errors are of the operation's own type.
    fn by_the_sdk(&self, response: &HttpResponse, config: &ConfigBag) -> Result<Output, OrchestratorError<Error>> {
        let layer = (self.own)();
        let reader = layer.as_ref().and_then(|layer| layer.load::<SharedResponseDeserializer>());
        let reader = reader.ok_or_else(|| OrchestratorError::other("the operation reads no errors"))?;
        reader.deserialize_nonstreaming_with_config(response, config)
    }
}

/// Where an answer is put.
#[derive(Clone, Default)]
pub(crate) struct Slot(Arc<Mutex<Option<Answer>>>);

impl Slot {
    /// The answer to the request that succeeded.
    pub(crate) fn take(&self) -> Answer {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take().unwrap_or_default()
    }
}

/// Takes the answer of a request that succeeded in the place of the SDK. What it refuses stays the SDK's to read.
#[derive(Clone)]
pub(super) struct TakeAnswer {
    pub(super) slot: Slot,
    pub(super) operation: Operation,
}

/// No values.
impl fmt::Debug for TakeAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TakeAnswer").field("operation", &self.operation.name).finish_non_exhaustive()
    }
}

impl DeserializeResponse for TakeAnswer {
    fn deserialize_nonstreaming_with_config(
        &self,
        response: &HttpResponse,
        config: &ConfigBag,
    ) -> Result<Output, OrchestratorError<Error>> {
        if !response.status().is_success() {
            return self.operation.by_the_sdk(response, config);
        }
        let answer = Answer::read(response.body().bytes().unwrap_or_default());
        let answer = answer.map_err(|_| OrchestratorError::other("the answer is not DynamoDB's JSON"))?;
        *self.slot.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(answer);
        Ok((self.operation.output)())
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::operation::put_item::PutItemError;
    use aws_sdk_dynamodb::types::AttributeValue;
    use aws_smithy_types::body::SdkBody;

    use super::*;

    fn keys(rows: &[RawRow]) -> Vec<String> {
        rows.iter().map(|row| row.text("pk").expect("a key").into_owned()).collect()
    }

    #[test]
    fn reads_what_each_operation_answers() {
        let read = |text: &str| Answer::read(text.as_bytes()).expect("an answer");
        let mut page = read(
            r#" {"Count":2,"ScannedCount":7,"Items":[{"pk":{"S":"a"}}, {"n":{"N":"1"},"pk":{"S":"\u00e9"}}],"New":[{"x":[1]}],
            "LastEvaluatedKey":{"pk":{"S":"b"}},"ConsumedCapacity":{"TableName":"t","CapacityUnits":1.5,"Table":{"CapacityUnits":9}}} "#,
        );
        assert_eq!((page.count(), page.scanned(), page.capacity()), (2, 7, 1.5));
        assert_eq!(keys(&page.rows()), ["a", "é"]);
        assert_eq!(page.next().expect("more")["pk"].as_s().map(String::as_str), Ok("b"));

        let batch = r#"{"Responses":{"t":[{"pk":{"S":"a"}}]},"UnprocessedKeys":{"t":{"ConsistentRead":true,"Keys":[{"pk":{"S":"b"}}]}},
            "ConsumedCapacity":[{"CapacityUnits":1},{"CapacityUnits":0.5}]}"#;
        let mut batch = read(batch);
        assert_eq!((keys(&batch.rows()), batch.left().len(), batch.capacity()), (vec!["a".to_owned()], 1, 1.5));

        let each = read(r#"{"Responses":[{"Item":{"pk":{"S":"a"}}},{},{"Item":null},{"Item":{"pk":{"S":"b"}}}]}"#).each();
        assert_eq!(each.iter().map(Option::is_some).collect::<Vec<_>>(), [true, false, false, true]);

        for nothing in ["", "{}", r#"{"Item":null,"Items":null,"LastEvaluatedKey":null,"ConsumedCapacity":null}"#] {
            assert!(read(nothing).rows().is_empty() && read(nothing).next().is_none());
        }
        assert!(read(r#"{"LastEvaluatedKey":{}}"#).next().is_none());
    }

    #[test]
    fn refuses_what_is_no_answer() {
        for text in [
            "[]",
            "null",
            "{",
            r#"{"Items":[{"#,
            r#"{"Items":{}}"#,
            r#"{"Items":[1]}"#,
            r#"{"Count":-1}"#,
            r#"{"Count":1.5}"#,
            "{} {}",
            r#"{"Count":99999999999999999999}"#,
            r#"{"LastEvaluatedKey":{"pk":"a"}}"#,
            r#"{"UnprocessedKeys":{"t":{"Keys":1}}}"#,
            r#"{"UnprocessedItems":{"t":[{}]}}"#,
            r#"{"UnprocessedItems":{"t":[{"PutRequest":{}}]}}"#,
            r#"{"UnprocessedItems":{"t":[{"PutRequest":{"Item":1}}]}}"#,
        ] {
            assert!(Answer::read(text.as_bytes()).is_err(), "{text}");
        }
        assert!(Answer::read(b"{\"a\":\"\xff\"}").is_err());
        assert!(Answer::read(format!("{{\"a\":{}", "[".repeat(1_000_000)).as_bytes()).is_err());
    }

    #[test]
    fn a_refusal_is_of_the_operations_own_type() {
        let body = r#"{"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException","Item":{"pk":{"S":"a"}}}"#;
        let refused = HttpResponse::new(400.try_into().expect("a status"), SdkBody::from(body));
        let reader = TakeAnswer { slot: Slot::default(), operation: PUT_ITEM };
        let error = reader.deserialize_nonstreaming_with_config(&refused, &ConfigBag::base()).expect_err("refused");
        let error = error.as_operation_error().and_then(|error| error.downcast_ref());
        let Some(PutItemError::ConditionalCheckFailedException(failed)) = error else { panic!("another error: {error:?}") };
        assert_eq!(failed.item().map(|row| row["pk"].clone()), Some(AttributeValue::S("a".to_owned())));
    }
}
