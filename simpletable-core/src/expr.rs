//! Conditions, and how they are written for DynamoDB: names and values are always placeholders.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

use crate::error::Item;

/// What a row has to fulfil.
#[derive(Clone, PartialEq)]
pub(crate) enum Condition {
    Exists(String),
    Absent(String),
    Equal(String, AttributeValue),
    AtMost(String, AttributeValue),
    Above(String, AttributeValue),
    All(Vec<Condition>),
    Any(Vec<Condition>),
}

/// An expression as a request carries it.
#[derive(Clone, Default, PartialEq)]
pub(crate) struct Expression {
    pub(crate) text: String,
    pub(crate) names: HashMap<String, String>,
    pub(crate) values: Item,
}

impl Expression {
    /// Adds a placeholder for an attribute's name.
    pub(crate) fn name(&mut self, attribute: &str) -> String {
        if let Some((placeholder, _)) = self.names.iter().find(|(_, name)| *name == attribute) {
            return placeholder.clone();
        }
        let placeholder = format!("#n{}", self.names.len());
        self.names.insert(placeholder.clone(), attribute.to_owned());
        placeholder
    }

    /// Adds a placeholder for a value.
    pub(crate) fn value(&mut self, value: AttributeValue) -> String {
        let placeholder = format!(":v{}", self.values.len());
        self.values.insert(placeholder.clone(), value);
        placeholder
    }

    /// The request's form of its maps: none where they are empty, which DynamoDB would refuse.
    pub(crate) fn into_parts(self) -> (String, Option<HashMap<String, String>>, Option<Item>) {
        (self.text, Some(self.names).filter(|names| !names.is_empty()), Some(self.values).filter(|values| !values.is_empty()))
    }
}

impl Condition {
    /// Writes the condition; its placeholders are added to `expression`, its text is returned.
    pub(crate) fn write(&self, expression: &mut Expression) -> String {
        match self {
            Self::Exists(attribute) => format!("attribute_exists({})", expression.name(attribute)),
            Self::Absent(attribute) => format!("attribute_not_exists({})", expression.name(attribute)),
            Self::Equal(attribute, value) => compare(expression, attribute, "=", value),
            Self::AtMost(attribute, value) => compare(expression, attribute, "<=", value),
            Self::Above(attribute, value) => compare(expression, attribute, ">", value),
            Self::All(conditions) => join(expression, conditions, " AND "),
            Self::Any(conditions) => join(expression, conditions, " OR "),
        }
    }

    /// The condition as an expression of its own.
    pub(crate) fn expression(&self) -> Expression {
        let mut expression = Expression::default();
        expression.text = self.write(&mut expression);
        expression
    }
}

fn compare(expression: &mut Expression, attribute: &str, operator: &str, value: &AttributeValue) -> String {
    let name = expression.name(attribute);
    format!("{name} {operator} {}", expression.value(value.clone()))
}

fn join(expression: &mut Expression, conditions: &[Condition], between: &str) -> String {
    let texts: Vec<String> = conditions.iter().map(|condition| condition.write(expression)).collect();
    match <[String; 1]>::try_from(texts) {
        Ok([text]) => text,
        Err(texts) => format!("({})", texts.join(between)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_names_and_values_as_placeholders() {
        let text = |text: &str| AttributeValue::S(text.to_owned());
        let condition = Condition::All(vec![
            Condition::Equal("updated_at".into(), text("x")),
            Condition::Any(vec![Condition::Absent("ttl".into()), Condition::Above("ttl".into(), AttributeValue::N("5".into()))]),
        ]);
        let expression = condition.expression();
        assert_eq!(expression.text, "(#n0 = :v0 AND (attribute_not_exists(#n1) OR #n1 > :v1))");
        assert_eq!(expression.names, HashMap::from([("#n0".into(), "updated_at".into()), ("#n1".into(), "ttl".into())]));
        assert_eq!(expression.values, Item::from([(":v0".into(), text("x")), (":v1".into(), AttributeValue::N("5".into()))]));
    }

    #[test]
    fn one_of_all_needs_no_brackets() {
        assert_eq!(Condition::All(vec![Condition::Exists("pk".into())]).expression().text, "attribute_exists(#n0)");
    }
}
