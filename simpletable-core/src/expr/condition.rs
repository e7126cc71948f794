use std::marker::PhantomData;
use std::ops::Not;

use aws_sdk_dynamodb::types::AttributeValue;

use super::Need;
use super::Place;
use super::field::Refused;

/// What rows of `E` have to fulfil: made from fields (`t.hours.gt(10.0)`), joined by [`and`](Self::and), [`or`](Self::or) and `!`.
///
/// Conditions of two entities do not mix. A function of yours can make one from [`Fields`](crate::Fields).
///
/// Names and values go to DynamoDB as placeholders, never as part of the text. An
/// [expression](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-expression-parameters) has at most
/// 300 operators and 4 KB of text, and one `in_` has at most 100 values; a larger one is an
/// [`Error::Expression`](crate::Error::Expression) before anything is sent.
///
/// # Examples
/// ```
/// # use serde::{Deserialize, Serialize};
/// use simpletable::{Condition, Fields, SingleTable, Table};
///
/// #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
/// struct Task {
///     title: String,
///     hours: f64,
///     note: Option<String>,
/// }
///
/// fn long(t: &Fields<Task>) -> Condition<Task> {
///     t.hours.gt(10.0).or(t.title.begins_with("epic"))
/// }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
/// # let table = Table::in_memory::<Task>().await?;
/// # let task = |title: &str, hours| Task { title: title.into(), hours, note: None };
/// table.create_many([task("write", 2.0), task("epic: move", 5.0), task("build", 30.0)]).await?.into_complete()?;
/// assert_eq!(table.list::<Task>().filter(long).all().await?.len(), 2);
/// assert_eq!(table.list::<Task>().filter(|t| (!long(t)).and(t.note.not_exists())).all().await?.len(), 1);
/// # Ok(()) }
/// ```
#[must_use = "a condition does nothing until an operation is given it"]
pub struct Condition<E> {
    pub(crate) node: Result<Node, Refused>,
    entity: PhantomData<fn() -> E>,
}

impl<E> Clone for Condition<E> {
    fn clone(&self) -> Self {
        Self::new(self.node.clone())
    }
}

impl<E> std::fmt::Debug for Condition<E> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Condition").finish_non_exhaustive()
    }
}

impl<E> Condition<E> {
    pub(super) fn new(node: Result<Node, Refused>) -> Self {
        Self { node, entity: PhantomData }
    }

    /// Both.
    pub fn and(self, other: Self) -> Self {
        self.join(other, Node::All)
    }

    /// Either or both.
    pub fn or(self, other: Self) -> Self {
        self.join(other, Node::Any)
    }

    fn join(self, other: Self, join: fn(Vec<Node>) -> Node) -> Self {
        Self::new(self.node.and_then(|first| Ok(join(vec![first, other.node?]))))
    }
}

impl<E> Not for Condition<E> {
    type Output = Self;
    fn not(self) -> Self {
        Self::new(self.node.map(|node| Node::Not(Box::new(node))))
    }
}

/// A condition as it is written for DynamoDB.
#[derive(Clone, PartialEq)]
#[cfg_attr(test, derive(Debug))]
pub(crate) enum Node {
    Exists(Place),
    Absent(Place),
    Compare(Place, Compare, AttributeValue),
    Between(Place, AttributeValue, AttributeValue),
    In(Place, Vec<AttributeValue>),
    BeginsWith(Place, AttributeValue),
    Contains(Place, AttributeValue),
    Size(Place, Compare, u32),
    /// What a change needs; it may be at a key of a map, which places cannot name.
    Need(Need),
    Not(Box<Node>),
    All(Vec<Node>),
    Any(Vec<Node>),
}

/// How two values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Compare {
    Equal,
    NotEqual,
    Less,
    AtMost,
    Greater,
    AtLeast,
}

impl Compare {
    pub(super) fn operator(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "<>",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Greater => ">",
            Self::AtLeast => ">=",
        }
    }
}

impl Node {
    pub(crate) fn exists(attribute: &'static str) -> Self {
        Self::Exists(Place::of(attribute))
    }

    pub(crate) fn absent(attribute: &'static str) -> Self {
        Self::Absent(Place::of(attribute))
    }

    pub(crate) fn equal(attribute: &'static str, value: AttributeValue) -> Self {
        Self::Compare(Place::of(attribute), Compare::Equal, value)
    }

    pub(crate) fn begins_with(attribute: &'static str, prefix: String) -> Self {
        Self::BeginsWith(Place::of(attribute), AttributeValue::S(prefix))
    }

    /// The attributes that it looks at.
    pub(crate) fn attributes(&self) -> Vec<&'static str> {
        match self {
            Self::Exists(place) | Self::Absent(place) | Self::BeginsWith(place, _) | Self::Contains(place, _) => place.attribute(),
            Self::Compare(place, ..) | Self::Size(place, ..) | Self::Between(place, ..) | Self::In(place, _) => place.attribute(),
            Self::Need(need) => need.attribute().into_iter().collect(),
            Self::Not(node) => node.attributes(),
            Self::All(nodes) | Self::Any(nodes) => nodes.iter().flat_map(Self::attributes).collect(),
        }
    }

    /// The row is no head that a long deletion has taken out of service.
    pub(crate) fn in_service() -> Self {
        let retired = AttributeValue::N(crate::codec::OUT_OF_SERVICE.to_owned());
        Self::Compare(Place::of(crate::codec::name::VERSION), Compare::NotEqual, retired)
    }

    pub(crate) fn at_most(attribute: &'static str, value: AttributeValue) -> Self {
        Self::Compare(Place::of(attribute), Compare::AtMost, value)
    }

    pub(crate) fn above(attribute: &'static str, value: AttributeValue) -> Self {
        Self::Compare(Place::of(attribute), Compare::Greater, value)
    }
}
