//! The same by hand: rows by `serde_dynamo` and the layout that is documented, requests by the SDK's builders.

use std::collections::{BTreeMap, HashMap};
use std::io::Write as _;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::{
    AttributeValue, Delete, DeleteRequest, Put, PutRequest, ReturnConsumedCapacity, ReturnValuesOnConditionCheckFailure, TransactWriteItem,
    WriteRequest,
};
use chrono::{DateTime, SecondsFormat, Utc};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;
use simpletable::Resource;

use super::entities::{Packed, Twin};
use crate::canned::Sent;
use crate::dynamodb_json;
use crate::stored::{Row, n, s};

/// What the library adds to a value.
#[derive(Debug, Clone)]
pub(crate) struct Stamp {
    pub(crate) id: String,
    pub(crate) created_at: DateTime<Utc>,
    pub(crate) updated_at: DateTime<Utc>,
    /// 0 where there is none.
    pub(crate) version: u64,
}

impl Stamp {
    /// That of a resource which was written; its version is for the caller to say.
    pub(crate) fn of<T: Twin>(resource: &Resource<T>, version: u64) -> Self {
        Self { id: resource.id().to_string(), created_at: resource.created_at(), updated_at: resource.updated_at(), version }
    }
}

/// Six digits of a second, or none.
fn time(time: DateTime<Utc>, utc: bool) -> String {
    let digits = if time.timestamp_subsec_micros() == 0 { SecondsFormat::Secs } else { SecondsFormat::Micros };
    time.to_rfc3339_opts(digits, utc)
}

/// The fields as attributes.
fn fields<T: Twin>(value: &T) -> Row {
    let mut item: Row = serde_dynamo::to_item(T::Theirs::from(value)).expect("serde_dynamo writes it");
    // `serde_dynamo` writes NULL for a field that is `None`; here it is absent. In lists, in maps and for `()` both write NULL.
    value.nones().iter().for_each(|name| assert_eq!(item.remove(*name), Some(AttributeValue::Null(true))));
    // DynamoDB has no empty sets.
    item.retain(|_, value| !matches!(value, AttributeValue::Ss(set) | AttributeValue::Ns(set) if set.is_empty()));
    item.retain(|_, value| !matches!(value, AttributeValue::Bs(set) if set.is_empty()));
    let wide = Row::from([("i128".into(), n(value.wide().i128)), ("u128".into(), n(value.wide().u128))]);
    item.insert("wide".into(), AttributeValue::M(wide));
    item
}

fn with_system<T: Twin>(mut item: Row, value: &T, stamp: &Stamp, sk: String) -> Row {
    item.insert("pk".into(), s(format!("{}#{}", T::NAME, stamp.id)));
    item.insert("sk".into(), s(sk));
    if stamp.version > 0 {
        item.insert("version".into(), n(stamp.version));
    }
    if let Some(expires) = value.expires() {
        item.insert("ttl".into(), n(expires.timestamp()));
    }
    item
}

fn with_indexes<T: Twin>(mut item: Row, value: &T, stamp: &Stamp) -> Row {
    let (owner, rank, project) = value.indexed();
    item.insert("gsitype".into(), s(T::NAME));
    item.insert("gsitypesk".into(), s(time(stamp.updated_at, false)));
    item.insert("ownerpk".into(), s(format!("owner#{owner}")));
    item.insert("ownersk".into(), s(format!("{rank:05}")));
    if let Some(project) = project {
        item.insert("gsi1pk".into(), s(format!("project#{project}")));
    }
    item
}

fn attributes<T: Twin>(value: &T, stamp: &Stamp) -> Row {
    let mut item = fields(value);
    item.insert("resource_id".into(), s(&stamp.id));
    item.insert("created_at".into(), s(time(stamp.created_at, false)));
    item.insert("updated_at".into(), s(time(stamp.updated_at, false)));
    item
}

/// The row of a plain entity; of a versioned one, the head.
pub(crate) fn head<T: Twin>(value: &T, stamp: &Stamp) -> Row {
    let sk = if stamp.version > 0 { "v0".into() } else { format!("{}#{}", T::NAME, stamp.id) };
    with_indexes(with_system(attributes(value, stamp), value, stamp, sk), value, stamp)
}

/// A row of the history: in no index.
pub(crate) fn past<T: Twin>(value: &T, stamp: &Stamp) -> Row {
    with_system(attributes(value, stamp), value, stamp, format!("v{}", stamp.version))
}

/// The JSON in `data`, by `serde_json`.
pub(crate) fn data(value: &Packed, stamp: &Stamp) -> Value {
    // By its text: a `Value` holds no numbers of 128 bits, which become floats, and no `f32`.
    let mut json: Value = serde_json::from_str(&serde_json::to_string(value).expect("serde_json writes it")).expect("JSON");
    // Bytes are text where they can be; `serde_json` has lists of numbers only.
    let text = |bytes: &[u8]| std::str::from_utf8(bytes).map_or_else(|_| bytes.into(), Value::from);
    let (bytes, list) = value.bytes();
    json["bytes"] = text(&bytes.0);
    json["list_of_bytes"] = list.iter().map(|bytes| text(&bytes.0)).collect();
    json["resource_id"] = stamp.id.as_str().into();
    json["created_at"] = time(stamp.created_at, true).into();
    json["updated_at"] = time(stamp.updated_at, true).into();
    json["version"] = stamp.version.into();
    json
}

/// The head and the row of the history of a compressed entity, with this JSON in `data`.
pub(crate) fn packed(value: &Packed, stamp: &Stamp, json: &str) -> [Row; 2] {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(json.as_bytes()).expect("in memory");
    let data = AttributeValue::B(Blob::new(gzip.finish().expect("in memory")));
    let row = |sk: String| with_system(Row::from([("data".into(), data.clone())]), value, stamp, sk);
    [with_indexes(row("v0".into()), value, stamp), row(format!("v{}", stamp.version))]
}

/// Rows by their keys.
pub(crate) struct Rows(BTreeMap<(String, String), Row>);

impl Rows {
    pub(crate) fn new(rows: impl IntoIterator<Item = Row>) -> Self {
        Self(rows.into_iter().map(|row| (crate::stored::key(&row), row)).collect())
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The row with the keys of an item that was sent.
    fn take(&mut self, sent: &Value) -> Row {
        let text = |name: &str| sent[name]["S"].as_str().unwrap_or_else(|| panic!("no `{name}`: {sent}")).to_owned();
        self.0.remove(&(text("pk"), text("sk"))).unwrap_or_else(|| panic!("a row that nobody expects, or twice: {sent}"))
    }
}

/// Sends by the SDK what `sent` says, with these rows in the place of its own. What is not of a row (conditions, tokens, options) is taken from it.
pub(crate) async fn send(client: &Client, sent: &Sent, rows: &mut Rows) {
    let body = sent.json();
    match sent.headers["x-amz-target"].as_str() {
        "DynamoDB_20120810.PutItem" => {
            let condition = Condition::of(&body);
            let request = client
                .put_item()
                .set_table_name(text(&body["TableName"]))
                .set_item(Some(rows.take(&body["Item"])))
                .set_condition_expression(condition.expression)
                .set_expression_attribute_names(condition.names)
                .set_expression_attribute_values(condition.values)
                .set_return_values_on_condition_check_failure(condition.returned)
                .set_return_consumed_capacity(capacity(&body));
            request.send().await.map(drop).expect("sent");
        }
        "DynamoDB_20120810.TransactWriteItems" => {
            let items = body["TransactItems"].as_array().expect("actions").iter().map(|action| transact_item(action, rows)).collect();
            let request = client
                .transact_write_items()
                .set_transact_items(Some(items))
                .set_client_request_token(text(&body["ClientRequestToken"]))
                .set_return_consumed_capacity(capacity(&body));
            request.send().await.map(drop).expect("sent");
        }
        "DynamoDB_20120810.BatchWriteItem" => {
            let requests = body["RequestItems"].as_object().expect("tables").iter().map(|(table, requests)| {
                let requests = requests.as_array().expect("requests").iter().map(|request| write_request(request, rows));
                (table.clone(), requests.collect())
            });
            let request =
                client.batch_write_item().set_request_items(Some(requests.collect())).set_return_consumed_capacity(capacity(&body));
            request.send().await.map(drop).expect("sent");
        }
        other => unreachable!("{other}"),
    }
}

fn transact_item(action: &Value, rows: &mut Rows) -> TransactWriteItem {
    let item = TransactWriteItem::builder();
    if let Some(put) = action.get("Put") {
        let condition = Condition::of(put);
        let put = Put::builder()
            .set_table_name(text(&put["TableName"]))
            .set_item(Some(rows.take(&put["Item"])))
            .set_condition_expression(condition.expression)
            .set_expression_attribute_names(condition.names)
            .set_expression_attribute_values(condition.values)
            .set_return_values_on_condition_check_failure(condition.returned);
        return item.put(put.build().expect("complete")).build();
    }
    let delete = action.get("Delete").unwrap_or_else(|| panic!("another action: {action}"));
    let condition = Condition::of(delete);
    let delete = Delete::builder()
        .set_table_name(text(&delete["TableName"]))
        .set_key(Some(dynamodb_json::read(&delete["Key"])))
        .set_condition_expression(condition.expression)
        .set_expression_attribute_names(condition.names)
        .set_expression_attribute_values(condition.values)
        .set_return_values_on_condition_check_failure(condition.returned);
    item.delete(delete.build().expect("complete")).build()
}

fn write_request(request: &Value, rows: &mut Rows) -> WriteRequest {
    if let Some(put) = request.get("PutRequest") {
        let put = PutRequest::builder().set_item(Some(rows.take(&put["Item"]))).build().expect("complete");
        return WriteRequest::builder().put_request(put).build();
    }
    let key = dynamodb_json::read(&request["DeleteRequest"]["Key"]);
    WriteRequest::builder().delete_request(DeleteRequest::builder().set_key(Some(key)).build().expect("complete")).build()
}

struct Condition {
    expression: Option<String>,
    names: Option<HashMap<String, String>>,
    values: Option<Row>,
    returned: Option<ReturnValuesOnConditionCheckFailure>,
}

impl Condition {
    fn of(of: &Value) -> Self {
        let names = of["ExpressionAttributeNames"].as_object();
        Self {
            expression: text(&of["ConditionExpression"]),
            names: names.map(|names| names.iter().map(|(name, of)| (name.clone(), text(of).expect("a name"))).collect()),
            values: of.get("ExpressionAttributeValues").map(dynamodb_json::read),
            returned: of["ReturnValuesOnConditionCheckFailure"].as_str().map(Into::into),
        }
    }
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(ToOwned::to_owned)
}

fn capacity(body: &Value) -> Option<ReturnConsumedCapacity> {
    body["ReturnConsumedCapacity"].as_str().map(Into::into)
}
