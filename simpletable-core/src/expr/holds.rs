//! Whether a condition holds for a row, decided here. DynamoDB says that a condition failed, and not which part of it.

use std::cmp::Ordering;

use aws_sdk_dynamodb::types::AttributeValue;

use super::Place;
use super::condition::{Compare, Node};
use crate::codec::number;
use crate::error::Item;

impl Node {
    /// Whether DynamoDB would find the condition fulfilled by the row; an empty one stands for no row.
    pub(crate) fn holds(&self, item: &Item) -> bool {
        let found = |place: &Place| find(item, place);
        match self {
            Self::Exists(place) => found(place).is_some(),
            Self::Absent(place) => found(place).is_none(),
            Self::Compare(place, compare, value) => match found(place) {
                Some(found) => compare.holds(found, value),
                None => *compare == Compare::NotEqual,
            },
            Self::Between(place, low, high) => {
                found(place).is_some_and(|found| Compare::AtLeast.holds(found, low) && Compare::AtMost.holds(found, high))
            }
            Self::In(place, values) => found(place).is_some_and(|found| values.iter().any(|value| same(found, value))),
            Self::BeginsWith(place, prefix) => found(place).is_some_and(|found| begins_with(found, prefix)),
            Self::Contains(place, element) => found(place).is_some_and(|found| contains(found, element)),
            Self::Size(place, compare, size) => {
                found(place).and_then(size_of).is_some_and(|found| compare.accepts(found.cmp(&u64::from(*size))))
            }
            Self::Need(need) => need.is_met(item),
            Self::Not(node) => !node.holds(item),
            Self::All(nodes) => nodes.iter().all(|node| node.holds(item)),
            Self::Any(nodes) => nodes.iter().any(|node| node.holds(item)),
        }
    }
}

/// The value at a place.
fn find<'a>(item: &'a Item, place: &Place) -> Option<&'a AttributeValue> {
    let (attribute, inner) = place.names().split_first()?;
    inner.iter().try_fold(item.get(*attribute)?, |value, name| value.as_m().ok()?.get(*name))
}

impl Compare {
    fn holds(self, found: &AttributeValue, value: &AttributeValue) -> bool {
        match self {
            Self::Equal => same(found, value),
            Self::NotEqual => !same(found, value),
            // Values of two types are in no order.
            ordered => order(found, value).is_some_and(|order| ordered.accepts(order)),
        }
    }

    fn accepts(self, order: Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::NotEqual => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::AtMost => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::AtLeast => order.is_ge(),
        }
    }
}

fn order(a: &AttributeValue, b: &AttributeValue) -> Option<Ordering> {
    match (a, b) {
        (AttributeValue::S(a), AttributeValue::S(b)) => Some(a.as_bytes().cmp(b.as_bytes())),
        (AttributeValue::N(a), AttributeValue::N(b)) => Some(number::order(a, b)),
        (AttributeValue::B(a), AttributeValue::B(b)) => Some(a.as_ref().cmp(b.as_ref())),
        _ => None,
    }
}

fn begins_with(found: &AttributeValue, prefix: &AttributeValue) -> bool {
    match (found, prefix) {
        (AttributeValue::S(text), AttributeValue::S(prefix)) => text.starts_with(prefix.as_str()),
        (AttributeValue::B(bytes), AttributeValue::B(prefix)) => bytes.as_ref().starts_with(prefix.as_ref()),
        _ => false,
    }
}

fn contains(found: &AttributeValue, element: &AttributeValue) -> bool {
    match (found, element) {
        (AttributeValue::S(text), AttributeValue::S(part)) => text.contains(part.as_str()),
        (AttributeValue::B(bytes), AttributeValue::B(part)) => {
            let part = part.as_ref();
            part.is_empty() || bytes.as_ref().windows(part.len()).any(|window| window == part)
        }
        (AttributeValue::L(members), element) => members.iter().any(|member| same(member, element)),
        (AttributeValue::Ss(members), AttributeValue::S(element)) => members.contains(element),
        (AttributeValue::Ns(members), AttributeValue::N(element)) => members.iter().any(|member| number::is_equal(member, element)),
        (AttributeValue::Bs(members), AttributeValue::B(element)) => members.contains(element),
        _ => false,
    }
}

/// What `size` counts: characters of text, bytes of bytes, members of what has some.
fn size_of(value: &AttributeValue) -> Option<u64> {
    let size = match value {
        AttributeValue::S(text) => text.chars().count(),
        AttributeValue::B(bytes) => bytes.as_ref().len(),
        AttributeValue::Ss(members) | AttributeValue::Ns(members) => members.len(),
        AttributeValue::Bs(members) => members.len(),
        AttributeValue::L(members) => members.len(),
        AttributeValue::M(members) => members.len(),
        _ => return None,
    };
    u64::try_from(size).ok()
}

/// Whether the two are the same value. Numbers may come back in another notation, and sets in another order.
pub(crate) fn same(a: &AttributeValue, b: &AttributeValue) -> bool {
    match (a, b) {
        (AttributeValue::N(a), AttributeValue::N(b)) => number::is_equal(a, b),
        (AttributeValue::Ss(a), AttributeValue::Ss(b)) => same_members(a, b, |a, b| a == b),
        (AttributeValue::Ns(a), AttributeValue::Ns(b)) => same_members(a, b, |a, b| number::is_equal(a, b)),
        (AttributeValue::Bs(a), AttributeValue::Bs(b)) => same_members(a, b, |a, b| a == b),
        (AttributeValue::L(a), AttributeValue::L(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (AttributeValue::M(a), AttributeValue::M(b)) => {
            a.len() == b.len() && a.iter().all(|(name, a)| b.get(name).is_some_and(|b| same(a, b)))
        }
        _ => a == b,
    }
}

/// Members of a set differ from one another, so that as many that are all found are the same.
fn same_members<T>(a: &[T], b: &[T], equal: impl Fn(&T, &T) -> bool) -> bool {
    a.len() == b.len() && a.iter().all(|a| b.iter().any(|b| equal(a, b)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn n(number: &str) -> AttributeValue {
        AttributeValue::N(number.to_owned())
    }

    fn s(text: &str) -> AttributeValue {
        AttributeValue::S(text.to_owned())
    }

    #[test]
    fn the_librarys_own_conditions_hold_where_they_should() {
        let row = Item::from([("pk".to_owned(), s("a")), ("version".to_owned(), n("3")), ("ttl".to_owned(), n("1e2"))]);
        let none = Item::new();
        for (node, of_row, of_none) in [
            (Node::exists("pk"), true, false),
            (Node::absent("pk"), false, true),
            (Node::equal("version", n("3.0")), true, false),
            (Node::equal("version", s("3")), false, false),
            (Node::at_most("ttl", n("100")), true, false),
            (Node::at_most("ttl", n("99")), false, false),
            (Node::above("ttl", n("99.9")), true, false),
            (Node::above("ttl", s("")), false, false),
            (Node::in_service(), true, true),
            (Node::Not(Box::new(Node::exists("pk"))), false, true),
            (Node::All(vec![Node::exists("pk"), Node::absent("other")]), true, false),
            (Node::Any(vec![Node::absent("pk"), Node::at_most("ttl", n("5"))]), false, true),
        ] {
            assert_eq!((node.holds(&row), node.holds(&none)), (of_row, of_none), "{}", node.expression().text);
        }
    }
}
