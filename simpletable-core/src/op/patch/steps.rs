use aws_sdk_dynamodb::types::AttributeValue;
use serde::Serialize;

use crate::codec;
use crate::error::{EncodeProblem, Error, ITEM_BYTES, PatchProblem, Result};
use crate::expr::{Assigned, Located, Need, Number, Path, Refused, Step, encode_value};
use crate::key::Part;

/// The steps of a patch, what they ask of the row, and what they assign to its keys.
pub(super) struct Steps {
    entity: &'static str,
    steps: Vec<Step>,
    needs: Vec<Need>,
    parts: Vec<(usize, Option<Part<'static>>)>,
    expires_at: Option<Option<i64>>,
    /// The first mistake.
    refused: Option<Error>,
}

impl Steps {
    pub(super) fn new(entity: &'static str) -> Self {
        Self { entity, steps: Vec::new(), needs: Vec::new(), parts: Vec::new(), expires_at: None, refused: None }
    }

    /// The steps, if they can be sent.
    ///
    /// # Errors
    /// The first mistake; [`Error::ItemTooLarge`] where the values alone are too large.
    pub(super) fn checked(&self) -> Result<&[Step]> {
        if let Some(error) = &self.refused {
            return Err(error.clone());
        }
        let bytes = self.steps.iter().map(Step::bytes).sum();
        if bytes > ITEM_BYTES { Err(Error::ItemTooLarge { entity: self.entity, bytes }) } else { Ok(&self.steps) }
    }

    pub(super) fn needs(&self) -> &[Need] {
        &self.needs
    }

    pub(super) fn parts(&self) -> &[(usize, Option<Part<'static>>)] {
        &self.parts
    }

    pub(super) fn expires_at(&self) -> Option<Option<i64>> {
        self.expires_at
    }

    /// Places get values, or become absent.
    pub(super) fn give(&mut self, assigned: Result<Vec<Assigned>, Refused>) {
        for Assigned { path, value, part, expires_at, aliases } in self.unless_refused(assigned).unwrap_or_default() {
            self.parts.extend(part);
            self.expires_at = expires_at.or(self.expires_at);
            self.push(Step::set_or_remove(path, value), aliases, None);
        }
    }

    pub(super) fn set_if_missing<V>(&mut self, place: Located<V>, value: V) {
        let aliases = place.aliases;
        if let Some(Assigned { path, value: Some(value), .. }) = self.unless_refused(place.assign(Some(value))) {
            self.push(Step::SetIfMissing(path, value), aliases, None);
        }
    }

    /// Adds to a number, or subtracts from it.
    pub(super) fn add<V: Number>(&mut self, place: Located<V>, by: V, negative: bool) {
        let sign = if negative { -1 } else { 1 };
        // Nothing that is added to a number in this range leaves the range of its type.
        let range = V::RANGE.zip(by.integer()).map(|((low, high), by)| {
            let by = by.saturating_mul(sign);
            (low.saturating_sub(by).max(low), high.saturating_sub(by).min(high))
        });
        let (path, encode, aliases) = (place.path, place.encode, place.aliases);
        let encoded = path.and_then(|path| encode(by).map_err(|problem| Refused { path: path.text(), problem }).map(|value| (path, value)));
        if let Some((path, AttributeValue::N(text))) = self.unless_refused(encoded) {
            let text = match text.strip_prefix('-') {
                _ if !negative => text,
                Some(positive) => positive.to_owned(),
                None => format!("-{text}"),
            };
            self.push(Step::Add(path, AttributeValue::N(text)), aliases, range);
        }
    }

    /// A set gets members, or loses them.
    pub(super) fn members<V, M: Serialize>(
        &mut self,
        place: Located<V>,
        members: impl Iterator<Item = M>,
        step: fn(Path, AttributeValue) -> Step,
    ) {
        let aliases = place.aliases;
        let set = |members: Vec<AttributeValue>| {
            let mut distinct: Vec<AttributeValue> = Vec::with_capacity(members.len());
            for member in members {
                if !distinct.contains(&member) {
                    distinct.push(member);
                }
            }
            codec::set_of(distinct)
        };
        let encoded = encoded(place, members, set);
        // DynamoDB has no empty sets, and of no members nothing changes.
        if let Some((path, Some(set))) = self.unless_refused(encoded) {
            self.push(step(path, set), aliases, None);
        }
    }

    /// A list gets elements.
    pub(super) fn elements<V, M: Serialize>(
        &mut self,
        place: Located<V>,
        elements: impl Iterator<Item = M>,
        step: fn(Path, AttributeValue) -> Step,
    ) {
        let aliases = place.aliases;
        let encoded = encoded(place, elements, Ok);
        if let Some((path, elements)) = self.unless_refused(encoded)
            && !elements.is_empty()
        {
            self.push(step(path, AttributeValue::L(elements)), aliases, None);
        }
    }

    /// `aliases`: other names under which the row may have the field.
    fn push(&mut self, step: Step, aliases: &'static [&'static str], range: Option<(i128, i128)>) {
        let path = step.path();
        if self.steps.iter().any(|earlier| earlier.path().overlaps(path)) {
            let error = Error::Patch { entity: self.entity, path: path.text(), problem: PatchProblem::Overlap };
            self.refused.get_or_insert(error);
            return;
        }
        let other_names: Vec<Path> = aliases.iter().map(|alias| path.renamed(alias)).collect();
        let replaces = matches!(step, Step::Set(..) | Step::Remove(_));
        let mut needs = Need::of(&step, range);
        self.steps.push(step);
        if replaces {
            self.steps.extend(other_names.into_iter().map(Step::Remove));
        } else {
            needs.extend(other_names.into_iter().map(|path| Need::absent(path, PatchProblem::Renamed)));
        }
        for need in needs {
            if !self.needs.contains(&need) {
                self.needs.push(need);
            }
        }
    }

    fn unless_refused<V>(&mut self, result: Result<V, Refused>) -> Option<V> {
        let entity = self.entity;
        result.map_err(|Refused { path, problem }| self.refused.get_or_insert(Error::Encode { entity, path, problem })).ok()
    }
}

/// What values become at a place.
fn encoded<V, M: Serialize, S>(
    place: Located<V>,
    values: impl Iterator<Item = M>,
    stored: impl FnOnce(Vec<AttributeValue>) -> Result<S, EncodeProblem>,
) -> Result<(Path, S), Refused> {
    let path = place.path?;
    let values: Result<Vec<_>, _> = values.map(encode_value).collect();
    match values.and_then(stored) {
        Ok(stored) => Ok((path, stored)),
        Err(problem) => Err(Refused { path: path.text(), problem }),
    }
}
