use super::{Written, encode, next_stamp};
use crate::entity::{Resource, Unversioned};
use crate::error::Result;
use crate::handle::Handle;
use crate::key::Id;
use crate::plan::{self, Action, Failure, Plan};

/// The next state of a resource, at the key that its fields now make: the old row goes and the new one comes in one transaction. Where
/// the key is the same, it is an update.
pub(super) fn prepare<T: Unversioned>(handle: &Handle, resource: Resource<T>) -> Result<Written<T>> {
    let (value, id, row) = resource.into_parts();
    let stamp = next_stamp(handle, &row, id.as_ref().map(Id::as_str));
    let (next, encoded) = encode(value, &stamp)?;
    let unchanged = plan::unchanged(&row.revision());
    let claims = plan::claims(Some(&row), next.row(), stamp.ttl_attribute);
    let mut actions = if encoded.row.is_same(&row) {
        vec![Action::put(encoded.head).only_if(unchanged, Failure::Conflict)]
    } else {
        let free = plan::free(T::DEF, stamp.ttl_attribute, handle.stamps().now());
        vec![
            Action::delete(row.key()).only_if(unchanged, Failure::Conflict),
            Action::put(encoded.head).only_if(free, Failure::AlreadyExists),
        ]
    };
    actions.extend(claims);
    Ok(Written { plan: Plan::of(actions), resource: next })
}
