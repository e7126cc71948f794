//! Types whose parts a patch can change: numbers, sets, lists and maps.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};

use serde::Serialize;

/// A number that a patch can add to.
///
/// DynamoDB adds, so that no addition is lost. The sum has to be one of the field's type: the patch is conditional on that.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a number that DynamoDB can add to",
    label = "not a number",
    note = "use `.set(..)`, or change it with `table.modify(key, ..)`"
)]
pub trait Number: Serialize {
    /// The least and the greatest value; `None` where DynamoDB's own limits are narrower, or it rounds.
    #[doc(hidden)]
    const RANGE: Option<(i128, i128)>;
    /// The value, where it is an integer.
    #[doc(hidden)]
    fn integer(&self) -> Option<i128>;
}

macro_rules! integers {
    ($($type:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl Number for $type {
            const RANGE: Option<(i128, i128)> = Some((<$type>::MIN as i128, <$type>::MAX as i128));
            fn integer(&self) -> Option<i128> {
                i128::try_from(*self).ok()
            }
        }
    )*};
}

macro_rules! floats {
    ($($type:ty),*) => {$(
        #[diagnostic::do_not_recommend]
        impl Number for $type {
            const RANGE: Option<(i128, i128)> = None;
            fn integer(&self) -> Option<i128> {
                None
            }
        }
    )*};
}

integers!(u8, u16, u32, u64, usize, i8, i16, i32, i64, isize);
floats!(f32, f64);

/// The most that DynamoDB can hold: 38 digits.
const WIDEST: i128 = 99_999_999_999_999_999_999_999_999_999_999_999_999;

#[diagnostic::do_not_recommend]
impl Number for u128 {
    const RANGE: Option<(i128, i128)> = Some((0, WIDEST));
    fn integer(&self) -> Option<i128> {
        i128::try_from(*self).ok()
    }
}

#[diagnostic::do_not_recommend]
impl Number for i128 {
    const RANGE: Option<(i128, i128)> = Some((-WIDEST, WIDEST));
    fn integer(&self) -> Option<i128> {
        Some(*self)
    }
}

/// A set whose members a patch can insert and delete.
#[diagnostic::on_unimplemented(message = "`{Self}` is not a set", label = "not a set")]
pub trait SetMembers {
    /// Its members.
    type Member: Serialize;
}

#[diagnostic::do_not_recommend]
impl<M: Serialize> SetMembers for BTreeSet<M> {
    type Member = M;
}

#[diagnostic::do_not_recommend]
impl<M: Serialize, H> SetMembers for HashSet<M, H> {
    type Member = M;
}

/// A list that a patch can add elements to, and change elements of.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list that a patch can change in part",
    label = "not a list",
    note = "lists are `Vec` and `VecDeque`; for others use `.set(..)`"
)]
pub trait ListField {
    /// Its elements.
    type Element: Serialize;
}

#[diagnostic::do_not_recommend]
impl<V: Serialize> ListField for Vec<V> {
    type Element = V;
}

#[diagnostic::do_not_recommend]
impl<V: Serialize> ListField for VecDeque<V> {
    type Element = V;
}

/// A map whose entries a patch can change.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a map",
    label = "not a map",
    note = "maps are `HashMap` and `BTreeMap`; for a struct, `.at(|a| a.field)`"
)]
pub trait MapField {
    /// Its keys, which are stored as text.
    type Key: Serialize;
    /// Its values.
    type Value: Serialize;
}

#[diagnostic::do_not_recommend]
impl<K: Serialize, V: Serialize, H> MapField for HashMap<K, V, H> {
    type Key = K;
    type Value = V;
}

#[diagnostic::do_not_recommend]
impl<K: Serialize, V: Serialize> MapField for BTreeMap<K, V> {
    type Key = K;
    type Value = V;
}
