use std::future::IntoFuture;

use tracing::Instrument;

use super::{version_key, version_of};
use crate::codec::{self, name};
use crate::entity::{Entity, Limits, Resource};
use crate::error::{Error, Result};
use crate::handle::{Call, Handle, key_item};
use crate::json::RawRow;
use crate::key::{Key, PrimaryKey};
use crate::op::get::{is_seen, request};
use crate::op::once::once;
use crate::op::{BoxFuture, Written, lookup, update};
use crate::schema::EntityDef;

/// Makes a new version with the content of an old one; made by [`Table::restore`](crate::Table::restore).
#[must_use = "operations do nothing unless they are awaited"]
pub struct Restore<T> {
    handle: Handle,
    def: &'static EntityDef,
    key: Key<T>,
    number: u64,
    with_ttl: bool,
    once: Option<String>,
    restored: fn(&RawRow, &RawRow, bool, &Limits) -> Result<Resource<T>>,
    prepare: fn(&Handle, Resource<T>) -> Result<Written<T>>,
}

impl<T: Entity> Restore<T> {
    pub(crate) fn new(handle: Handle, key: Key<T>, number: u64) -> Self {
        Self { handle, def: T::DEF, key, number, with_ttl: false, once: None, restored: codec::restored, prepare: update::prepare }
    }
}

impl<T> Restore<T> {
    /// Restores the field that says when the resource expires (`#[table(ttl = "...")]`), too. Without it, the resource expires when it would
    /// have: what an old version says is often over.
    pub fn with_ttl(self) -> Self {
        Self { with_ttl: true, ..self }
    }

    /// The head, and the row of the version.
    async fn rows(&self, call: &Call) -> Result<(RawRow, RawRow)> {
        let missing = || Error::NotFound { entity: self.def.name };
        let key = lookup(self.key.clone())?.filter(|_| self.number > 0).ok_or_else(missing)?;
        let version = version_key(&key, self.number);
        let rows = call.read_batch(vec![key_item(key.clone()), key_item(version.clone())], true).await?;
        let (mut head, mut past) = (None, None);
        for row in rows.into_iter().filter(|row| is_seen(&self.handle, self.def, false, row)) {
            let is = |key: &PrimaryKey| row.text(name::SK).is_some_and(|sk| sk == key.sk);
            if is(&key) {
                head = Some(row);
            } else if is(&version) {
                past = Some(row);
            }
        }
        let head = head.ok_or_else(missing)?;
        let latest = version_of(self.def, &head)?;
        let past = match past {
            // The head is the latest version, whole.
            _ if self.number == latest => head.clone(),
            // A row above the head is no version.
            Some(past) if self.number < latest => past,
            _ => return Err(missing()),
        };
        let past = self.of_this_life(call, &head, past, version).await?;
        Ok((head, past))
    }

    /// A batch is no snapshot: the resource may have been deleted and created anew between the two reads. A row that is read after the head
    /// belongs to it, or the write, which is conditional on the head, is refused.
    async fn of_this_life(&self, call: &Call, head: &RawRow, past: RawRow, version: PrimaryKey) -> Result<RawRow> {
        let limits = self.handle.limits();
        let created_at = |row: &RawRow| codec::created_at(row, self.def, limits);
        if created_at(head) == created_at(&past) {
            return Ok(past);
        }
        let past = call.get_item(request(&self.handle, version, true)).await?;
        let past = past.filter(|past| is_seen(&self.handle, self.def, false, past));
        past.ok_or(Error::NotFound { entity: self.def.name })
    }
}

once!([T] Restore<T>);

impl<T: Send + Sync + 'static> IntoFuture for Restore<T> {
    type Output = Result<Resource<T>>;
    type IntoFuture = BoxFuture<'static, Resource<T>>;

    fn into_future(self) -> Self::IntoFuture {
        let call = self.handle.call("restore", self.def.name);
        let span = call.span.clone();
        let restore = async move {
            let once = self.once.as_deref();
            let (head, past) = match self.rows(&call).await {
                Ok(rows) => rows,
                // What was read before may be gone by this very restoration.
                Err(error) => return Err(call.unless_applied(once, error).await),
            };
            let resource = (self.restored)(&past, &head, self.with_ttl, self.handle.limits())?;
            let Written { plan, resource } = (self.prepare)(&self.handle, resource)?;
            call.execute(plan.once(&self.handle, call.entity, once)?).await?;
            Ok(resource)
        };
        Box::pin(restore.instrument(span))
    }
}
