//! The table that `create_if_missing` makes of a schema.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::{KeySchemaElement, KeyType, ProjectionType, TableDescription, TimeToLiveStatus};
use serde::{Deserialize, Serialize};
use simpletable::fault::{Failure, Fault, Faults};
use simpletable::{Result, Schema, SingleTable, Table};

use crate::engine;
use crate::kinds::{App, Document, Draft, Invoice, Photo, Task};

async fn describe<S: Schema>(table: &Table<S>) -> TableDescription {
    let answer = table.client().describe_table().table_name(table.name()).send().await.expect("the table is described");
    answer.table.expect("a description")
}

/// The attributes of a key: partition, sort.
fn attributes(schema: &[KeySchemaElement]) -> (&str, &str) {
    let of = |key_type| schema.iter().find(|element| *element.key_type() == key_type).map_or("", KeySchemaElement::attribute_name);
    (of(KeyType::Hash), of(KeyType::Range))
}

/// The indexes by name.
fn indexes(table: &TableDescription) -> BTreeMap<&str, (&str, &str)> {
    let indexes = table.global_secondary_indexes().iter();
    indexes.map(|index| (index.index_name().expect("a name"), attributes(index.key_schema()))).collect()
}

#[tokio::test]
async fn all_indexes_of_an_enum() {
    let table = describe(&engine::table::<App>().await).await;
    assert_eq!(attributes(table.key_schema()), ("pk", "sk"));
    let expected = [
        ("gsi1", ("gsi1pk", "pk")),
        ("gsi3", ("gsi3pk", "gsi3sk")),
        ("gsitype", ("gsitype", "gsitypesk")),
        ("owner", ("ownerpk", "ownersk")),
        ("status", ("statuspk", "pk")),
    ];
    assert_eq!(indexes(&table), BTreeMap::from(expected));
    let projections = table.global_secondary_indexes().iter().filter_map(|index| index.projection()?.projection_type());
    assert!(projections.into_iter().all(|projection| *projection == ProjectionType::All));
    assert_eq!(table.global_secondary_indexes().len(), 5);
    let billing = table.billing_mode_summary().and_then(|summary| summary.billing_mode()).map(|mode| mode.as_str().to_owned());
    assert_eq!(billing.as_deref(), Some("PAY_PER_REQUEST"));
}

#[tokio::test]
async fn the_type_index_where_an_entity_is_in_it() {
    let table = describe(&engine::table::<Invoice>().await).await;
    assert_eq!(indexes(&table), BTreeMap::from([("gsitype", ("gsitype", "gsitypesk"))]));
    let table = describe(&engine::table::<Document>().await).await;
    assert_eq!(indexes(&table).len(), 2);
    for table in [describe(&engine::table::<Draft>().await).await, describe(&engine::table::<Photo>().await).await] {
        assert!(indexes(&table).is_empty());
        assert_eq!(table.attribute_definitions().len(), 2, "an attribute that no key uses is refused");
    }
}

#[tokio::test]
async fn twice_is_fine_and_spares_the_rows() -> Result<()> {
    let table = engine::table::<App>().await;
    let task = table.create(Task::new("ann")).await?;
    for _ in 0..2 {
        let again: Table<App> = Table::builder(table.name()).client(table.client().clone()).create_if_missing().build().await?;
        assert_eq!(again.read(&task).consistent().await?, task);
    }
    Ok(())
}

#[tokio::test]
async fn ttl_is_on_even_if_the_answer_of_the_creation_was_lost() -> Result<()> {
    let faults = Faults::new();
    let table = engine::table::<Draft>().await;
    let client = table.with_faults(&faults).client().clone();
    faults.inject(Fault::after(Failure::ServerError).on("CreateTable"));
    let name = format!("{}-lost", table.name());
    let table: Table<Session> = Table::builder(name).client(client).create_if_missing().build().await?;
    let described = table.client().describe_time_to_live().table_name(table.name()).send().await.expect("described");
    let status = described.time_to_live_description.and_then(|ttl| ttl.time_to_live_status);
    assert!(matches!(status, Some(TimeToLiveStatus::Enabled | TimeToLiveStatus::Enabling)), "{status:?}");
    Ok(())
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, SingleTable)]
#[table(ttl = "until")]
struct Session {
    until: u32,
}
