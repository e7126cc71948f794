//! Changes of a row in place, and how they are written for DynamoDB.

use aws_sdk_dynamodb::types::AttributeValue;

use super::{Expression, Path};
use crate::codec;

/// One step of a change: what becomes of one place.
#[derive(Clone, PartialEq)]
pub(crate) enum Step {
    /// It holds the value.
    Set(Path, AttributeValue),
    /// It holds the value, if it holds none.
    SetIfMissing(Path, AttributeValue),
    /// The list begins with these elements; what is absent counts as empty.
    Prepend(Path, AttributeValue),
    /// The list ends with these elements; what is absent counts as empty.
    Append(Path, AttributeValue),
    /// A number is added to it, or members to a set; what is absent counts as 0, or as empty.
    Add(Path, AttributeValue),
    /// The set loses these members.
    Delete(Path, AttributeValue),
    /// It is absent.
    Remove(Path),
}

impl Step {
    pub(crate) fn set(attribute: &'static str, value: AttributeValue) -> Self {
        Self::Set(Path::of(attribute), value)
    }

    /// The value, or its absence.
    pub(crate) fn set_or_remove(path: Path, value: Option<AttributeValue>) -> Self {
        match value {
            Some(value) => Self::Set(path, value),
            None => Self::Remove(path),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        match self {
            Self::Set(path, _) | Self::SetIfMissing(path, _) | Self::Prepend(path, _) | Self::Append(path, _) => path,
            Self::Add(path, _) | Self::Delete(path, _) | Self::Remove(path) => path,
        }
    }

    /// How many bytes it gives the row, at least.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Self::Remove(_) | Self::Delete(..) => 0,
            step => step.path().text().len() + step.value().map(codec::value_bytes).unwrap_or_default(),
        }
    }

    /// What it writes.
    pub(crate) fn value(&self) -> Option<&AttributeValue> {
        match self {
            Self::Set(_, value) | Self::SetIfMissing(_, value) | Self::Prepend(_, value) | Self::Append(_, value) => Some(value),
            Self::Add(_, value) | Self::Delete(_, value) => Some(value),
            Self::Remove(_) => None,
        }
    }
}

impl Expression {
    /// Writes the steps as one update expression; its placeholders are added, its text is returned.
    pub(crate) fn update(&mut self, steps: &[Step]) -> String {
        let (mut set, mut remove, mut add, mut delete) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for step in steps {
            let way = self.way(step.path());
            let value = step.value().map(|value| self.value(value.clone())).unwrap_or_default();
            match step {
                Step::Set(..) => set.push(format!("{way} = {value}")),
                Step::SetIfMissing(..) => set.push(format!("{way} = if_not_exists({way}, {value})")),
                Step::Append(..) => {
                    let empty = self.empty_list();
                    set.push(format!("{way} = list_append(if_not_exists({way}, {empty}), {value})"));
                }
                Step::Prepend(..) => {
                    let empty = self.empty_list();
                    set.push(format!("{way} = list_append({value}, if_not_exists({way}, {empty}))"));
                }
                Step::Add(..) => add.push(format!("{way} {value}")),
                Step::Delete(..) => delete.push(format!("{way} {value}")),
                Step::Remove(..) => remove.push(way),
            }
        }
        let clauses = [("SET", set), ("REMOVE", remove), ("ADD", add), ("DELETE", delete)];
        let clauses = clauses.into_iter().filter(|(_, steps)| !steps.is_empty());
        clauses.map(|(clause, steps)| format!("{clause} {}", steps.join(", "))).collect::<Vec<_>>().join(" ")
    }

    /// What an absent list counts as.
    fn empty_list(&mut self) -> String {
        self.value(AttributeValue::L(Vec::new()))
    }
}

#[cfg(test)]
mod tests {
    use super::super::path::Stop;
    use super::*;

    #[test]
    fn writes_each_clause_once() {
        let number = |text: &str| AttributeValue::N(text.to_owned());
        let list = || AttributeValue::L(vec![number("9")]);
        let steps = [
            Step::set("a", number("1")),
            Step::Add(Path::of("m").then(Stop::Key("k".to_owned())), number("2")),
            Step::set("b", number("3")),
            Step::Remove(Path::of("c")),
            Step::SetIfMissing(Path::of("d"), number("4")),
            Step::Append(Path::of("e"), list()),
            Step::Prepend(Path::of("f"), list()),
            Step::Delete(Path::of("g"), AttributeValue::Ss(vec!["x".to_owned()])),
            Step::Remove(Path::of("h")),
        ];
        let mut expression = Expression::default();
        let expected = "SET #n0 = :v0, #n3 = :v2, #n5 = if_not_exists(#n5, :v3), \
                        #n6 = list_append(if_not_exists(#n6, :v5), :v4), #n7 = list_append(:v6, if_not_exists(#n7, :v7)) \
                        REMOVE #n4, #n9 ADD #n1.#n2 :v1 DELETE #n8 :v8";
        assert_eq!(expression.update(&steps), expected);
    }
}
