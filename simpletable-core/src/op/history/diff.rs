use std::future::IntoFuture;

use aws_sdk_dynamodb::operation::batch_get_item::BatchGetItemInput;
use aws_sdk_dynamodb::types::{KeysAndAttributes, ReturnConsumedCapacity};
use serde::Serialize;
use serde_json::{Map, Value};
use tracing::Instrument;

use super::version_key;
use crate::codec::{decode_past, name, version_number};
use crate::entity::{Entity, Limits};
use crate::error::{EncodeProblem, Error, Result};
use crate::handle::{Call, Handle, built, key_item};
use crate::json::RawRow;
use crate::key::{Key, PrimaryKey};
use crate::op::get::is_seen;
use crate::op::{BoxFuture, lookup};
use crate::schema::EntityDef;

/// What became of a field between two versions, as serde writes it. `None`: the field had no value.
///
/// It holds what the resource holds, also in `Debug`.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    /// The field, by the name that serde gives it.
    pub field: &'static str,
    /// What it was.
    pub old: Option<Value>,
    /// What it became.
    pub new: Option<Value>,
}

/// Compares two versions of a resource; made by [`Table::diff`](crate::Table::diff).
#[must_use = "operations do nothing unless they are awaited"]
pub struct Diff<T> {
    handle: Handle,
    def: &'static EntityDef,
    key: Key<T>,
    versions: (u64, u64),
    fields: fn(&RawRow, &Limits) -> Result<Map<String, Value>>,
}

impl<T: Entity> Diff<T> {
    pub(crate) fn new(handle: Handle, key: Key<T>, versions: (u64, u64)) -> Self {
        Self { handle, def: T::DEF, key, versions, fields: fields::<T> }
    }
}

impl<T> Diff<T> {
    /// The request, unsent.
    ///
    /// # Errors
    /// [`Error::KeyValue`] where no row can have the key, and [`Error::NotFound`] for version 0, which is none.
    pub fn into_input(self) -> Result<BatchGetItemInput> {
        let keys = self.rows(&self.key.primary.clone()?)?.into_iter().map(key_item).collect();
        let wanted = built(KeysAndAttributes::builder().set_keys(Some(keys)).consistent_read(true).build());
        let input = BatchGetItemInput::builder().request_items(self.handle.table(), wanted);
        Ok(built(input.return_consumed_capacity(ReturnConsumedCapacity::Total).build()))
    }

    /// The keys of both rows, or the key of the one.
    fn rows(&self, key: &PrimaryKey) -> Result<Vec<PrimaryKey>> {
        let (a, b) = self.versions;
        if a == 0 || b == 0 {
            return Err(Error::NotFound { entity: self.def.name });
        }
        let numbers = if a == b { vec![a] } else { vec![a, b] };
        Ok(numbers.into_iter().map(|number| version_key(key, number)).collect())
    }

    async fn send(self, call: &Call) -> Result<Vec<Change>> {
        let missing = || Error::NotFound { entity: self.def.name };
        let keys = self.rows(&lookup(self.key.clone())?.ok_or_else(missing)?)?;
        let rows = call.read_batch(keys.into_iter().map(key_item).collect(), true).await?;
        let rows: Vec<RawRow> = rows.into_iter().filter(|row| is_seen(&self.handle, self.def, false, row)).collect();
        let fields = |number: u64| {
            let is = |row: &&RawRow| row.text(name::SK).and_then(|sk| version_number(&sk)) == Some(number);
            (self.fields)(rows.iter().find(is).ok_or_else(missing)?, self.handle.limits())
        };
        let (a, b) = self.versions;
        Ok(changes(self.def, fields(a)?, fields(b)?))
    }
}

/// The fields of a version, as serde writes them.
fn fields<T: Entity>(row: &RawRow, limits: &Limits) -> Result<Map<String, Value>> {
    let version = decode_past::<T>(row, limits)?;
    // Serde's own words may hold values.
    let refused = |problem| Error::Encode { entity: T::DEF.name, path: String::new(), problem };
    match version.encode(serde_json::value::Serializer) {
        Ok(Value::Object(fields)) => Ok(fields),
        Ok(_) => Err(refused(EncodeProblem::NotAStruct)),
        Err(_) => Err(refused(EncodeProblem::Custom)),
    }
}

fn changes(def: &EntityDef, mut old: Map<String, Value>, mut new: Map<String, Value>) -> Vec<Change> {
    let change = |field: &'static crate::schema::FieldDef| {
        let take = |fields: &mut Map<String, Value>| {
            let value = fields.remove(field.attribute).filter(|value| !value.is_null())?;
            Some(if field.set { sorted(value) } else { value })
        };
        let (old, new) = (take(&mut old), take(&mut new));
        (old != new).then_some(Change { field: field.attribute, old, new })
    };
    def.fields.iter().filter_map(change).collect()
}

/// The members of a set in one order: a `HashSet` gives them in any.
fn sorted(value: Value) -> Value {
    match value {
        Value::Array(mut members) => {
            members.sort_by_cached_key(Value::to_string);
            Value::Array(members)
        }
        value => value,
    }
}

impl<T: Send + Sync + 'static> IntoFuture for Diff<T> {
    type Output = Result<Vec<Change>>;
    type IntoFuture = BoxFuture<'static, Vec<Change>>;

    fn into_future(self) -> Self::IntoFuture {
        let call = self.handle.call("diff", self.def.name);
        let span = call.span.clone();
        Box::pin(async move { self.send(&call).await }.instrument(span))
    }
}
