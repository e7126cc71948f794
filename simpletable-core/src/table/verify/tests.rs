use aws_sdk_dynamodb::operation::create_table::CreateTableInput;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, BillingModeSummary, GlobalSecondaryIndex, GlobalSecondaryIndexDescription, IndexStatus,
    KeySchemaElement, KeyType, LocalSecondaryIndexDescription, OnDemandThroughput, Projection, ProjectionType,
    ProvisionedThroughputDescription, ReplicaDescription, ScalarAttributeType, TableClass, TableClassSummary, TableDescription,
    TableStatus, TimeToLiveDescription, TimeToLiveStatus,
};

use super::compare::{Expected, differences};
use super::{Severity, Verification};
use crate::schema::{EntityDef, FieldDef, PrimaryKey};

static TASK: EntityDef = EntityDef {
    name: "Task",
    primary: PrimaryKey::Id { prefix: "Task" },
    versioned: false,
    max_versions: None,
    compress: false,
    ttl: None,
    type_index: false,
    count: false,
    deny_unknown: false,
    indexes: &[],
    unique: &[],
    fields: &[FieldDef { attribute: "expires", aliases: &[], set: false }],
};

static ENTITIES: [&EntityDef; 1] = [&TASK];

fn key(pk: &str, sk: &str) -> Vec<KeySchemaElement> {
    let element = |name: &str, role| KeySchemaElement::builder().attribute_name(name).key_type(role).build().expect("complete");
    vec![element(pk, KeyType::Hash), element(sk, KeyType::Range)]
}

fn text(name: &str) -> AttributeDefinition {
    typed(name, ScalarAttributeType::S)
}

fn typed(name: &str, attribute_type: ScalarAttributeType) -> AttributeDefinition {
    AttributeDefinition::builder().attribute_name(name).attribute_type(attribute_type).build().expect("complete")
}

fn all() -> Projection {
    Projection::builder().projection_type(ProjectionType::All).build()
}

/// A table with one index, which nothing but an index key of `owner` needs, and TTL.
fn expected() -> Expected {
    let index = GlobalSecondaryIndex::builder().index_name("owner").set_key_schema(Some(key("ownerpk", "pk"))).projection(all());
    let table = CreateTableInput::builder()
        .table_name("app")
        .set_key_schema(Some(key("pk", "sk")))
        .set_attribute_definitions(Some(["pk", "sk", "ownerpk"].map(text).into()))
        .global_secondary_indexes(index.build().expect("complete"))
        .build()
        .expect("complete");
    Expected { table, ttl: Some("ttl"), entities: &ENTITIES }
}

fn index(name: &str, status: IndexStatus) -> GlobalSecondaryIndexDescription {
    let index = GlobalSecondaryIndexDescription::builder().index_name(name).set_key_schema(Some(key("ownerpk", "pk")));
    index.projection(all()).index_status(status).build()
}

/// The table as it should be.
fn found() -> TableDescription {
    TableDescription::builder()
        .table_status(TableStatus::Active)
        .set_key_schema(Some(key("pk", "sk")))
        .set_attribute_definitions(Some(["pk", "sk", "ownerpk"].map(text).into()))
        .global_secondary_indexes(index("owner", IndexStatus::Active))
        .billing_mode_summary(BillingModeSummary::builder().billing_mode(BillingMode::PayPerRequest).build())
        .provisioned_throughput(units(0, 0))
        .build()
}

fn units(read: i64, write: i64) -> ProvisionedThroughputDescription {
    ProvisionedThroughputDescription::builder().read_capacity_units(read).write_capacity_units(write).build()
}

fn ttl(attribute: &str, status: TimeToLiveStatus) -> TimeToLiveDescription {
    TimeToLiveDescription::builder().attribute_name(attribute).time_to_live_status(status).build()
}

fn verified(expected: &Expected, table: &TableDescription, ttl: &TimeToLiveDescription) -> Verification {
    Verification { table: "app".to_owned(), differences: differences(expected, table, Some(ttl)) }
}

/// What is said of a table that differs from the right one in one way.
fn of_table(change: impl FnOnce(&mut TableDescription)) -> (Vec<String>, Option<Severity>) {
    let mut table = found();
    change(&mut table);
    lines(&verified(&expected(), &table, &ttl("ttl", TimeToLiveStatus::Enabled)))
}

fn lines(verification: &Verification) -> (Vec<String>, Option<Severity>) {
    (verification.differences().iter().map(ToString::to_string).collect(), verification.severity())
}

#[test]
fn the_right_table_has_no_differences() {
    let verification = verified(&expected(), &found(), &ttl("ttl", TimeToLiveStatus::Enabled));
    assert!(verification.is_ok());
    assert_eq!(verification.to_string(), "the table `app` is as its schema declares");
}

#[test]
fn keys_and_their_types() {
    let (lines, severity) =
        of_table(|table| table.attribute_definitions = Some(vec![text("pk"), typed("sk", ScalarAttributeType::N), text("ownerpk")]));
    assert_eq!(lines, ["the table has partition key `pk` (S) and sort key `sk` (N), not partition key `pk` (S) and sort key `sk` (S)"]);
    assert_eq!(severity, Some(Severity::Broken));

    let (lines, _) = of_table(|table| {
        let mut other = index("owner", IndexStatus::Active);
        other.key_schema = Some(key("ownerpk", "sk"));
        table.global_secondary_indexes = Some(vec![other]);
    });
    assert_eq!(
        lines,
        ["the index `owner` has partition key `ownerpk` (S) and sort key `sk` (S), not partition key `ownerpk` (S) and sort key `pk` (S)"]
    );
}

#[test]
fn what_an_index_holds() {
    let include = |names: &[&str]| {
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        Projection::builder().projection_type(ProjectionType::Include).set_non_key_attributes(Some(names)).build()
    };
    let of = |projection: Projection| {
        let (mut expected, mut table) = (expected(), found());
        for index in expected.table.global_secondary_indexes.iter_mut().flatten() {
            index.projection = Some(include(&["due", "gsitype"]));
        }
        for index in table.global_secondary_indexes.iter_mut().flatten() {
            index.projection = Some(projection.clone());
        }
        lines(&verified(&expected, &table, &ttl("ttl", TimeToLiveStatus::Enabled)))
    };
    let says = |text: &str, severity| (vec![text.to_owned()], Some(severity));
    assert_eq!(of(include(&["gsitype", "due"])), (vec![], None), "in any order");
    let lacks = says("the index `owner` includes `gsitype`, not `due`, `gsitype`", Severity::Broken);
    assert_eq!(of(include(&["gsitype"])), lacks);
    let more = says("the index `owner` includes `due`, `gsitype`, `title`, not `due`, `gsitype`", Severity::Notice);
    assert_eq!(of(include(&["title", "due", "gsitype"])), more);
    assert_eq!(of(all()), says("the index `owner` projects ALL, not INCLUDE", Severity::Notice));
    let keys = Projection::builder().projection_type(ProjectionType::KeysOnly).build();
    assert_eq!(of(keys), says("the index `owner` projects KEYS_ONLY, not INCLUDE", Severity::Broken));
}

#[test]
fn indexes_that_are_not_as_declared() {
    let (lines, severity) = of_table(|table| table.global_secondary_indexes = None);
    assert_eq!(lines, ["the index `owner` is missing: partition key `ownerpk` (S) and sort key `pk` (S)"]);
    assert_eq!(severity, Some(Severity::Broken));

    let (lines, severity) = of_table(|table| {
        let mut keys = index("owner", IndexStatus::Active);
        keys.projection = Some(Projection::builder().projection_type(ProjectionType::KeysOnly).build());
        table.global_secondary_indexes = Some(vec![keys]);
    });
    assert_eq!((lines, severity), (vec!["the index `owner` projects KEYS_ONLY, not ALL".to_owned()], Some(Severity::Broken)));

    let (lines, severity) = of_table(|table| {
        let mut building = index("owner", IndexStatus::Creating);
        building.backfilling = Some(true);
        table.global_secondary_indexes = Some(vec![building]);
    });
    assert_eq!((lines, severity), (vec!["the index `owner` is CREATING (backfilling)".to_owned()], Some(Severity::Pending)));

    let (lines, severity) = of_table(|table| table.global_secondary_indexes = Some(vec![index("owner", IndexStatus::Deleting)]));
    assert_eq!((lines, severity), (vec!["the index `owner` is DELETING".to_owned()], Some(Severity::Broken)));
}

#[test]
fn indexes_that_nobody_declares() {
    let local = LocalSecondaryIndexDescription::builder().index_name("local").set_key_schema(Some(key("pk", "x"))).build();
    let mut table = found();
    table.global_secondary_indexes = Some(vec![index("owner", IndexStatus::Active), index("old", IndexStatus::Active)]);
    table.local_secondary_indexes = Some(vec![local]);
    let verification = verified(&expected(), &table, &ttl("ttl", TimeToLiveStatus::Enabled));
    assert!(verification.is_ok());
    let expected =
        "the table `app` differs from its schema:\n- notice: no entity uses the index `old`\n- notice: no entity uses the index `local`";
    assert_eq!(verification.to_string(), expected);
}

#[test]
fn the_status_of_the_table() {
    let status = |status: TableStatus| of_table(|table| table.table_status = Some(status));
    assert_eq!(status(TableStatus::Updating), (vec!["the table is UPDATING".to_owned()], Some(Severity::Pending)));
    assert_eq!(status(TableStatus::Deleting), (vec!["the table is DELETING".to_owned()], Some(Severity::Broken)));
}

#[test]
fn time_to_live() {
    let of = |description: &TimeToLiveDescription| lines(&verified(&expected(), &found(), description));
    let off = TimeToLiveDescription::builder().time_to_live_status(TimeToLiveStatus::Disabled).build();
    assert_eq!(of(&off), (vec!["TTL is off, not on `ttl`".to_owned()], Some(Severity::Broken)));
    assert_eq!(of(&ttl("ttl", TimeToLiveStatus::Disabling)), (vec!["TTL is off, not on `ttl`".to_owned()], Some(Severity::Broken)));
    assert_eq!(of(&ttl("ttl", TimeToLiveStatus::Enabling)), (vec!["TTL on `ttl` is being turned on".to_owned()], Some(Severity::Pending)));
    assert_eq!(of(&ttl("end", TimeToLiveStatus::Enabled)), (vec!["TTL is on `end`, not on `ttl`".to_owned()], Some(Severity::Broken)));

    let without = Expected { ttl: None, ..expected() };
    let of = |description: &TimeToLiveDescription| lines(&verified(&without, &found(), description));
    assert_eq!(of(&off), (vec![], None));
    assert_eq!(
        of(&ttl("end", TimeToLiveStatus::Enabled)),
        (vec!["TTL is on `end`, and no entity declares one".to_owned()], Some(Severity::Notice))
    );
    let (found, severity) = of(&ttl("expires", TimeToLiveStatus::Enabled));
    assert_eq!(found, ["TTL is on `expires`, which is a field of Task: DynamoDB deletes its rows by it"]);
    assert_eq!(severity, Some(Severity::Broken));
}

#[test]
fn what_costs_or_throttles_otherwise() {
    let (lines, severity) = of_table(|table| {
        let mut slow = index("owner", IndexStatus::Active);
        slow.provisioned_throughput = Some(units(5, 1));
        table.global_secondary_indexes = Some(vec![slow]);
        table.billing_mode_summary = None;
        table.provisioned_throughput = Some(units(5, 10));
    });
    assert_eq!(
        lines,
        [
            "capacity is provisioned: 5 read and 10 write units a second",
            "the index `owner` takes 1 write units a second, its table 10: it throttles the table",
        ]
    );
    assert_eq!(severity, Some(Severity::Notice));

    let (lines, severity) = of_table(|table| {
        table.on_demand_throughput = Some(OnDemandThroughput::builder().max_read_request_units(-1).max_write_request_units(40).build());
        table.table_class_summary = Some(TableClassSummary::builder().table_class(TableClass::StandardInfrequentAccess).build());
        table.replicas = Some(vec![ReplicaDescription::builder().region_name("eu-west-1").build()]);
    });
    assert_eq!(
        lines,
        [
            "on-demand capacity is limited: any number of read and 40 write units a second",
            "the table class is STANDARD_INFREQUENT_ACCESS",
            "the table is replicated to eu-west-1",
        ]
    );
    assert_eq!(severity, Some(Severity::Notice));
}
