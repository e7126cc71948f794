//! The versions of a resource: rows whose numbers the head tells, so that they are asked for by their keys.

mod delete_version;
mod diff;
mod prune;
mod read_version;
mod restore;
mod rows;
mod versions;

pub use delete_version::DeleteVersion;
pub use diff::{Change, Diff};
pub use prune::PruneVersions;
pub use read_version::ReadVersion;
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
    for numbers in numbers.chunks(TRANSACTION_ACTIONS - 1) {
        let rows = numbers.iter().map(|number| Action::delete(version_key(key, *number)));
        call.execute(Plan::of(std::iter::once(guard.clone()).chain(rows).collect())).await?;
    }
    Ok(())
}
