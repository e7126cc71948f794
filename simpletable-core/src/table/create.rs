use std::collections::BTreeSet;
use std::time::Duration;

use aws_sdk_dynamodb::client::Waiters;
use aws_sdk_dynamodb::operation::create_table::CreateTableInput;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection, ProjectionType, ScalarAttributeType,
    TimeToLiveSpecification, TimeToLiveStatus,
};
use aws_smithy_runtime_api::client::waiters::error::WaiterError;

use crate::codec::name;
use crate::entity::Schema;
use crate::error::{Error, Result, SdkFailure};
use crate::handle::{Handle, built};
use crate::schema::{self, EntityDef};

/// How long a new table may take to become active.
const PATIENCE: Duration = Duration::from_secs(120);

/// One index as the table has it.
struct Index {
    name: &'static str,
    pk: &'static str,
    sk: &'static str,
    projection: schema::Projection,
}

/// The request that creates the table of a schema.
pub(crate) fn request<S: Schema>(table: &str) -> CreateTableInput {
    let indexes = indexes(S::ENTITIES);
    let attributes: BTreeSet<&str> = indexes.iter().flat_map(|index| [index.pk, index.sk]).chain([name::PK, name::SK]).collect();
    let mut input = CreateTableInput::builder().table_name(table).billing_mode(BillingMode::PayPerRequest);
    for attribute in attributes {
        let definition = AttributeDefinition::builder().attribute_name(attribute).attribute_type(ScalarAttributeType::S);
        input = input.attribute_definitions(built(definition.build()));
    }
    for element in key_schema(name::PK, name::SK) {
        input = input.key_schema(element);
    }
    for index in indexes {
        let gsi = GlobalSecondaryIndex::builder()
            .index_name(index.name)
            .set_key_schema(Some(key_schema(index.pk, index.sk).into()))
            .projection(projection(&index, S::ENTITIES, S::TTL_ATTRIBUTE));
        input = input.global_secondary_indexes(built(gsi.build()));
    }
    built(input.build())
}

/// The indexes that the entities declare, in order, and the type index where any is in it.
fn indexes(entities: &[&'static EntityDef]) -> Vec<Index> {
    let types = Index { name: name::TYPE, pk: name::TYPE, sk: name::TYPE_SK, projection: schema::Projection::All };
    let types = entities.iter().any(|def| def.type_index).then_some(types);
    let declared = entities.iter().flat_map(|def| def.indexes).map(|index| Index {
        name: index.index,
        pk: index.pk_attribute,
        sk: index.sk_attribute.unwrap_or(name::PK),
        projection: index.projection,
    });
    let mut indexes: Vec<Index> = Vec::new();
    for index in types.into_iter().chain(declared) {
        // Two entities on one index agree about it, or they do not compile in one table.
        if indexes.iter().all(|known| known.name != index.name) {
            indexes.push(index);
        }
    }
    indexes
}

/// What an index holds of its rows. Where that is not all, it holds beside the declared attributes those that every query filters by: of
/// what an index does not hold, DynamoDB's filters know nothing, so that on a `KEYS_ONLY` index a query for one type (`gsitype`) would find
/// none, and others would find what has expired (TTL) or is being deleted (`version`).
fn projection(index: &Index, entities: &[&'static EntityDef], ttl_attribute: &str) -> Projection {
    let declared = match index.projection {
        schema::Projection::All => return Projection::builder().projection_type(ProjectionType::All).build(),
        schema::Projection::KeysOnly => &[],
        schema::Projection::Include(attributes) => attributes,
    };
    let users = || entities.iter().filter(|def| def.indexes.iter().any(|used| used.index == index.name));
    let version = users().any(|def| def.versioned).then_some(name::VERSION);
    let ttl = users().any(|def| def.ttl.is_some()).then_some(ttl_attribute);
    // Each once: a plain entity's field may be called `version`.
    let attributes: BTreeSet<&str> = declared.iter().copied().chain([name::TYPE]).chain(version).chain(ttl).collect();
    let attributes = attributes.into_iter().map(str::to_owned).collect();
    Projection::builder().projection_type(ProjectionType::Include).set_non_key_attributes(Some(attributes)).build()
}

fn key_schema(pk: &str, sk: &str) -> [KeySchemaElement; 2] {
    [(pk, KeyType::Hash), (sk, KeyType::Range)]
        .map(|(attribute, key_type)| built(KeySchemaElement::builder().attribute_name(attribute).key_type(key_type).build()))
}

/// Creates the table where it is missing, and waits until it can be used.
pub(crate) async fn if_missing<S: Schema>(handle: &Handle) -> Result<()> {
    let client = &handle.client;
    let input = request::<S>(handle.table());
    let created = client
        .create_table()
        .set_table_name(input.table_name)
        .set_attribute_definitions(input.attribute_definitions)
        .set_key_schema(input.key_schema)
        .set_global_secondary_indexes(input.global_secondary_indexes)
        .set_billing_mode(input.billing_mode)
        .send()
        .await;
    match created {
        Ok(_) => {}
        // It is there; another process is creating it; or our own request was answered when it was repeated.
        Err(error) if error.as_service_error().is_some_and(|error| error.is_resource_in_use_exception()) => {}
        Err(error) => return Err(failed(handle, SdkFailure::new(error))),
    }
    wait(handle).await?;
    if S::ENTITIES.iter().any(|def| def.ttl.is_some()) { enable_ttl(handle).await } else { Ok(()) }
}

/// Turns TTL on where it is off: also on a table that was left without it when its creation was interrupted.
async fn enable_ttl(handle: &Handle) -> Result<()> {
    let described = handle.client.describe_time_to_live().table_name(handle.table()).send().await;
    let described = described.map_err(|error| failed(handle, SdkFailure::new(error)))?;
    let status = described.time_to_live_description.and_then(|ttl| ttl.time_to_live_status);
    if status.is_some_and(|status| status != TimeToLiveStatus::Disabled) {
        return Ok(());
    }
    let ttl = TimeToLiveSpecification::builder().enabled(true).attribute_name(handle.limits().ttl_attribute);
    let request = handle.client.update_time_to_live().table_name(handle.table()).time_to_live_specification(built(ttl.build()));
    request.send().await.map(drop).map_err(|error| failed(handle, SdkFailure::new(error)))
}

/// Waits until the table can be used.
async fn wait(handle: &Handle) -> Result<()> {
    let active = handle.client.wait_until_table_exists().table_name(handle.table()).wait(PATIENCE).await;
    match active {
        Ok(_) => Ok(()),
        Err(WaiterError::OperationFailed(failure)) => Err(failed(handle, SdkFailure::new(failure.into_error()))),
        Err(_) => Err(Error::NotActive { table: handle.table().to_owned() }),
    }
}

fn failed(handle: &Handle, source: SdkFailure) -> Error {
    Error::Sdk { operation: "create_table", table: handle.table().to_owned(), source }
}
