use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection, ProjectionType, ProvisionedThroughput,
    ScalarAttributeType, TimeToLiveSpecification,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use simpletable::{Difference, Schema, Severity, SingleTable, Table};

use crate::engine;

#[derive(Debug, Serialize, Deserialize, SingleTable)]
#[table(ttl = "expires")]
#[gsi(name = "owner", pk = "owner#<owner>")]
#[gsi(name = "state", index = "gsi3", pk = "state#<state>", sk = "<owner>")]
struct Task {
    owner: String,
    state: String,
    expires: Option<DateTime<Utc>>,
}

/// One that needs no index but that of types.
#[derive(Debug, Serialize, Deserialize, SingleTable)]
struct Plain {
    end: u64,
}

/// What a table is made with, where it is not made by the library.
struct Raw {
    sort_type: ScalarAttributeType,
    indexes: Vec<GlobalSecondaryIndex>,
    ttl: Option<&'static str>,
}

fn element(name: &str, role: KeyType) -> KeySchemaElement {
    KeySchemaElement::builder().attribute_name(name).key_type(role).build().expect("complete")
}

fn index(name: &str, pk: &str, sk: &str, projection: ProjectionType) -> GlobalSecondaryIndex {
    GlobalSecondaryIndex::builder()
        .index_name(name)
        .key_schema(element(pk, KeyType::Hash))
        .key_schema(element(sk, KeyType::Range))
        .projection(Projection::builder().projection_type(projection).build())
        .build()
        .expect("complete")
}

/// The indexes of `Task`.
fn indexes() -> Vec<GlobalSecondaryIndex> {
    let all = ProjectionType::All;
    vec![
        index("gsitype", "gsitype", "gsitypesk", all.clone()),
        index("owner", "ownerpk", "pk", all.clone()),
        index("gsi3", "gsi3pk", "gsi3sk", all),
    ]
}

impl Raw {
    fn new() -> Self {
        Self { sort_type: ScalarAttributeType::S, indexes: indexes(), ttl: Some("ttl") }
    }

    /// A client of the engine, and a table of these properties on it.
    async fn table<S: Schema>(self) -> Table<S> {
        let beside = engine::table::<Plain>().await;
        let (client, name) = (beside.client(), format!("{}-raw", beside.name()));
        let mut names: Vec<&str> =
            self.indexes.iter().flat_map(|index| index.key_schema()).map(|element| element.attribute_name()).collect();
        names.extend(["pk", "sk"]);
        names.sort_unstable();
        names.dedup();
        let type_of = |name: &str| if name == "sk" { self.sort_type.clone() } else { ScalarAttributeType::S };
        let definitions = names
            .iter()
            .map(|name| AttributeDefinition::builder().attribute_name(*name).attribute_type(type_of(name)).build().expect("complete"));
        client
            .create_table()
            .table_name(&name)
            .billing_mode(BillingMode::PayPerRequest)
            .set_attribute_definitions(Some(definitions.collect()))
            .set_key_schema(Some(vec![element("pk", KeyType::Hash), element("sk", KeyType::Range)]))
            .set_global_secondary_indexes(Some(self.indexes).filter(|indexes| !indexes.is_empty()))
            .send()
            .await
            .expect("created");
        if let Some(attribute) = self.ttl {
            turn_ttl_on(client, &name, attribute).await;
        }
        Table::new(client.clone(), name)
    }
}

async fn turn_ttl_on(client: &Client, table: &str, attribute: &str) {
    let specification = TimeToLiveSpecification::builder().enabled(true).attribute_name(attribute).build().expect("complete");
    client.update_time_to_live().table_name(table).time_to_live_specification(specification).send().await.expect("turned on");
}

/// The differences as lines.
async fn differences<S: Schema>(table: &Table<S>) -> Vec<String> {
    let found = table.verify().await.expect("described");
    found.differences().iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn a_created_table_is_as_declared() {
    let table = engine::table::<Task>().await;
    let found = table.verify().await.expect("described");
    assert!(found.is_ok(), "{found}");
    assert_eq!(found.differences(), []);
    assert_eq!(found.severity(), None);
    assert_eq!(found.to_string(), format!("the table `{}` is as its schema declares", table.name()));
}

#[tokio::test]
async fn creating_again_changes_nothing_and_finds_the_table() {
    let table = engine::table::<Task>().await;
    let again: Table<Plain> =
        Table::builder(table.name()).client(table.client().clone()).create_if_missing().build().await.expect("it is there");
    assert_eq!(again.verify().await.expect("described").severity(), Some(Severity::Notice));
    assert_eq!(differences(&table).await, [""; 0]);
}

#[tokio::test]
async fn a_table_made_by_others_as_declared() {
    assert_eq!(differences(&Raw::new().table::<Task>().await).await, [""; 0]);
}

#[tokio::test]
async fn a_missing_table_is_a_difference() {
    let beside = engine::table::<Plain>().await;
    let table: Table<Task> = Table::new(beside.client().clone(), format!("{}-missing", beside.name()));
    let found = table.verify().await.expect("answered");
    assert_eq!(found.differences(), [Difference::TableMissing]);
    assert!(!found.is_ok());
}

#[tokio::test]
async fn a_wrong_key() {
    let table = Raw { sort_type: ScalarAttributeType::N, ..Raw::new() }.table::<Task>().await;
    let found = table.verify().await.expect("described");
    assert!(matches!(found.differences(), [Difference::TableKey { .. }]), "{found}");
    assert!(found.to_string().contains("- broken: the table has partition key `pk` (S) and sort key `sk` (N), not "), "{found}");
}

#[tokio::test]
async fn everything_wrong_at_once() {
    let mut indexes = indexes();
    indexes.remove(1);
    indexes[0] = index("gsitype", "gsitype", "gsitypesk", ProjectionType::KeysOnly);
    indexes[1] = index("gsi3", "gsi3pk", "pk", ProjectionType::All);
    indexes.push(index("old", "oldpk", "pk", ProjectionType::All));
    let table = Raw { indexes, ttl: None, ..Raw::new() }.table::<Task>().await;
    let found = differences(&table).await;
    assert_eq!(
        found,
        [
            "the index `gsitype` projects KEYS_ONLY, not ALL",
            "the index `owner` is missing: partition key `ownerpk` (S) and sort key `pk` (S)",
            "the index `gsi3` has partition key `gsi3pk` (S) and sort key `pk` (S), not partition key `gsi3pk` (S) and sort key `gsi3sk` (S)",
            "no entity uses the index `old`",
            "TTL is off, not on `ttl`",
        ]
    );
}

#[tokio::test]
async fn ttl_elsewhere() {
    let table = Raw { ttl: Some("end"), ..Raw::new() }.table::<Task>().await;
    assert_eq!(differences(&table).await, ["TTL is on `end`, not on `ttl`"]);
    let table = Raw { ttl: Some("end"), indexes: indexes().into_iter().take(1).collect(), ..Raw::new() }.table::<Plain>().await;
    assert_eq!(differences(&table).await, ["TTL is on `end`, which is a field of Plain: DynamoDB deletes its rows by it"]);
}

#[tokio::test]
async fn provisioned_capacity_is_a_notice() {
    let table = Raw::new().table::<Task>().await;
    let units = ProvisionedThroughput::builder().read_capacity_units(3).write_capacity_units(2).build().expect("complete");
    let name = format!("{}-provisioned", table.name());
    let all =
        |name: &str| AttributeDefinition::builder().attribute_name(name).attribute_type(ScalarAttributeType::S).build().expect("complete");
    let index = GlobalSecondaryIndex::builder()
        .index_name("gsitype")
        .key_schema(element("gsitype", KeyType::Hash))
        .key_schema(element("gsitypesk", KeyType::Range))
        .projection(Projection::builder().projection_type(ProjectionType::All).build())
        .provisioned_throughput(ProvisionedThroughput::builder().read_capacity_units(3).write_capacity_units(1).build().expect("complete"));
    table
        .client()
        .create_table()
        .table_name(&name)
        .set_attribute_definitions(Some(["pk", "sk", "gsitype", "gsitypesk"].map(all).into()))
        .set_key_schema(Some(vec![element("pk", KeyType::Hash), element("sk", KeyType::Range)]))
        .global_secondary_indexes(index.build().expect("complete"))
        .provisioned_throughput(units)
        .send()
        .await
        .expect("created");
    let table: Table<Plain> = Table::new(table.client().clone(), name);
    let found = table.verify().await.expect("described");
    assert!(found.is_ok());
    assert_eq!(
        found.differences(),
        [Difference::Provisioned { read: 3, write: 2 }, Difference::SlowIndex { index: "gsitype".to_owned(), write: 1, table_write: 2 },]
    );
}

#[tokio::test]
async fn it_takes_two_requests() {
    let faults = simpletable::fault::Faults::new();
    let table = engine::table::<Task>().await.with_faults(&faults);
    assert!(table.verify().await.expect("described").is_ok());
    assert_eq!(faults.requests(), ["DescribeTable", "DescribeTimeToLive"]);
}

#[tokio::test]
async fn no_permission_is_an_error() {
    let faults = simpletable::fault::Faults::new();
    let table = engine::table::<Task>().await.with_faults(&faults);
    faults.inject(simpletable::fault::Fault::before(simpletable::fault::Failure::ServerError).on("DescribeTable").always());
    let error = table.verify().await.expect_err("refused");
    assert!(error.is_retryable());
    assert_eq!(error.to_string(), format!("`verify` failed on the table `{}`", table.name()));
}

/// The future can be spawned.
#[test]
fn the_future_is_send() {
    fn sent<F: std::future::IntoFuture>(_: fn(&Table<Task>) -> F)
    where
        F::IntoFuture: Send + 'static,
    {
    }
    sent(|table| table.verify());
}
