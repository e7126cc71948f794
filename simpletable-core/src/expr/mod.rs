//! Conditions, and how they are written for DynamoDB: names and values are always placeholders.

mod condition;
mod element;
mod field;
mod holds;
mod need;
mod path;
mod place;
pub mod role;
mod target;
mod update;

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

pub(crate) use condition::Compare;
pub use condition::Condition;
pub(crate) use condition::Node;
pub use element::{ListField, MapField, Number, SetMembers};
pub(crate) use field::Refused;
pub use field::{Comparable, Container, Field, Size, Text, encode_set, encode_value};
pub(crate) use holds::same;
pub(crate) use need::Need;
pub(crate) use path::Path;
pub use place::Place;
pub use role::{InData, Stored, Visible};
pub use target::Inside;
pub(crate) use target::{Assigned, Located, Single, Target, Values};
pub(crate) use update::Step;

use crate::error::{ExpressionProblem, Item};

/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-expression-parameters>
const EXPRESSION_BYTES: usize = 4096;
const OPERATORS: usize = 300;
const OPERANDS_OF_IN: usize = 100;

/// A struct inside an entity whose fields conditions can name: `#[derive(Nested)]`.
///
/// [`Field::at`] reaches into it, through up to 7 such structs.
///
/// # Examples
/// ```
/// # use serde::{Deserialize, Serialize};
/// use simpletable::{Nested, SingleTable, Table};
///
/// #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Nested)]
/// struct Address {
///     city: String,
/// }
///
/// #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
/// struct Customer {
///     name: String,
///     address: Option<Address>,
/// }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> simpletable::Result<()> {
/// # let table = Table::in_memory::<Customer>().await?;
/// let ann = table.create(Customer { name: "Ann".into(), address: Some(Address { city: "Oslo".into() }) }).await?;
/// table.create(Customer { name: "Bob".into(), address: None }).await?;
/// assert_eq!(table.list::<Customer>().filter(|c| c.address.at(|a| a.city).eq("Oslo")).all().await?, [ann]);
/// # Ok(()) }
/// ```
#[diagnostic::on_unimplemented(
    message = "the fields of `{Self}` cannot be named in a condition",
    label = "`{Self}` does not name its fields",
    note = "put `#[derive(Nested)]` on `{Self}`"
)]
pub trait Nested: Sized {
    /// Its fields, as parts of an `E`.
    #[doc(hidden)]
    type Fields<E, Role>;
    /// Its fields, where the struct is at `place`.
    #[doc(hidden)]
    fn fields<E, Role>(place: Place) -> Self::Fields<E, Role>;
}

/// An expression as a request carries it.
#[derive(Clone, Default, PartialEq)]
pub(crate) struct Expression {
    pub(crate) text: String,
    /// What `#n0`, `#n1` … stand for.
    pub(crate) names: Vec<String>,
    /// What `:v0`, `:v1` … stand for.
    pub(crate) values: Vec<AttributeValue>,
    operators: usize,
    operands_of_in: usize,
}

impl Expression {
    /// Adds a placeholder for an attribute's name.
    pub(crate) fn name(&mut self, attribute: &str) -> String {
        let number = self.names.iter().position(|name| *name == attribute).unwrap_or_else(|| {
            self.names.push(attribute.to_owned());
            self.names.len() - 1
        });
        format!("#n{number}")
    }

    /// Adds a placeholder for a value.
    pub(crate) fn value(&mut self, value: AttributeValue) -> String {
        self.values.push(value);
        format!(":v{}", self.values.len() - 1)
    }

    /// Adds a placeholder for each name of a path.
    fn path(&mut self, place: &Place) -> String {
        let names: Vec<String> = place.names().iter().map(|name| self.name(name)).collect();
        names.join(".")
    }

    /// Writes a condition; its placeholders are added, its text is returned.
    pub(crate) fn write(&mut self, node: &Node) -> String {
        match node {
            Node::Exists(place) => self.call("attribute_exists", place, None),
            Node::Absent(place) => self.call("attribute_not_exists", place, None),
            Node::BeginsWith(place, value) => self.call("begins_with", place, Some(value)),
            Node::Contains(place, value) => self.call("contains", place, Some(value)),
            Node::Compare(place, compare, value) => {
                self.operators += 1;
                let path = self.path(place);
                format!("{path} {} {}", compare.operator(), self.value(value.clone()))
            }
            Node::Size(place, compare, size) => {
                let call = self.call("size", place, None);
                self.operators += 1;
                format!("{call} {} {}", compare.operator(), self.value(AttributeValue::N(size.to_string())))
            }
            Node::Between(place, low, high) => {
                self.operators += 1;
                let path = self.path(place);
                let low = self.value(low.clone());
                format!("{path} BETWEEN {low} AND {}", self.value(high.clone()))
            }
            Node::In(place, values) => self.one_of(place, values),
            Node::Need(need) => self.need(need),
            Node::Not(node) => {
                self.operators += 1;
                format!("(NOT {})", self.write(node))
            }
            Node::All(nodes) => self.join(nodes.iter(), " AND "),
            Node::Any(nodes) => self.join(nodes.iter(), " OR "),
        }
    }

    fn call(&mut self, function: &str, place: &Place, value: Option<&AttributeValue>) -> String {
        self.operators += 1;
        let path = self.path(place);
        let value = value.map(|value| format!(", {}", self.value(value.clone()))).unwrap_or_default();
        format!("{function}({path}{value})")
    }

    fn one_of(&mut self, place: &Place, values: &[AttributeValue]) -> String {
        self.operators += 1;
        self.operands_of_in = self.operands_of_in.max(values.len());
        let path = self.path(place);
        if values.is_empty() {
            // DynamoDB has no empty list; nothing is both there and not there.
            return format!("(attribute_exists({path}) AND attribute_not_exists({path}))");
        }
        let values: Vec<String> = values.iter().map(|value| self.value(value.clone())).collect();
        format!("{path} IN ({})", values.join(", "))
    }

    /// Writes conditions as one.
    pub(crate) fn join<'a>(&mut self, nodes: impl Iterator<Item = &'a Node>, between: &str) -> String {
        let texts: Vec<String> = nodes.map(|node| self.write(node)).collect();
        self.operators += texts.len().saturating_sub(1);
        match <[String; 1]>::try_from(texts) {
            Ok([text]) => text,
            Err(texts) => format!("({})", texts.join(between)),
        }
    }

    /// Whether DynamoDB can take the expression. The embedded engine takes larger ones.
    pub(crate) fn check(&self) -> Result<(), ExpressionProblem> {
        self.check_texts(&[&self.text])
    }

    /// The same, for texts that share the placeholders of this expression.
    pub(crate) fn check_texts(&self, texts: &[&str]) -> Result<(), ExpressionProblem> {
        if self.operands_of_in > OPERANDS_OF_IN {
            Err(ExpressionProblem::Operands { limit: OPERANDS_OF_IN })
        } else if self.operators > OPERATORS {
            Err(ExpressionProblem::Operators { limit: OPERATORS })
        } else if texts.iter().any(|text| text.len() > EXPRESSION_BYTES) {
            Err(ExpressionProblem::Bytes { limit: EXPRESSION_BYTES })
        } else {
            Ok(())
        }
    }

    /// The request's form: its text, and what its placeholders stand for; nothing where there are none, which DynamoDB would refuse.
    pub(crate) fn into_parts(self) -> (String, Option<HashMap<String, String>>, Option<Item>) {
        let names = self.names.into_iter().enumerate().map(|(number, name)| (format!("#n{number}"), name));
        let values = self.values.into_iter().enumerate().map(|(number, value)| (format!(":v{number}"), value));
        let (names, values): (HashMap<_, _>, Item) = (names.collect(), values.collect());
        (self.text, Some(names).filter(|names| !names.is_empty()), Some(values).filter(|values| !values.is_empty()))
    }
}

impl Node {
    /// The condition as an expression of its own.
    pub(crate) fn expression(&self) -> Expression {
        let mut expression = Expression::default();
        expression.text = expression.write(self);
        expression
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_names_and_values_as_placeholders() {
        let text = |text: &str| AttributeValue::S(text.to_owned());
        let node = Node::All(vec![
            Node::equal("updated_at", text("x")),
            Node::Any(vec![Node::absent("ttl"), Node::above("ttl", AttributeValue::N("5".into()))]),
        ]);
        let expression = node.expression();
        assert_eq!(expression.text, "(#n0 = :v0 AND (attribute_not_exists(#n1) OR #n1 > :v1))");
        let (_, names, values) = expression.into_parts();
        assert_eq!(names, Some(HashMap::from([("#n0".into(), "updated_at".into()), ("#n1".into(), "ttl".into())])));
        assert_eq!(values, Some(Item::from([(":v0".into(), text("x")), (":v1".into(), AttributeValue::N("5".into()))])));
    }

    #[test]
    fn one_of_all_needs_no_brackets() {
        assert_eq!(Node::All(vec![Node::exists("pk")]).expression().text, "attribute_exists(#n0)");
    }

    #[test]
    fn checks_dynamodbs_limits() {
        let values = |count: usize| Node::In(Place::of("a"), vec![AttributeValue::Bool(true); count]);
        assert_eq!(values(100).expression().check(), Ok(()));
        assert_eq!(values(101).expression().check(), Err(ExpressionProblem::Operands { limit: 100 }));
        let all = |count: usize| Node::All(vec![Node::exists("a"); count]).expression().check();
        assert_eq!(all(100), Ok(()));
        assert_eq!(all(151), Err(ExpressionProblem::Operators { limit: 300 }));
    }
}
