//! Where a change takes place: a field's place, and inside it keys of maps and indexes of lists, which only the program that runs knows.

use std::borrow::Cow;

use aws_sdk_dynamodb::types::AttributeValue;

use super::{Expression, Place};
use crate::error::Item;

/// The way to a value, from the item on.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Path(Vec<Stop>);

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Stop {
    /// An attribute, or a field of a struct.
    Name(&'static str),
    /// An entry of a map: data, which no message may show.
    Key(String),
    /// An element of a list.
    Index(usize),
}

impl From<Place> for Path {
    fn from(place: Place) -> Self {
        Self(place.names().iter().copied().map(Stop::Name).collect())
    }
}

impl Path {
    /// A top-level attribute.
    pub(crate) fn of(attribute: &'static str) -> Self {
        Self(vec![Stop::Name(attribute)])
    }

    /// A top-level attribute whose name only the row knows.
    pub(crate) fn named(attribute: String) -> Self {
        Self(vec![Stop::Key(attribute)])
    }

    pub(crate) fn then(mut self, stop: Stop) -> Self {
        self.0.push(stop);
        self
    }

    /// A field of the struct that is here, or of one in it.
    pub(crate) fn join(mut self, inside: Self) -> Self {
        self.0.extend(inside.0);
        self
    }

    /// Its neighbour of another name, where it ends at a name.
    pub(crate) fn renamed(&self, name: &'static str) -> Self {
        let mut path = self.clone();
        path.0.pop();
        path.then(Stop::Name(name))
    }

    /// Whether it is an attribute, not something in one.
    pub(crate) fn is_attribute(&self) -> bool {
        self.0.len() == 1
    }

    /// The attribute that it begins with.
    pub(crate) fn attribute(&self) -> Option<&'static str> {
        match self.0.first() {
            Some(Stop::Name(name)) => Some(name),
            _ => None,
        }
    }

    /// What it is an element of, and that this is a list; `None` for an attribute.
    pub(super) fn parent(&self) -> Option<(Self, Holder)> {
        match self.0.split_last()? {
            (_, []) => None,
            (Stop::Index(_), parent) => Some((Self(parent.to_vec()), Holder::List)),
            (_, parent) => Some((Self(parent.to_vec()), Holder::Map)),
        }
    }

    /// Whether it ends at an element of a list.
    pub(crate) fn is_element(&self) -> bool {
        matches!(self.0.last(), Some(Stop::Index(_)))
    }

    /// Whether one of the two is the other, or inside it: DynamoDB refuses an update of both.
    pub(crate) fn overlaps(&self, other: &Self) -> bool {
        let alike = |(one, other): (&Stop, &Stop)| match (one, other) {
            (Stop::Index(one), Stop::Index(other)) => one == other,
            (Stop::Index(_), _) | (_, Stop::Index(_)) => false,
            (one, other) => one.name() == other.name(),
        };
        self.0.iter().zip(&other.0).all(alike)
    }

    /// What an item holds there.
    pub(super) fn find<'a>(&self, item: &'a Item) -> Option<&'a AttributeValue> {
        let (first, inner) = self.0.split_first()?;
        inner.iter().try_fold(item.get(first.name().as_ref())?, |value, stop| match stop {
            Stop::Index(index) => value.as_l().ok()?.get(*index),
            stop => value.as_m().ok()?.get(stop.name().as_ref()),
        })
    }

    /// `address.lines.0.*`: for messages.
    pub(crate) fn text(&self) -> String {
        let stops = self.0.iter().map(|stop| match stop {
            Stop::Name(name) => Cow::Borrowed(*name),
            Stop::Key(_) => Cow::Borrowed("*"),
            Stop::Index(index) => Cow::Owned(index.to_string()),
        });
        stops.collect::<Vec<_>>().join(".")
    }
}

impl Stop {
    fn name(&self) -> Cow<'_, str> {
        match self {
            Self::Name(name) => Cow::Borrowed(name),
            Self::Key(key) => Cow::Borrowed(key),
            Self::Index(index) => Cow::Owned(index.to_string()),
        }
    }
}

/// What holds an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holder {
    Map,
    List,
}

impl Expression {
    /// Adds a placeholder for each name of the path; indexes are numbers in the text, as DynamoDB wants them.
    pub(super) fn way(&mut self, path: &Path) -> String {
        let mut text = String::new();
        for stop in &path.0 {
            match stop {
                Stop::Index(index) => text.push_str(&format!("[{index}]")),
                stop => {
                    if !text.is_empty() {
                        text.push('.');
                    }
                    text.push_str(&self.name(&stop.name()));
                }
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(key: &str) -> Stop {
        Stop::Key(key.to_owned())
    }

    #[test]
    fn what_is_inside_overlaps() {
        let address = || Path::of("address");
        let city = || address().then(Stop::Name("city"));
        assert!(address().overlaps(&address()));
        assert!(address().overlaps(&city()));
        assert!(city().overlaps(&address()));
        assert!(city().overlaps(&address().then(key("city"))), "DynamoDB has one kind of name");
        assert!(!city().overlaps(&address().then(Stop::Name("street"))));
        assert!(!address().overlaps(&Path::of("note")));
        let lines = |index| Path::of("lines").then(Stop::Index(index));
        assert!(lines(1).overlaps(&lines(1).then(key("x"))));
        assert!(!lines(1).overlaps(&lines(2)));
        assert!(!lines(1).overlaps(&Path::of("lines").then(key("1"))));
    }

    #[test]
    fn keys_are_placeholders_and_no_message_shows_them() {
        let path = Path::of("counts").then(key("a.b")).then(Stop::Index(3)).then(Stop::Name("n"));
        let mut expression = Expression::default();
        assert_eq!(expression.way(&path), "#n0.#n1[3].#n2");
        assert_eq!(expression.names[1], "a.b");
        assert_eq!(path.text(), "counts.*.3.n");
    }
}
