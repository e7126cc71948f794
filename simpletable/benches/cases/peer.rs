//! The query by modyne, which puts types and a projection around the SDK and `serde_dynamo`.

use aws_sdk_dynamodb::Client;
use modyne::expr::KeyCondition;
use modyne::keys::{FullKey, GlobalSecondaryIndexDefinition, IndexKey, PrimaryKey, PrimaryKeyDefinition, SecondaryIndexDefinition};
use modyne::{Aggregate, Entity, EntityDef, QueryInput, QueryInputExt, Table};
use serde::Serialize;

use super::TABLE;
use super::rows::Order;

pub(crate) struct Shop {
    pub(crate) client: Client,
}

#[derive(Debug, Serialize)]
pub(crate) struct Primary {
    pk: String,
    sk: String,
}

impl PrimaryKey for Primary {
    const PRIMARY_KEY_DEFINITION: PrimaryKeyDefinition = PrimaryKeyDefinition { hash_key: "pk", range_key: Some("sk") };
}

#[derive(Debug, Serialize)]
pub(crate) struct Owner {
    ownerpk: String,
    pk: String,
}

impl IndexKey for Owner {
    const INDEX_DEFINITION: SecondaryIndexDefinition =
        GlobalSecondaryIndexDefinition { index_name: "owner", hash_key: "ownerpk", range_key: Some("pk") }.into_index();
}

impl Table for Shop {
    const ENTITY_TYPE_ATTRIBUTE: &'static str = "gsitype";
    type PrimaryKey = Primary;
    type IndexKeys = Owner;

    fn table_name(&self) -> &str {
        TABLE
    }

    fn client(&self) -> &Client {
        &self.client
    }
}

impl Entity for Order {
    type KeyInput<'a> = &'a str;
    type Table = Shop;
    type IndexKeys = Owner;

    fn primary_key(id: &str) -> Primary {
        let key = format!("Order#{id}");
        Primary { pk: key.clone(), sk: key }
    }

    fn full_key(&self) -> FullKey<Primary, Owner> {
        let primary = Self::primary_key(&self.resource_id);
        let indexes = Owner { ownerpk: format!("owner#{}", self.owner), pk: primary.pk.clone() };
        FullKey { primary, indexes }
    }
}

struct ByOwner<'a>(&'a str);

impl QueryInput for ByOwner<'_> {
    type Index = Owner;
    type Aggregate = Vec<Order>;

    fn key_condition(&self) -> KeyCondition<Owner> {
        KeyCondition::in_partition(format!("owner#{}", self.0)).begins_with("Order#")
    }
}

/// What the projection that modyne sends leaves of a row.
pub(crate) fn is_projected(attribute: &str) -> bool {
    attribute == Shop::ENTITY_TYPE_ATTRIBUTE || Order::PROJECTED_ATTRIBUTES.contains(&attribute)
}

pub(crate) async fn query(table: &Shop, owner: &str) -> super::raw::Result<Vec<Order>> {
    let answer = ByOwner(owner).query().execute(table).await?;
    let mut orders = Vec::new();
    orders.reduce(answer.items.unwrap_or_default())?;
    Ok(orders)
}
