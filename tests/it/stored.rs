//! Rows as they are stored, past the library.

use std::collections::HashMap;
use std::io::Read;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use flate2::Compression;
use flate2::read::{GzDecoder, GzEncoder};
use serde_json::Value;
use simpletable::{Schema, Table};

pub(crate) type Row = HashMap<String, AttributeValue>;

pub(crate) fn s(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}

pub(crate) fn n(number: impl ToString) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

/// All rows, by their keys.
pub(crate) async fn all<S: Schema>(table: &Table<S>) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut after = None;
    loop {
        let request = table.client().scan().table_name(table.name()).consistent_read(true).set_exclusive_start_key(after);
        let page = request.send().await.expect("the table can be scanned");
        rows.extend(page.items.unwrap_or_default());
        after = page.last_evaluated_key;
        if after.is_none() {
            break;
        }
    }
    rows.sort_by_key(key);
    rows
}

/// One row.
pub(crate) async fn one<S: Schema>(table: &Table<S>, pk: &str, sk: &str) -> Option<Row> {
    let request = table.client().get_item().table_name(table.name()).key("pk", s(pk)).key("sk", s(sk)).consistent_read(true);
    request.send().await.expect("the row can be read").item
}

/// The keys of the rows of an index, history included if it were there.
pub(crate) async fn in_index<S: Schema>(table: &Table<S>, index: &str) -> Vec<(String, String)> {
    let page = table.client().scan().table_name(table.name()).index_name(index).send().await.expect("the index can be scanned");
    let mut keys: Vec<_> = page.items().iter().map(key).collect();
    keys.sort();
    keys
}

/// Writes a row as it stands.
pub(crate) async fn put<S: Schema>(table: &Table<S>, row: Row) {
    table.client().put_item().table_name(table.name()).set_item(Some(row)).send().await.expect("the row can be written");
}

/// Removes a row as others do.
pub(crate) async fn remove<S: Schema>(table: &Table<S>, (pk, sk): (&str, &str)) {
    table.client().delete_item().table_name(table.name()).key("pk", s(pk)).key("sk", s(sk)).send().await.expect("the row can be deleted");
}

/// Changes an attribute of a row: `SET name = :v`, `ADD name :v`, `DELETE name :v`.
pub(crate) async fn change<S: Schema>(table: &Table<S>, (pk, sk): (&str, &str), expression: &str, value: AttributeValue) {
    // A placeholder, because many a name is a reserved word.
    let name = expression.split(' ').nth(1).expect("an attribute");
    let request = table.client().update_item().table_name(table.name()).key("pk", s(pk)).key("sk", s(sk));
    let request = request.update_expression(expression.replacen(name, "#name", 1)).expression_attribute_names("#name", name);
    request.expression_attribute_values(":v", value).send().await.expect("the row can be changed");
}

/// The row's keys.
pub(crate) fn key(row: &Row) -> (String, String) {
    (text(row, "pk").to_owned(), text(row, "sk").to_owned())
}

/// A string attribute.
pub(crate) fn text<'r>(row: &'r Row, name: &str) -> &'r str {
    row.get(name).and_then(|value| value.as_s().ok()).map_or_else(|| panic!("no string `{name}`"), String::as_str)
}

/// The attributes' names, sorted, with spaces between.
pub(crate) fn names(row: &Row) -> String {
    let mut names: Vec<&str> = row.keys().map(String::as_str).collect();
    names.sort_unstable();
    names.join(" ")
}

/// The JSON in `data`.
pub(crate) fn data(row: &Row) -> Value {
    let bytes = row.get("data").and_then(|value| value.as_b().ok()).expect("`data` is binary");
    let mut json = String::new();
    GzDecoder::new(bytes.as_ref()).read_to_string(&mut json).expect("`data` is gzip of UTF-8");
    serde_json::from_str(&json).expect("`data` holds JSON")
}

/// `data` with this JSON in it.
pub(crate) fn with_data(mut row: Row, json: &Value) -> Row {
    let mut bytes = Vec::new();
    GzEncoder::new(json.to_string().as_bytes(), Compression::default()).read_to_end(&mut bytes).expect("memory can be read");
    row.insert("data".into(), AttributeValue::B(Blob::new(bytes)));
    row
}
