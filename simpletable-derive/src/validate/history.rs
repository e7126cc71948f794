use super::entity::is_on;
use crate::attr::{EntityArgs, Parsed};
use crate::diag::Errors;
use crate::model::{History, Storage};

/// Checks `versioned`, `max_versions` and `compress`.
pub(super) fn history(table: &Parsed<EntityArgs>, errors: &mut Errors) -> (History, Storage) {
    let args = &table.args;
    let versioned = is_on(args.versioned.as_ref(), false);
    if let Some(max) = &args.max_versions {
        if table.sound && !versioned {
            errors.push(&max.key, "`max_versions` without `versioned`: there is no history to limit", "add `versioned`");
        }
        if max.value.number == 0 {
            errors.push(
                &max.value.literal,
                "`max_versions = 0` would keep not even the version just written",
                "keep at least 1, or drop `versioned`",
            );
        }
    }
    let max_versions = args.max_versions.as_ref().map(|max| max.value.number);
    let history = if versioned { History::Kept { max_versions } } else { History::Dropped };
    // As in Python: what keeps copies compresses them, unless told not to.
    let storage = if is_on(args.compress.as_ref(), versioned) { Storage::Compressed } else { Storage::Attributes };
    (history, storage)
}
