//! The versions of a resource: rows whose numbers the head tells, so that they are asked for by their keys.

mod delete_version;
mod diff;
mod list;
mod prune;
mod read_version;
mod restore;
mod rows;
mod versions;

pub use delete_version::DeleteVersion;
pub use diff::{Change, Diff};
pub use list::{ListVersions, VersionInfo};
pub use prune::PruneVersions;
pub use read_version::{GetVersion, ReadVersion};
pub use restore::Restore;
pub use rows::{AllVersions, VersionPages, VersionRows};
pub use versions::Versions;

use super::get::{is_seen, request};
use crate::codec::{name, version_number, version_sk};
use crate::error::{DecodeProblem, Error, Item, Result};
use crate::handle::Call;
use crate::json::RawRow;
use crate::key::PrimaryKey;
use crate::plan::{Action, Plan, TRANSACTION_ACTIONS};
use crate::schema::EntityDef;

/// How many rows one transaction deletes, beside the check of the head.
const ROWS_AT_ONCE: usize = TRANSACTION_ACTIONS - 1;

/// The head of a resource, where readers may see it. The read is consistent: an older head would hide versions.
async fn head(call: &Call, def: &'static EntityDef, key: PrimaryKey) -> Result<Option<RawRow>> {
    let item = call.get_item(request(&call.handle, key, true)).await?;
    Ok(item.filter(|item| is_seen(&call.handle, def, false, item)))
}

/// The version that a row says it is.
pub(super) fn version_of(def: &EntityDef, row: &RawRow) -> Result<u64> {
    let version = row.number(name::VERSION).and_then(|version| version.parse().ok());
    version.ok_or_else(|| Error::Decode { entity: def.name, path: name::VERSION.to_owned(), problem: DecodeProblem::Value })
}

/// The key of a version's row.
pub(super) fn version_key(key: &PrimaryKey, number: u64) -> PrimaryKey {
    PrimaryKey { pk: key.pk.clone(), sk: version_sk(number) }
}

/// The numbers of the rows that a history has, page by page; other rows of the partition are none of it.
pub(super) async fn numbers(call: &Call, key: &PrimaryKey, after: Option<Item>) -> Result<(Vec<u64>, Option<Item>)> {
    let (keys, next) = call.history_keys(&key.pk, after).await?;
    let number = |key: &Item| version_number(key.get(name::SK)?.as_s().ok()?);
    Ok((keys.iter().filter_map(number).collect(), next))
}

/// Deletes rows of a history, in transactions that `guard`, a check of the head, is part of: whoever deletes and creates the resource anew
/// meanwhile keeps what they wrote.
pub(super) async fn delete_versions(call: &Call, key: &PrimaryKey, numbers: &[u64], guard: &Action) -> Result<()> {
    for numbers in numbers.chunks(ROWS_AT_ONCE) {
        let rows = numbers.iter().map(|number| Action::delete(version_key(key, *number)));
        call.execute(Plan::of(std::iter::once(guard.clone()).chain(rows).collect())).await?;
    }
    Ok(())
}

/// Deletes the rows of a history that are wanted, as they are read, and says how many they were.
pub(super) async fn delete_history(call: &Call, key: &PrimaryKey, guard: &Action, is_wanted: impl Fn(u64) -> bool) -> Result<u64> {
    let mut deleted = 0;
    let mut found = Vec::new();
    let mut after = None;
    loop {
        let (page, next) = numbers(call, key, after).await?;
        found.extend(page.into_iter().filter(|number| is_wanted(*number)));
        // A page of large rows has few of them.
        if found.len() >= ROWS_AT_ONCE || next.is_none() {
            delete_versions(call, key, &found, guard).await?;
            deleted += found.len() as u64;
            found.clear();
        }
        after = next;
        if after.is_none() {
            return Ok(deleted);
        }
    }
}
