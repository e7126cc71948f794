use std::collections::HashMap;
use std::future::IntoFuture;

use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_get_items::TransactGetItemsError;
use aws_sdk_dynamodb::types::{Get, ReturnConsumedCapacity, TransactGetItem};
use tracing::Instrument;

use super::get::is_seen;
use super::{BoxFuture, lookup};
use crate::codec;
use crate::entity::{Entity, IntoKey, Limits, Member, Resource, Schema};
use crate::error::{Error, KeyValueError, Result, TransactionProblem};
use crate::handle::{Call, Handle, TRANSACT_GET_ITEMS, built, key_item};
use crate::json::RawRow;
use crate::key::{Key, PrimaryKey};
use crate::plan::{BUSY_ATTEMPTS, TRANSACTION_ACTIONS};
use crate::schema::EntityDef;

/// Reads several resources as they were at one moment; made by [`Table::get_all`](crate::Table::get_all).
#[must_use = "operations do nothing unless they are awaited"]
pub struct GetAll<F> {
    handle: Handle,
    /// The entity, where all keys are of one; else what rows of the schema are called.
    entity: &'static str,
    rows: Vec<KeyOf>,
    found: fn(Vec<Option<RawRow>>, &Limits) -> Result<F>,
}

/// A key, and whose it is.
#[doc(hidden)]
pub struct KeyOf {
    def: &'static EntityDef,
    key: Result<PrimaryKey, KeyValueError>,
}

impl KeyOf {
    fn new<T: Entity>(key: Key<T>) -> Self {
        Self { def: T::DEF, key: key.primary }
    }
}

/// What says which resources to read together: a tuple of 1 to 12 ids, keys or resources of any entities of the table `S`, or a `Vec` of one
/// kind.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no list of keys of the table `{S}`",
    label = "neither a tuple of ids, keys or resources, nor a `Vec` of one kind",
    note = "`get_all` takes a tuple of up to 12, `(a,)` of one, or a `Vec` of one type; each entity has to be in `{S}`"
)]
pub trait KeysOf<S> {
    /// What is found, by position: `None` where there is nothing.
    type Found: Send + 'static;
    #[doc(hidden)]
    fn keys(self) -> Vec<KeyOf>;
    #[doc(hidden)]
    fn found(items: Vec<Option<RawRow>>, limits: &Limits) -> Result<Self::Found>;
}

fn decoded<T: Entity>(item: Option<RawRow>, limits: &Limits) -> Result<Option<Resource<T>>> {
    item.map(|row| codec::decode(&row, limits)).transpose()
}

impl<S, K: IntoKey> KeysOf<S> for Vec<K>
where
    K::Entity: Member<S>,
{
    type Found = Vec<Option<Resource<K::Entity>>>;

    fn keys(self) -> Vec<KeyOf> {
        self.into_iter().map(|key| KeyOf::new(key.into_key())).collect()
    }

    fn found(items: Vec<Option<RawRow>>, limits: &Limits) -> Result<Self::Found> {
        items.into_iter().map(|item| decoded(item, limits)).collect()
    }
}

macro_rules! tuples {
    ($($key:ident $position:tt),+) => {
        impl<S, $($key: IntoKey),+> KeysOf<S> for ($($key,)+)
        where
            $($key::Entity: Member<S>),+
        {
            type Found = ($(Option<Resource<$key::Entity>>,)+);

            fn keys(self) -> Vec<KeyOf> {
                vec![$(KeyOf::new(self.$position.into_key())),+]
            }

            fn found(items: Vec<Option<RawRow>>, limits: &Limits) -> Result<Self::Found> {
                let mut items = items.into_iter();
                Ok(($(decoded::<$key::Entity>(items.next().flatten(), limits)?,)+))
            }
        }
    };
}

tuples!(A 0);
tuples!(A 0, B 1);
tuples!(A 0, B 1, C 2);
tuples!(A 0, B 1, C 2, D 3);
tuples!(A 0, B 1, C 2, D 3, E 4);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10);
tuples!(A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7, I 8, J 9, K 10, L 11);

impl<F> GetAll<F> {
    pub(crate) fn new<S: Schema, K: KeysOf<S, Found = F>>(handle: Handle, keys: K) -> Self {
        let rows = keys.keys();
        let entity = match &rows[..] {
            [first, rest @ ..] if rest.iter().all(|row| row.def.name == first.def.name) => first.def.name,
            _ => S::NAME,
        };
        Self { handle, entity, rows, found: K::found }
    }

    async fn send(self, call: &Call) -> Result<F> {
        let mut keys: Vec<PrimaryKey> = Vec::new();
        let mut numbers: HashMap<(String, String), usize> = HashMap::new();
        let mut wanted = Vec::with_capacity(self.rows.len());
        for KeyOf { def, key } in self.rows {
            // A key that no row can have is not asked for, and one that comes twice is asked for once: DynamoDB would refuse it.
            let number = lookup::<()>(Key::new(key))?.map(|key| {
                *numbers.entry((key.pk.clone(), key.sk.clone())).or_insert_with(|| {
                    keys.push(key);
                    keys.len() - 1
                })
            });
            wanted.push((def, number));
        }
        if keys.len() > TRANSACTION_ACTIONS {
            let problem = TransactionProblem::Keys { keys: keys.len(), limit: TRANSACTION_ACTIONS };
            return Err(Error::InvalidTransaction { problem });
        }
        let read = call.snapshot(keys).await?;
        let seen = |(def, number): (&EntityDef, Option<usize>)| {
            let item = number.and_then(|number| read.get(number).cloned().flatten());
            item.filter(|item| is_seen(&self.handle, def, false, item))
        };
        (self.found)(wanted.into_iter().map(seen).collect(), self.handle.limits())
    }
}

impl Call {
    /// Reads rows as they were at one moment; again, while transactions write them.
    ///
    /// # Errors
    /// [`Error::Busy`]; [`Error::Sdk`].
    pub(super) async fn snapshot(&self, keys: Vec<PrimaryKey>) -> Result<Vec<Option<RawRow>>> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let get = |key| Get::builder().table_name(self.handle.table()).set_key(Some(key_item(key)));
        let items: Vec<TransactGetItem> =
            keys.into_iter().map(|key| TransactGetItem::builder().get(built(get(key).build())).build()).collect();
        let mut round = 0;
        loop {
            let request = self
                .handle
                .client
                .transact_get_items()
                .set_transact_items(Some(items.clone()))
                .return_consumed_capacity(ReturnConsumedCapacity::Total)
                .customize();
            let (request, slot) = self.reading(request, TRANSACT_GET_ITEMS);
            match self.in_time(request.send()).await {
                Ok(_) => {
                    let answer = slot.take();
                    self.add_capacity(answer.capacity());
                    // An item without attributes is how some engines say that there is none.
                    return Ok(answer.each().into_iter().map(|row| row.filter(|row| !row.is_empty())).collect());
                }
                Err(error) if is_busy(&error) => {
                    round += 1;
                    if round == BUSY_ATTEMPTS {
                        return Err(Error::Busy { entity: self.entity, operation: self.operation, attempts: round });
                    }
                    self.pause(round - 1).await;
                }
                Err(error) => return Err(self.failed(error)),
            }
        }
    }
}

/// Whether a transaction is writing one of the rows.
fn is_busy<R>(error: &SdkError<TransactGetItemsError, R>) -> bool {
    match error.as_service_error() {
        Some(TransactGetItemsError::TransactionCanceledException(cancelled)) => {
            cancelled.cancellation_reasons().iter().any(|reason| reason.code() == Some("TransactionConflict"))
        }
        Some(error) => error.meta().code() == Some("TransactionConflictException"),
        None => false,
    }
}

impl<F: Send + 'static> IntoFuture for GetAll<F> {
    type Output = Result<F>;
    type IntoFuture = BoxFuture<'static, F>;

    fn into_future(self) -> Self::IntoFuture {
        let call = self.handle.call("get_all", self.entity);
        let span = call.span.clone();
        Box::pin(async move { self.send(&call).await }.instrument(span))
    }
}
