use super::decode;
use crate::entity::{Claim, Claims, Entity, Limits};
use crate::error::{KeyValueError, Result};
use crate::json::RawRow;
use crate::key::{self, Values};

/// The unique values of a value, where they can be claimed.
pub(super) fn claims_of<T: Entity>(values: &Values<'_>) -> impl Iterator<Item = Result<Claim, KeyValueError>> {
    T::DEF.unique.iter().filter_map(|constraint| {
        let key = key::claim(T::DEF, constraint, values).transpose()?;
        Some(key.map(|key| Claim { def: T::DEF, constraint, key, of_row: claims_of_row::<T> }))
    })
}

/// The unique values of a stored row.
pub(crate) fn claims_of_row<T: Entity>(row: &RawRow, limits: &Limits) -> Result<Claims> {
    Ok(decode::<T>(row, limits)?.row().holding().claims)
}
