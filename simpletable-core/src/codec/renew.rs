//! What a new encoding of a row changes, beside how the same content happens to be written.

use aws_sdk_dynamodb::types::AttributeValue;

use super::{canonical_value, data, name, number};
use crate::error::Item;
use crate::time;

/// The row to write where `fresh`, the new encoding of `stored`, says anything else than it; `None` where it does not.
///
/// What says the same is kept as it is stored: digits that a float loses, the order of sets and lists, compressed bytes, the text of the
/// times (which conditions compare), and NULLs, which read as absent.
pub(crate) fn renewed(stored: &Item, mut fresh: Item, inflated_bytes: usize) -> Option<Item> {
    let mut changed = false;
    for (name, value) in &mut fresh {
        match stored.get(name) {
            Some(old) if same_attribute(name, old, value, inflated_bytes) => value.clone_from(old),
            _ => changed = true,
        }
    }
    for (name, old) in stored {
        if !fresh.contains_key(name) {
            if old.is_null() {
                fresh.insert(name.clone(), AttributeValue::Null(true));
            } else {
                changed = true;
            }
        }
    }
    changed.then_some(fresh)
}

fn same_attribute(name: &str, old: &AttributeValue, new: &AttributeValue, inflated_bytes: usize) -> bool {
    match (name, old, new) {
        (name::DATA, AttributeValue::B(old), AttributeValue::B(new)) => {
            let read = |bytes: &[u8]| data::read(bytes, inflated_bytes).ok();
            old == new || read(old.as_ref()).zip(read(new.as_ref())).is_some_and(|(old, new)| same_members(&old, &new))
        }
        (name::CREATED_AT | name::UPDATED_AT | name::REVISION, AttributeValue::S(old), AttributeValue::S(new)) => {
            let moment = |text: &str| time::parse(text).map(time::to_micros);
            old == new || moment(old).is_some_and(|old| Some(old) == moment(new))
        }
        _ => same(old, new),
    }
}

fn same(old: &AttributeValue, new: &AttributeValue) -> bool {
    let alike = match (old, new) {
        (AttributeValue::N(old), AttributeValue::N(new)) => same_number(old, new),
        (AttributeValue::M(old), AttributeValue::M(new)) => same_members(old, new),
        (AttributeValue::L(old), AttributeValue::L(new)) => old.len() == new.len() && old.iter().zip(new).all(|(old, new)| same(old, new)),
        _ => false,
    };
    alike || normal(old) == normal(new)
}

/// Whether two objects have the same members, where NULL is as good as absent.
fn same_members(old: &Item, new: &Item) -> bool {
    let matches = |name: &String, value: &AttributeValue| match new.get(name) {
        Some(new) => same(value, new),
        None => value.is_null(),
    };
    old.iter().all(|(name, value)| matches(name, value)) && new.iter().all(|(name, value)| value.is_null() || old.contains_key(name))
}

/// Whether `new` is the number `old`, or what a float makes of it: no field that holds all of `old` would give that.
fn same_number(old: &str, new: &str) -> bool {
    let new = number::normal(new);
    let is_new = |text: String| number::normal(&text) == new;
    number::normal(old) == new
        || old.parse::<f64>().is_ok_and(|old| old.is_finite() && is_new(old.to_string()))
        || old.parse::<f32>().is_ok_and(|old| old.is_finite() && is_new(old.to_string()))
}

/// The same bytes for what says the same.
fn normal(value: &AttributeValue) -> Vec<u8> {
    canonical_value(&ordered(value))
}

/// Numbers in one form, lists in one order, and maps without NULLs.
///
/// A struct may keep a set in what is stored as a list, and give its members in another order each time.
fn ordered(value: &AttributeValue) -> AttributeValue {
    match value {
        AttributeValue::N(text) => AttributeValue::N(number::normal(text)),
        AttributeValue::Ns(members) => AttributeValue::Ns(members.iter().map(|text| number::normal(text)).collect()),
        AttributeValue::L(members) => {
            let mut members: Vec<AttributeValue> = members.iter().map(ordered).collect();
            members.sort_by_cached_key(canonical_value);
            AttributeValue::L(members)
        }
        AttributeValue::M(members) => {
            let members = members.iter().filter(|(_, value)| !value.is_null());
            AttributeValue::M(members.map(|(name, value)| (name.clone(), ordered(value))).collect())
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_dynamodb::primitives::Blob;
    use proptest::prelude::*;

    const LIMIT: usize = 1024;

    fn n(text: &str) -> AttributeValue {
        AttributeValue::N(text.to_owned())
    }

    fn s(text: &str) -> AttributeValue {
        AttributeValue::S(text.to_owned())
    }

    fn item<const N: usize>(members: [(&str, AttributeValue); N]) -> Item {
        members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    fn data(json: &str) -> AttributeValue {
        AttributeValue::B(Blob::new(data::compress(json.as_bytes())))
    }

    #[test]
    fn numbers_are_compared_by_value() {
        for (old, new) in
            [("1", "1.0"), ("100", "1e2"), ("-0", "0"), ("0.1000000000000000055511151231257827", "0.1"), ("0.30000001192092896", "0.3")]
        {
            assert!(same_number(old, new), "{old} {new}");
        }
        for (old, new) in [("1", "-1"), ("1", "10"), ("0.1", "0.2"), ("9007199254740993", "9007199254740994"), ("1", "0")] {
            assert!(!same_number(old, new), "{old} {new}");
        }
    }

    #[test]
    fn the_order_of_sets_and_lists_is_nothing() {
        let strings = |members: &[&str]| AttributeValue::Ss(members.iter().map(|text| (*text).to_owned()).collect());
        assert!(same(&strings(&["a", "b"]), &strings(&["b", "a"])));
        assert!(!same(&strings(&["a", "b"]), &strings(&["a", "c"])));
        assert!(same(&AttributeValue::L(vec![s("a"), n("1.0")]), &AttributeValue::L(vec![n("1"), s("a")])));
        assert!(!same(&AttributeValue::L(vec![s("a"), s("a")]), &AttributeValue::L(vec![s("a"), s("b")])));
        assert!(!same(&AttributeValue::L(vec![s("1")]), &AttributeValue::L(vec![n("1")])));
        assert!(!same(&AttributeValue::L(vec![s("a")]), &strings(&["a"])));
    }

    #[test]
    fn null_is_as_good_as_absent_and_stays() {
        let stored = item([("title", s("a")), ("due", AttributeValue::Null(true))]);
        assert_eq!(renewed(&stored, item([("title", s("a"))]), LIMIT), None);
        let written = renewed(&stored, item([("title", s("a")), ("gsi1pk", s("k"))]), LIMIT).expect("changed");
        assert!(written["due"].is_null());
    }

    #[test]
    fn data_is_compared_by_its_json() {
        let stored = item([("data", data(r#"{"a":1.0,"tags":["x","y"],"b":null}"#))]);
        assert_eq!(renewed(&stored, item([("data", data(r#"{"tags":["y","x"],"a":1}"#))]), LIMIT), None);
        let more = item([("data", data(r#"{"tags":["y","x"],"a":1,"c":2}"#))]);
        assert_eq!(renewed(&stored, more.clone(), LIMIT), Some(more));
    }

    #[test]
    fn what_says_the_same_is_kept_as_stored() {
        let stored = item([("updated_at", s("2024-01-02T03:04:05Z")), ("price", n("1.10")), ("old", s("x"))]);
        let fresh = item([("updated_at", s("2024-01-02T03:04:05+00:00")), ("price", n("1.1")), ("gsi1pk", s("k"))]);
        let expected = item([("updated_at", s("2024-01-02T03:04:05Z")), ("price", n("1.10")), ("gsi1pk", s("k"))]);
        assert_eq!(renewed(&stored, fresh, LIMIT), Some(expected));
    }

    #[test]
    fn an_attribute_that_goes_is_a_change() {
        assert_eq!(renewed(&item([("a", s("x")), ("b", s("y"))]), item([("a", s("x"))]), LIMIT), Some(item([("a", s("x"))])));
    }

    fn value() -> impl Strategy<Value = AttributeValue> {
        let leaf = prop_oneof![
            "[a-c:0-9]{0,3}".prop_map(AttributeValue::S),
            (-30i64..30).prop_map(|number| AttributeValue::N(number.to_string())),
            any::<bool>().prop_map(AttributeValue::Bool),
        ];
        leaf.prop_recursive(3, 12, 3, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..3).prop_map(AttributeValue::L),
                proptest::collection::hash_map("[ab]", inner, 0..3).prop_map(AttributeValue::M),
            ]
        })
    }

    proptest! {
        #[test]
        fn same_agrees_with_the_normal_form(a in value(), b in value()) {
            prop_assert!(same(&a, &a));
            prop_assert_eq!(same(&a, &b), normal(&a) == normal(&b));
        }
    }
}
