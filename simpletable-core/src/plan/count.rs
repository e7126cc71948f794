//! Counts by type: one row of statistics, in the form that Python keeps it in.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use chrono::{DateTime, Utc};

use super::{Action, Failure, Plan};
use crate::codec::name;
use crate::expr::{Node, Place, Step};
use crate::key::PrimaryKey;
use crate::schema::{EntityDef, INTERNAL, STATISTICS};
use crate::time;

/// What an action does to the number of an entity.
#[derive(Clone)]
pub(super) struct Counted {
    entity: &'static str,
    by: i64,
    time: DateTime<Utc>,
}

/// The key of the row.
pub(crate) fn key() -> PrimaryKey {
    let pk = format!("{INTERNAL}{STATISTICS}");
    PrimaryKey { sk: pk.clone(), pk }
}

/// The number of an entity, inside the row.
pub(crate) fn place(entity: &'static str) -> Place {
    Place::of(name::COUNTS).inside(entity)
}

/// What every change of the row sets: Python lists by one and shows the other, and who recounts knows by them that somebody wrote.
pub(crate) fn stamped(time: DateTime<Utc>, steps: impl IntoIterator<Item = Step>) -> Vec<Step> {
    let text = AttributeValue::S(time::attribute_form(time));
    [Step::set(name::UPDATED_AT, text.clone()), Step::set(name::TYPE_SK, text)].into_iter().chain(steps).collect()
}

impl Action {
    /// With this action a resource comes into being: its entity counts one more, if it is counted.
    pub(crate) fn arriving(self, def: &EntityDef, time: DateTime<Utc>) -> Self {
        self.counting(def, 1, time)
    }

    /// With this action a resource is gone for everybody: its entity counts one less, if it is counted.
    pub(crate) fn leaving(self, def: &EntityDef, time: DateTime<Utc>) -> Self {
        self.counting(def, -1, time)
    }

    fn counting(mut self, def: &EntityDef, by: i64, time: DateTime<Utc>) -> Self {
        self.counted = def.count.then_some(Counted { entity: def.name, by, time });
        self
    }
}

impl Plan {
    /// The plan with the change of the statistics that its actions make: one action, as a transaction can have one only for a row. It stands
    /// last, so that what fails of the resources themselves is what the caller is told.
    pub(crate) fn with_counts(mut self) -> Self {
        let mut counts = BTreeMap::new();
        let mut latest = None;
        for Counted { entity, by, time } in self.actions.iter_mut().filter_map(|action| action.counted.take()) {
            *counts.entry(entity).or_insert(0) += by;
            latest = latest.max(Some(time));
        }
        counts.retain(|_, by| *by != 0);
        if let Some(time) = latest.filter(|_| !counts.is_empty()) {
            let add = |(entity, by): (_, i64)| Step::Add(place(entity).into(), AttributeValue::N(by.to_string()));
            let change = Action::change(key(), stamped(time, counts.into_iter().map(add)), None);
            // UpdateItem adds to a number that is absent, but not in a map that is.
            self.actions.push(change.only_if(Node::exists(name::COUNTS), Failure::NoStatistics));
        }
        self
    }
}

impl Plan {
    /// Whether the action was refused because there is no row of statistics.
    pub(super) fn lacks_statistics(&self, action: usize) -> bool {
        let guard = self.actions.get(action).and_then(|action| action.guard.as_ref());
        guard.is_some_and(|guard| guard.failure == Failure::NoStatistics)
    }
}

/// The row without numbers, where there is none: of several that begin it, one does.
pub(crate) fn begin(time: DateTime<Utc>) -> Plan {
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let steps = [
        Step::set(name::COUNTS, AttributeValue::M(Default::default())),
        Step::set(name::TYPE, text(STATISTICS)),
        Step::set(name::ID, text(STATISTICS)),
        Step::set(name::CREATED_AT, AttributeValue::S(time::attribute_form(time))),
    ];
    let action = Action::change(key(), stamped(time, steps), None);
    Plan::of(vec![action.only_if(Node::absent(name::COUNTS), Failure::AlreadyExists)])
}
