//! What a row has to hold where a step changes it. DynamoDB answers a step that does not fit with a refusal of the request; as a condition, it says
//! which row it was.

use aws_sdk_dynamodb::types::AttributeValue;

use super::path::{Holder, Path};
use super::{Expression, Step};
use crate::codec::type_name;
use crate::error::{Item, PatchProblem};

/// What one place of a row has to hold.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Need {
    path: Path,
    kind: Kind,
}

#[derive(Debug, Clone, PartialEq)]
enum Kind {
    /// Something.
    There,
    /// Nothing, or something that is not NULL.
    NotNull,
    /// Something of this type.
    Is(&'static str),
    /// Nothing, or something of this type.
    MayBe(&'static str),
    /// A number between two; nothing, where that counts as 0.
    Number { low: i128, high: i128, absent: bool },
    /// Anything but this.
    Other(AttributeValue),
    /// Nothing. What is there makes the patch mean something else.
    Absent(PatchProblem),
}

impl Need {
    /// Nothing is there.
    pub(crate) fn absent(path: Path, problem: PatchProblem) -> Self {
        Self { path, kind: Kind::Absent(problem) }
    }

    /// It does not hold this.
    pub(crate) fn other(attribute: &'static str, value: AttributeValue) -> Self {
        Self { path: Path::of(attribute), kind: Kind::Other(value) }
    }

    /// What a step asks of the row. `range`: where the number has to be that something is added to, so that the sum is one of its type.
    pub(crate) fn of(step: &Step, range: Option<(i128, i128)>) -> Vec<Self> {
        let path = step.path();
        let holder = path.parent().map(|(path, holder)| Self {
            path,
            kind: Kind::Is(match holder {
                Holder::Map => "M",
                Holder::List => "L",
            }),
        });
        let kind = match step {
            Step::Remove(_) => None,
            // Past its end, DynamoDB appends to the list instead.
            Step::Set(..) => path.is_element().then_some(Kind::There),
            Step::SetIfMissing(..) => Some(Kind::NotNull),
            Step::Append(..) | Step::Prepend(..) => Some(Kind::MayBe("L")),
            Step::Add(_, value) | Step::Delete(_, value) if path.is_element() => Some(Kind::Is(type_name(value))),
            Step::Add(_, value) | Step::Delete(_, value) => Some(Kind::MayBe(type_name(value))),
        };
        let within = |(low, high)| Kind::Number { low, high, absent: !path.is_element() && low <= 0 && high >= 0 };
        let own = range.map(within).or(kind).map(|kind| Self { path: path.clone(), kind });
        holder.into_iter().chain(own).collect()
    }

    pub(super) fn attribute(&self) -> Option<&'static str> {
        self.path.attribute()
    }

    /// Where, for messages.
    pub(crate) fn path(&self) -> String {
        self.path.text()
    }

    /// Whether the row fulfils it.
    pub(super) fn is_met(&self, item: &Item) -> bool {
        match &self.kind {
            Kind::Other(value) => self.path.find(item) != Some(value),
            _ => self.unmet(item).is_none(),
        }
    }

    /// Why a patch does not fit the row; `None` where it does.
    pub(crate) fn unmet(&self, item: &Item) -> Option<PatchProblem> {
        let found = self.path.find(item);
        let other = |found: &AttributeValue| match found {
            AttributeValue::Null(_) => PatchProblem::Null,
            found => PatchProblem::Type { found: type_name(found) },
        };
        match (&self.kind, found) {
            (Kind::There | Kind::Is(_), None) => Some(PatchProblem::Missing),
            (Kind::Number { absent: false, .. }, None) if self.path.is_element() => Some(PatchProblem::Missing),
            (Kind::Number { absent: false, .. }, None) => Some(PatchProblem::Range),
            (Kind::Absent(_) | Kind::NotNull | Kind::MayBe(_) | Kind::Number { .. }, None) | (Kind::There, Some(_)) => None,
            (Kind::Other(_), _) => None,
            (Kind::Absent(problem), Some(_)) => Some(*problem),
            (Kind::NotNull, Some(found)) => found.is_null().then_some(PatchProblem::Null),
            (Kind::Is(wanted) | Kind::MayBe(wanted), Some(found)) => (type_name(found) != *wanted).then(|| other(found)),
            (Kind::Number { low, high, .. }, Some(AttributeValue::N(text))) => {
                (!is_between(text, *low, *high)).then_some(PatchProblem::Range)
            }
            (Kind::Number { .. }, Some(found)) => Some(other(found)),
        }
    }
}

/// Whether the number, in any notation, is in the range.
fn is_between(text: &str, low: i128, high: i128) -> bool {
    match (text.parse::<i128>(), text.parse::<f64>()) {
        (Ok(number), _) => (low..=high).contains(&number),
        (_, Ok(number)) => (low as f64..=high as f64).contains(&number),
        _ => false,
    }
}

impl Expression {
    /// Writes a need as a condition.
    pub(super) fn need(&mut self, need: &Need) -> String {
        let way = self.way(&need.path);
        match &need.kind {
            Kind::There => self.counted(1, format!("attribute_exists({way})")),
            Kind::Other(value) => {
                let value = self.value(value.clone());
                self.counted(1, format!("{way} <> {value}"))
            }
            Kind::Absent(_) => self.counted(1, format!("attribute_not_exists({way})")),
            Kind::NotNull => {
                let null = self.type_of(&way, "NULL");
                self.counted(1, format!("(NOT {null})"))
            }
            Kind::Is(wanted) => self.type_of(&way, wanted),
            Kind::MayBe(wanted) => {
                let wanted = self.type_of(&way, wanted);
                self.counted(2, format!("(attribute_not_exists({way}) OR {wanted})"))
            }
            Kind::Number { low, high, absent } => {
                let low = self.value(AttributeValue::N(low.to_string()));
                let high = self.value(AttributeValue::N(high.to_string()));
                let between = self.counted(1, format!("{way} BETWEEN {low} AND {high}"));
                if *absent { self.counted(2, format!("(attribute_not_exists({way}) OR {between})")) } else { between }
            }
        }
    }

    fn type_of(&mut self, way: &str, wanted: &str) -> String {
        let wanted = self.value(AttributeValue::S(wanted.to_owned()));
        self.counted(1, format!("attribute_type({way}, {wanted})"))
    }

    fn counted(&mut self, operators: usize, text: String) -> String {
        self.operators += operators;
        text
    }
}
