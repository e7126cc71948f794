//! Whether the rows of a resource agree, and bringing them to agree.

mod finding;
mod precondition;
mod repair;

use std::collections::BTreeSet;
use std::future::IntoFuture;

use tracing::Instrument;

pub use finding::{Checked, Finding, Repaired};
pub use precondition::Precondition;
pub use repair::Repair;

use super::get::request;
use super::history::{numbers, version_key, version_of};
use super::{BoxFuture, delete, lookup, rewrite};
use crate::codec::{self, Stamp, is_out_of_service};
use crate::entity::Entity;
use crate::error::{DecodeProblem, Error, Item, Result};
use crate::handle::{Call, Handle};
use crate::json::{RawRow, RowText};
use crate::key::{Id, Key, PrimaryKey};
use crate::plan::Plan;
use crate::schema::EntityDef;

/// How often the rows are read while others change them.
const ATTEMPTS: u32 = 5;

/// Looks whether the rows of a resource agree, or, with [`when`](Self::when), asks something of it in a transaction; made by
/// [`Table::check`](crate::Table::check).
#[must_use = "operations do nothing unless they are awaited"]
pub struct Check<T> {
    handle: Handle,
    def: &'static EntityDef,
    key: Key<T>,
    /// The write that makes a head as its fields say; `None` where it is.
    renew: fn(&Handle, &RawRow) -> Result<Option<Plan>>,
    /// The row of the history that belongs to a head.
    history: fn(&Handle, &RawRow) -> Result<Option<Item>>,
}

impl<T: Entity> Check<T> {
    pub(crate) fn new(handle: Handle, key: Key<T>) -> Self {
        Self { handle, def: T::DEF, key, renew: rewrite::prepare::<T>, history: history::<T> }
    }
}

/// The row of the history that a row, of a head or of a version, makes.
fn history<T: Entity>(handle: &Handle, stored: &RawRow) -> Result<Option<Item>> {
    let limits = handle.limits();
    let (value, id, row) = codec::decode::<T>(stored, limits)?.into_parts();
    let stamp = Stamp {
        id: id.as_ref().map(Id::as_str),
        created_at: row.created_at,
        updated_at: row.updated_at,
        version: row.version,
        before: Some(&row),
        ttl_attribute: limits.ttl_attribute,
        pk_bytes: limits.pk_bytes,
    };
    Ok(codec::encode(&value, &stamp)?.history.map(|row| row.to_item()))
}

impl<T> Check<T> {
    /// What is wrong, and the head that it was found with. The rows are read one after another: what somebody wrote between looks wrong, so
    /// the head is read again where anything does.
    async fn settled(&self, call: &Call, key: &PrimaryKey) -> Result<(Option<RawRow>, Vec<Finding>)> {
        for round in 0..ATTEMPTS {
            let head = call.get_item(request(&self.handle, key.clone(), true)).await?;
            let found = self.look(call, key, head.as_ref()).await?;
            if !self.def.versioned || found.is_empty() {
                return Ok((head, found));
            }
            let now = call.get_item(request(&self.handle, key.clone(), true)).await?;
            if self.attributes(now.as_ref())? == self.attributes(head.as_ref())? {
                return Ok((head, found));
            }
            call.pause(round).await;
        }
        Err(Error::Busy { entity: call.entity, operation: call.operation, attempts: ATTEMPTS })
    }

    /// A row that was read, in the form in which it is compared.
    fn attributes(&self, row: Option<&RawRow>) -> Result<Option<Item>> {
        let unread = |_| Error::Decode { entity: self.def.name, path: "*".to_owned(), problem: DecodeProblem::Value };
        row.map(RawRow::to_item).transpose().map_err(unread)
    }

    async fn look(&self, call: &Call, key: &PrimaryKey, head: Option<&RawRow>) -> Result<Vec<Finding>> {
        if !self.def.versioned {
            return head.map_or(Ok(Vec::new()), |head| Ok(self.derived(head)?.into_iter().collect()));
        }
        let mut rows = BTreeSet::new();
        let mut after = None;
        loop {
            let (page, next) = numbers(call, key, after).await?;
            rows.extend(page);
            after = next;
            if after.is_none() {
                break;
            }
        }
        match head {
            None if rows.is_empty() => Ok(Vec::new()),
            None => Ok(vec![Finding::Orphans { versions: rows.into_iter().collect() }]),
            Some(head) if is_out_of_service(head) => Ok(vec![Finding::OutOfService]),
            Some(head) => self.beside(call, key, head, &rows).await,
        }
    }

    /// What is wrong of a head in service and the rows of its history.
    async fn beside(&self, call: &Call, key: &PrimaryKey, head: &RawRow, rows: &BTreeSet<u64>) -> Result<Vec<Finding>> {
        let latest = version_of(self.def, head)?;
        let mut found = Vec::new();
        match call.get_item(request(&self.handle, version_key(key, latest), true)).await? {
            None => found.push(Finding::VersionMissing { version: latest }),
            Some(row) if !self.agree(head, &row)? => found.push(Finding::VersionDiffers { version: latest }),
            Some(_) => {}
        }
        let above: Vec<u64> = rows.range(latest.saturating_add(1)..).copied().collect();
        if !above.is_empty() {
            found.push(Finding::AboveHead { versions: above });
        }
        // Without a limit nobody can tell a gap from what was pruned.
        if let Some(max) = self.def.max_versions {
            let kept = latest.saturating_sub(max) + 1..latest;
            let missing: Vec<u64> = kept.filter(|number| !rows.contains(number)).collect();
            if !missing.is_empty() {
                found.push(Finding::Gap { versions: missing });
            }
        }
        found.extend(self.derived(head)?);
        Ok(found)
    }

    /// Whether the latest version's row says what the head does, however each of them is written.
    fn agree(&self, head: &RawRow, row: &RawRow) -> Result<bool> {
        let (Some(expected), Ok(Some(found))) = ((self.history)(&self.handle, head)?, (self.history)(&self.handle, row)) else {
            return Ok(false);
        };
        Ok(codec::renewed(&found, expected, self.handle.limits().inflated_bytes).is_none())
    }

    /// The attributes that are not what the fields make.
    fn derived(&self, head: &RawRow) -> Result<Option<Finding>> {
        let Some(plan) = (self.renew)(&self.handle, head)? else { return Ok(None) };
        let head = self.attributes(Some(head))?.unwrap_or_default();
        let fresh = plan.actions.iter().find_map(|action| action.write.row()).map(RowText::to_item);
        let fresh = fresh.unwrap_or_default();
        let names: BTreeSet<&String> = head.keys().chain(fresh.keys()).filter(|name| head.get(*name) != fresh.get(*name)).collect();
        Ok(Some(Finding::Derived { attributes: names.into_iter().cloned().collect() }))
    }
}

impl<T: 'static> IntoFuture for Check<T> {
    type Output = Result<Checked>;
    type IntoFuture = BoxFuture<'static, Checked>;

    fn into_future(self) -> Self::IntoFuture {
        let call = self.handle.call("check", self.def.name);
        let span = call.span.clone();
        let check = async move {
            let Some(key) = lookup(self.key.clone())? else { return Ok(Checked::new(Vec::new())) };
            Ok(Checked::new(self.settled(&call, &key).await?.1))
        };
        Box::pin(check.instrument(span))
    }
}
