//! Changes of a row in place, and how they are written for DynamoDB.

use aws_sdk_dynamodb::types::AttributeValue;

use super::{Expression, Place};
use crate::codec;

/// One step of a change: what becomes of one place.
#[derive(Clone, PartialEq)]
pub(crate) enum Step {
    /// It holds the value.
    Set(Place, AttributeValue),
    /// A number is added to it; what is absent counts as 0.
    #[allow(dead_code, reason = "patches come next")]
    Add(Place, AttributeValue),
}

impl Step {
    pub(crate) fn set(attribute: &'static str, value: AttributeValue) -> Self {
        Self::Set(Place::of(attribute), value)
    }
}

impl Step {
    /// How many bytes it gives the row, at least.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Self::Set(place, value) | Self::Add(place, value) => place.names().concat().len() + codec::value_bytes(value),
        }
    }
}

impl Expression {
    /// Writes the steps as one update expression; its placeholders are added, its text is returned.
    pub(crate) fn update(&mut self, steps: &[Step]) -> String {
        let (mut set, mut add) = (Vec::new(), Vec::new());
        for step in steps {
            match step {
                Step::Set(place, value) => set.push(format!("{} = {}", self.path(place), self.value(value.clone()))),
                Step::Add(place, value) => add.push(format!("{} {}", self.path(place), self.value(value.clone()))),
            }
        }
        let clauses = [("SET", set), ("ADD", add)].into_iter().filter(|(_, steps)| !steps.is_empty());
        clauses.map(|(clause, steps)| format!("{clause} {}", steps.join(", "))).collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_each_clause_once() {
        let number = |text: &str| AttributeValue::N(text.to_owned());
        let steps = [Step::set("a", number("1")), Step::Add(Place::of("m").inside("k"), number("2")), Step::set("b", number("3"))];
        let mut expression = Expression::default();
        assert_eq!(expression.update(&steps), "SET #n0 = :v0, #n3 = :v2 ADD #n1.#n2 :v1");
    }
}
