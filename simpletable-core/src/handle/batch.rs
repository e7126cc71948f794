//! Batches: rows that are read or written by the dozen, where DynamoDB may do a part and leave the rest to be sent again.

use aws_sdk_dynamodb::types::{KeysAndAttributes, ReturnConsumedCapacity};

use super::answer::{BATCH_GET_ITEM, BATCH_WRITE_ITEM};
use super::{Body, Call};
use crate::codec::name;
use crate::error::{Error, Item, Result};
use crate::json::{RawRow, RowText, write_name};
use crate::key::PrimaryKey;

/// How many rows one request can write.
///
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html>
pub(crate) const BATCH_WRITE: usize = 25;

/// How many rows one request can read.
///
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html>
pub(crate) const BATCH_GET: usize = 100;

/// How many requests in a row may do nothing before a batch is given up.
const IDLE_ROUNDS: u32 = 10;

/// What is left of a batch that was given up, by place, and why.
pub(crate) struct Left {
    pub(crate) rows: Vec<usize>,
    pub(crate) error: Error,
}

/// How a batch comes on, from request to request.
#[derive(Default)]
struct Rounds {
    /// How many requests in a row did nothing.
    idle: u32,
}

impl Rounds {
    /// Waits for the next request, where something is left. An answer of 16 MB leaves rows over without any need to slow down, and looks
    /// like one from a table that is throttled: so there is always a pause, which grows only while nothing moves.
    async fn next(&mut self, moved: bool, call: &Call) -> Result<()> {
        self.idle = if moved { 0 } else { self.idle + 1 };
        if self.idle == IDLE_ROUNDS {
            return Err(Error::Busy { entity: call.entity, operation: call.operation, attempts: IDLE_ROUNDS });
        }
        call.pause(self.idle.saturating_sub(1)).await;
        Ok(())
    }

    /// The same after an error: where all rows of a batch are throttled, DynamoDB does not leave them over but refuses the request.
    async fn after(&mut self, error: Error, call: &Call) -> Result<()> {
        if !error.is_throttled() {
            return Err(error);
        }
        self.next(false, call).await.map_err(|_| error)
    }
}

impl Call {
    /// Reads the rows that exist, in no order. What DynamoDB leaves over is sent again, with growing pauses.
    ///
    /// # Errors
    /// [`Error::Busy`] when nothing moves any more; [`Error::Sdk`].
    pub(crate) async fn read_batch(&self, mut keys: Vec<Item>, consistent: bool) -> Result<Vec<RawRow>> {
        let mut rounds = Rounds::default();
        let mut items = Vec::with_capacity(keys.len());
        loop {
            match self.read_once(keys.clone(), consistent).await {
                Ok((found, left)) => {
                    items.extend(found);
                    if left.is_empty() {
                        return Ok(items);
                    }
                    rounds.next(left.len() < keys.len(), self).await?;
                    keys = left;
                }
                Err(error) => rounds.after(error, self).await?,
            }
        }
    }

    async fn read_once(&self, keys: Vec<Item>, consistent: bool) -> Result<(Vec<RawRow>, Vec<Item>)> {
        let table = self.handle.table();
        let wanted = KeysAndAttributes::builder().set_keys(Some(keys)).set_consistent_read(consistent.then_some(true)).build();
        let request = self
            .handle
            .client
            .batch_get_item()
            .request_items(table, wanted.unwrap_or_else(|_| unreachable!("the keys are set")))
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .customize();
        let (request, slot) = self.reading(request, BATCH_GET_ITEM);
        self.in_time(request.send()).await.map_err(|error| self.failed(error))?;
        let mut answer = slot.take();
        self.add_capacity(answer.capacity());
        Ok((answer.rows(), answer.left()))
    }

    /// Writes rows, whatever is there. What DynamoDB leaves over is sent again, with growing pauses.
    ///
    /// # Errors
    /// What is left, with [`Error::Busy`] when nothing moves any more, or [`Error::Sdk`].
    pub(crate) async fn write_batch(&self, rows: &[RowText]) -> Result<(), Left> {
        let mut rounds = Rounds::default();
        let mut sent: Vec<usize> = (0..rows.len()).collect();
        loop {
            let waited = match self.write_once(sent.iter().map(|row| &rows[*row])).await {
                Ok(left) if left.is_empty() => return Ok(()),
                Ok(left) => {
                    let keys: Vec<PrimaryKey> = sent.iter().map(|row| rows[*row].key()).collect();
                    if left.iter().any(|key| key.as_ref().is_none_or(|key| !keys.contains(key))) {
                        // Nobody sent such a row, so nobody knows what became of those that were.
                        let error = Error::Unknown { entity: self.entity, operation: self.operation, source: None };
                        return Err(Left { rows: sent, error });
                    }
                    let mut keys = keys.into_iter().map(Some);
                    let before = sent.len();
                    sent.retain(|_| left.contains(&keys.next().flatten()));
                    rounds.next(sent.len() < before, self).await
                }
                Err(error) => rounds.after(error, self).await,
            };
            if let Err(error) = waited {
                return Err(Left { rows: sent, error });
            }
        }
    }

    /// Sends rows once, and gives the keys of those that are left over; `None` for what has no key.
    async fn write_once<'a>(&self, rows: impl Iterator<Item = &'a RowText>) -> Result<Vec<Option<PrimaryKey>>> {
        let table = self.handle.table();
        // The input says which table the request is about; the rows are in the body.
        let request = self.handle.client.batch_write_item().request_items(table, Vec::new()).customize();
        let (request, slot) = self.writing(request, &Body::new(BATCH_WRITE_ITEM, batch(table, rows)));
        self.in_time(request.send()).await.map_err(|error| self.failed(error))?;
        let mut answer = slot.take();
        self.add_capacity(answer.capacity());
        Ok(answer.left().iter().map(primary_key).collect())
    }
}

fn primary_key(row: &Item) -> Option<PrimaryKey> {
    let text = |name: &str| row.get(name)?.as_s().ok().cloned();
    Some(PrimaryKey { pk: text(name::PK)?, sk: text(name::SK)? })
}

/// The body of a request that puts rows.
fn batch<'a>(table: &str, rows: impl Iterator<Item = &'a RowText>) -> String {
    let mut out = String::with_capacity(64 * 1024);
    out.push_str("{\"ReturnConsumedCapacity\":\"TOTAL\",\"RequestItems\":{");
    write_name(&mut out, table);
    out.push('[');
    for (number, row) in rows.enumerate() {
        let before = if number > 0 { ",{\"PutRequest\":{\"Item\":" } else { "{\"PutRequest\":{\"Item\":" };
        out.extend([before, row.as_str(), "}}"]);
    }
    out.push_str("]}}");
    out
}
