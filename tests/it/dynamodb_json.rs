//! Rows as JSON: the form of the fixtures, and the one in which rows are compared.

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};

use crate::stored::{self, Row};

/// Reads DynamoDB JSON.
pub(crate) fn read(row: &Value) -> Row {
    members(row).map(|(name, value)| (name.clone(), read_value(value))).collect()
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().expect("an object").iter()
}

/// Reads one value.
pub(crate) fn read_value(value: &Value) -> AttributeValue {
    let (kind, value) = members(value).next().expect("a type");
    let text = |value: &Value| value.as_str().expect("a string").to_owned();
    let blob = |value: &Value| Blob::new(aws_smithy_types::base64::decode(text(value)).expect("base64"));
    let list = |value: &Value| value.as_array().expect("a list").iter().map(text).collect();
    match kind.as_str() {
        "S" => AttributeValue::S(text(value)),
        "N" => AttributeValue::N(text(value)),
        "B" => AttributeValue::B(blob(value)),
        "BOOL" => AttributeValue::Bool(value.as_bool().expect("a boolean")),
        "NULL" => AttributeValue::Null(true),
        "SS" => AttributeValue::Ss(list(value)),
        "NS" => AttributeValue::Ns(list(value)),
        "BS" => AttributeValue::Bs(value.as_array().expect("a list").iter().map(blob).collect()),
        "L" => AttributeValue::L(value.as_array().expect("a list").iter().map(read_value).collect()),
        "M" => AttributeValue::M(read(value)),
        other => unreachable!("DynamoDB has no {other}"),
    }
}

/// What a row says: without NULLs, sets in order, and `data` as the JSON that is in it.
pub(crate) fn meaning(row: &Row) -> Value {
    let mut members = members_of(row);
    if row.contains_key("data") {
        members["data"] = json!({ "JSON": stored::data(row) });
    }
    members
}

fn members_of(map: &Row) -> Value {
    Value::Object(map.iter().filter(|(_, value)| !value.is_null()).map(|(name, value)| (name.clone(), write_value(value))).collect())
}

fn write_value(value: &AttributeValue) -> Value {
    match value {
        AttributeValue::S(text) => json!({ "S": text }),
        AttributeValue::N(number) => json!({ "N": number }),
        AttributeValue::B(bytes) => json!({ "B": aws_smithy_types::base64::encode(bytes) }),
        AttributeValue::Bool(value) => json!({ "BOOL": value }),
        AttributeValue::Null(_) => json!({ "NULL": true }),
        AttributeValue::L(values) => json!({ "L": values.iter().map(write_value).collect::<Vec<_>>() }),
        AttributeValue::M(values) => json!({ "M": members_of(values) }),
        AttributeValue::Ss(members) => {
            let mut members = members.clone();
            members.sort_unstable();
            json!({ "SS": members })
        }
        other => unreachable!("no row of the fixtures holds {other:?}"),
    }
}
