//! Rows as they are stored, past both libraries.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use simpletable::{Schema, Table};

pub(crate) type Row = HashMap<String, AttributeValue>;

/// One row.
pub(crate) async fn row<S: Schema>(table: &Table<S>, pk: &str, sk: &str) -> Option<Row> {
    let [pk, sk] = [pk, sk].map(|text| AttributeValue::S(text.to_owned()));
    let request = table.client().get_item().table_name(table.name()).key("pk", pk).key("sk", sk).consistent_read(true);
    request.send().await.expect("the row can be read").item
}

/// The sort keys in a partition, in their order.
pub(crate) async fn sort_keys<S: Schema>(table: &Table<S>, pk: &str) -> Vec<String> {
    let request = table.client().query().table_name(table.name()).key_condition_expression("pk = :pk").consistent_read(true);
    let page = request.expression_attribute_values(":pk", AttributeValue::S(pk.to_owned())).send().await.expect("it can be queried");
    page.items().iter().filter_map(|row| row["sk"].as_s().ok().cloned()).collect()
}
