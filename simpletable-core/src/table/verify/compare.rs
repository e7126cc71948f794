//! The comparison: what would be created against what is there.

use aws_sdk_dynamodb::operation::create_table::CreateTableInput;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndexDescription, IndexStatus, KeySchemaElement, Projection, ProjectionType,
    ScalarAttributeType, TableClass, TableDescription, TableStatus, TimeToLiveDescription, TimeToLiveStatus,
};

use super::{Difference, KeyAttribute};
use crate::entity::Schema;
use crate::schema::EntityDef;
use crate::table::create;

/// What the schema declares.
pub(super) struct Expected {
    /// The request that would create the table.
    pub(super) table: CreateTableInput,
    /// The TTL attribute, where an entity uses it.
    pub(super) ttl: Option<&'static str>,
    pub(super) entities: &'static [&'static EntityDef],
}

impl Expected {
    pub(super) fn of<S: Schema>(table: &str) -> Self {
        let ttl = S::ENTITIES.iter().any(|def| def.ttl.is_some()).then_some(S::TTL_ATTRIBUTE);
        Self { table: create::request::<S>(table), ttl, entities: S::ENTITIES }
    }
}

/// Every difference; TTL is left out where it is not known yet.
pub(super) fn differences(expected: &Expected, found: &TableDescription, ttl: Option<&TimeToLiveDescription>) -> Vec<Difference> {
    let mut differences = Vec::new();
    match &found.table_status {
        Some(TableStatus::Active) | None => {}
        Some(status) => differences.push(Difference::TableNotActive { status: status.clone() }),
    }
    let key = |input: &CreateTableInput| key_of(input.key_schema(), input.attribute_definitions());
    let (wanted, has) = (key(&expected.table), key_of(found.key_schema(), found.attribute_definitions()));
    if wanted != has {
        differences.push(Difference::TableKey { expected: wanted, found: has });
    }
    differences.extend(of_indexes(&expected.table, found));
    differences.extend(ttl.and_then(|ttl| of_ttl(expected, ttl)));
    differences.extend(of_capacity(found));
    if found.table_class_summary().and_then(|summary| summary.table_class()) == Some(&TableClass::StandardInfrequentAccess) {
        differences.push(Difference::InfrequentAccess);
    }
    let regions: Vec<String> = found.replicas().iter().filter_map(|replica| replica.region_name.clone()).collect();
    if !regions.is_empty() {
        differences.push(Difference::Replicated { regions });
    }
    differences
}

/// A key with the types of its attributes, partition key first.
fn key_of(elements: &[KeySchemaElement], definitions: &[AttributeDefinition]) -> Vec<KeyAttribute> {
    let type_of = |name: &str| {
        definitions.iter().find(|definition| definition.attribute_name == name).map(|definition| definition.attribute_type.clone())
    };
    let attribute = |element: &KeySchemaElement| KeyAttribute {
        name: element.attribute_name.clone(),
        role: element.key_type.clone(),
        attribute_type: type_of(&element.attribute_name).unwrap_or_else(|| ScalarAttributeType::from("?")),
    };
    elements.iter().map(attribute).collect()
}

/// An index of the table: global, or local, which no schema declares.
struct Found<'a> {
    name: &'a str,
    key: &'a [KeySchemaElement],
    projection: Option<&'a Projection>,
    global: Option<&'a GlobalSecondaryIndexDescription>,
}

fn of_indexes(expected: &CreateTableInput, table: &TableDescription) -> Vec<Difference> {
    let global = table.global_secondary_indexes().iter().map(|index| Found {
        name: index.index_name().unwrap_or_default(),
        key: index.key_schema(),
        projection: index.projection(),
        global: Some(index),
    });
    let local = table.local_secondary_indexes().iter().map(|index| Found {
        name: index.index_name().unwrap_or_default(),
        key: index.key_schema(),
        projection: index.projection(),
        global: None,
    });
    let found: Vec<Found<'_>> = global.chain(local).collect();
    let mut differences = Vec::new();
    for wanted in expected.global_secondary_indexes() {
        let index = wanted.index_name.clone();
        let key = key_of(wanted.key_schema(), expected.attribute_definitions());
        let Some(found) = found.iter().find(|found| found.name == index) else {
            differences.push(Difference::IndexMissing { index, expected: key });
            continue;
        };
        let has = key_of(found.key, table.attribute_definitions());
        if key != has {
            differences.push(Difference::IndexKey { index: index.clone(), expected: key, found: has });
        }
        differences.extend(of_projection(&index, wanted.projection(), found.projection));
        differences.extend(found.global.and_then(|found| of_status(index, found)));
    }
    let is_known = |name: &str| expected.global_secondary_indexes().iter().any(|wanted| wanted.index_name == name);
    let unknown = found.iter().filter(|found| !is_known(found.name));
    differences.extend(unknown.map(|found| Difference::UnknownIndex { index: found.name.to_owned() }));
    differences
}

fn of_projection(index: &str, wanted: Option<&Projection>, found: Option<&Projection>) -> Option<Difference> {
    let kind = |projection: Option<&Projection>| projection.and_then(Projection::projection_type).cloned().unwrap_or(ProjectionType::All);
    let attributes = |projection: Option<&Projection>| {
        let mut names = projection.map(|projection| projection.non_key_attributes().to_vec()).unwrap_or_default();
        names.sort_unstable();
        names
    };
    let (expected, has) = (kind(wanted), kind(found));
    if expected != has {
        return Some(Difference::IndexProjection { index: index.to_owned(), expected, found: has });
    }
    let (expected, found) = (attributes(wanted), attributes(found));
    (expected != found).then(|| Difference::IndexAttributes { index: index.to_owned(), expected, found })
}

fn of_status(index: String, found: &GlobalSecondaryIndexDescription) -> Option<Difference> {
    let backfilling = found.backfilling == Some(true);
    match found.index_status.clone() {
        Some(IndexStatus::Active) | None if !backfilling => None,
        status => Some(Difference::IndexNotActive { index, status: status.unwrap_or(IndexStatus::Creating), backfilling }),
    }
}

fn of_ttl(expected: &Expected, found: &TimeToLiveDescription) -> Option<Difference> {
    let on = match found.time_to_live_status() {
        Some(TimeToLiveStatus::Enabled | TimeToLiveStatus::Enabling) => found.attribute_name().map(str::to_owned),
        _ => None,
    };
    match (expected.ttl, on) {
        (None, None) => None,
        (Some(attribute), None) => Some(Difference::TtlDisabled { attribute: attribute.to_owned() }),
        (Some(expected), Some(found)) if expected != found => Some(Difference::TtlAttribute { expected: expected.to_owned(), found }),
        (Some(_), Some(attribute)) => {
            (found.time_to_live_status() == Some(&TimeToLiveStatus::Enabling)).then_some(Difference::TtlEnabling { attribute })
        }
        (None, Some(attribute)) => {
            let has = |def: &&&'static EntityDef| !def.compress && def.fields.iter().any(|field| field.attribute == attribute);
            let field_of = expected.entities.iter().find(has).map(|def| def.name);
            Some(Difference::UnknownTtl { attribute, field_of })
        }
    }
}

/// What costs or throttles otherwise than the table that the schema would create, which is on demand.
fn of_capacity(table: &TableDescription) -> Vec<Difference> {
    // A table that has always been provisioned has no summary.
    let mode = table.billing_mode_summary().and_then(|summary| summary.billing_mode());
    let provisioned = table.provisioned_throughput().filter(|_| mode != Some(&BillingMode::PayPerRequest));
    let units = |units: Option<i64>| units.unwrap_or_default();
    let write = provisioned.map_or(0, |throughput| units(throughput.write_capacity_units));
    let read = provisioned.map_or(0, |throughput| units(throughput.read_capacity_units));
    let mut differences = Vec::new();
    if read + write > 0 {
        differences.push(Difference::Provisioned { read, write });
        for index in table.global_secondary_indexes() {
            let takes = index.provisioned_throughput().map_or(write, |throughput| units(throughput.write_capacity_units));
            if takes < write {
                let index = index.index_name().unwrap_or_default().to_owned();
                differences.push(Difference::SlowIndex { index, write: takes, table_write: write });
            }
        }
    }
    if let Some(limits) = table.on_demand_throughput().filter(|_| mode == Some(&BillingMode::PayPerRequest)) {
        // -1 takes a bound away.
        let bound = |units: Option<i64>| units.filter(|units| *units > 0);
        let (read, write) = (bound(limits.max_read_request_units), bound(limits.max_write_request_units));
        if read.is_some() || write.is_some() {
            differences.push(Difference::CapacityLimit { read, write });
        }
    }
    differences
}
