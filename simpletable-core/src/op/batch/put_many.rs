use std::future::IntoFuture;

use tracing::Instrument;

use super::{Batch, Distinct, Options, REQUESTS, options};
use crate::entity::{NewRows, Resource, Schema};
use crate::error::{Error, Result};
use crate::handle::{BATCH_WRITE, Call, Handle};
use crate::json::RowText;
use crate::op::create::new_rows;
use crate::op::{BoxFuture, together};

/// Writes many resources, whatever is there; made by [`Table::put_many`](crate::Table::put_many).
#[must_use = "operations do nothing unless they are awaited"]
pub struct PutMany<'f, T> {
    handle: Handle,
    entity: &'static str,
    values: Vec<T>,
    options: Options<'f>,
    prepare: fn(&Handle, T) -> Result<NewRows<T>>,
}

impl<T: Schema> PutMany<'_, T> {
    pub(crate) fn new(handle: Handle, values: impl IntoIterator<Item = T>) -> Self {
        let prepare = |handle: &Handle, value| Ok(new_rows(handle, value)?.1);
        Self { handle, entity: T::NAME, values: values.into_iter().collect(), options: Options::new(REQUESTS), prepare }
    }
}

options!(PutMany, "requests of 25 rows");

/// What became of the rows of one request, in their order.
type Written = Vec<Result<()>>;

impl<T: Send + Sync> PutMany<'_, T> {
    async fn send(mut self, call: &Call) -> Result<Batch<Resource<T>>> {
        let progress = self.options.progress(self.values.len());
        let mut distinct = Distinct::default();
        let mut rows: Vec<RowText> = Vec::with_capacity(self.values.len());
        let mut resources = Vec::with_capacity(self.values.len());
        for value in self.values {
            resources.push((self.prepare)(&self.handle, value).map(|new| {
                let number = distinct.number(&new.resource.row().key());
                // DynamoDB refuses a key that comes twice in a request. One after another, the last would stay.
                match rows.get_mut(number) {
                    Some(row) => *row = new.head,
                    None => rows.push(new.head),
                }
                (number, new.resource)
            }));
        }
        progress.add(resources.iter().filter(|resource| resource.is_err()).count());
        let requests = rows.chunks(BATCH_WRITE).zip(distinct.uses.chunks(BATCH_WRITE)).map(|(rows, uses)| -> BoxFuture<'_, Written> {
            let progress = &progress;
            Box::pin(async move {
                let written = put(call, rows).await;
                progress.add(uses.iter().sum());
                Ok(written)
            })
        });
        let written = together(requests.collect(), self.options.concurrency).await?.concat();
        let results = resources.into_iter().map(|prepared| {
            let (number, resource) = prepared?;
            written[number].clone().map(|()| resource)
        });
        Ok(Batch::new(results.collect()))
    }
}

/// Writes the rows of one request, and says of each what became of it.
async fn put(call: &Call, rows: &[RowText]) -> Written {
    let part = call.part();
    let sent = part.write_batch(rows).await;
    call.include(&part);
    let Err(left) = sent else { return vec![Ok(()); rows.len()] };
    let error = if part.unclear() > 0 { unknown(call, left.error) } else { left.error };
    (0..rows.len()).map(|row| if left.rows.contains(&row) { Err(error.clone()) } else { Ok(()) }).collect()
}

/// After a lost answer, rows that were refused later may have been written before.
fn unknown(call: &Call, error: Error) -> Error {
    let source = match error {
        Error::Sdk { source, .. } => Some(source),
        _ => None,
    };
    Error::Unknown { entity: call.entity, operation: call.operation, source }
}

impl<'f, T: Send + Sync + 'f> IntoFuture for PutMany<'f, T> {
    type Output = Result<Batch<Resource<T>>>;
    type IntoFuture = BoxFuture<'f, Batch<Resource<T>>>;

    fn into_future(self) -> Self::IntoFuture {
        let call = self.handle.call("put_many", self.entity);
        let span = call.span.clone();
        Box::pin(async move { self.send(&call).await }.instrument(span))
    }
}
