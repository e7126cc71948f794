//! The same work by hand, as a good user of the SDK writes it: requests by the SDK's builders, rows by `serde_dynamo`, errors by `?`.

use std::error::Error;
use std::io::{Read, Write};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::{AttributeValue, Put, PutRequest, TransactWriteItem, WriteRequest};
use chrono::{SecondsFormat, Utc};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde::de::DeserializeOwned;
use serde_dynamo::{from_item, from_items, to_item};
use ulid::Ulid;

use super::TABLE;
use super::rows::{Item, Row, add_indexes, add_keys};

pub(crate) type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

fn s(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}

pub(crate) async fn get<R: Row>(client: &Client, id: &str) -> Result<Option<R>> {
    let key = format!("{}#{id}", R::NAME);
    let answer = client.get_item().table_name(TABLE).key("pk", s(key.clone())).key("sk", s(key)).send().await?;
    Ok(answer.item.map(from_item).transpose()?)
}

/// A page of the rows of an owner.
pub(crate) async fn query<R: Row>(client: &Client, owner: &str) -> Result<Vec<R>> {
    let answer = client
        .query()
        .table_name(TABLE)
        .index_name("owner")
        .key_condition_expression("ownerpk = :owner AND begins_with(pk, :prefix)")
        .expression_attribute_values(":owner", s(format!("owner#{owner}")))
        .expression_attribute_values(":prefix", s(format!("{}#", R::NAME)))
        .send()
        .await?;
    Ok(from_items(answer.items.unwrap_or_default())?)
}

/// All rows of an owner, however many requests it takes.
pub(crate) async fn query_all<R: Row>(client: &Client, owner: &str) -> Result<Vec<R>> {
    let mut pages = client
        .query()
        .table_name(TABLE)
        .index_name("owner")
        .key_condition_expression("ownerpk = :owner AND begins_with(pk, :prefix)")
        .expression_attribute_values(":owner", s(format!("owner#{owner}")))
        .expression_attribute_values(":prefix", s(format!("{}#", R::NAME)))
        .into_paginator()
        .send();
    let mut rows = Vec::new();
    while let Some(page) = pages.next().await {
        rows.extend(from_items::<_, R>(page?.items.unwrap_or_default())?);
    }
    Ok(rows)
}

/// A page of compressed rows: their fields are JSON in the attribute `data`.
pub(crate) async fn query_compressed<R: Row>(client: &Client, owner: &str) -> Result<Vec<R>> {
    let answer = client
        .query()
        .table_name(TABLE)
        .index_name("owner")
        .key_condition_expression("ownerpk = :owner AND begins_with(pk, :prefix)")
        .expression_attribute_values(":owner", s(format!("owner#{owner}")))
        .expression_attribute_values(":prefix", s(format!("{}#", R::NAME)))
        .send()
        .await?;
    answer.items.unwrap_or_default().iter().map(inflate).collect()
}

fn inflate<R: DeserializeOwned>(item: &Item) -> Result<R> {
    let data = item.get("data").and_then(|data| data.as_b().ok()).ok_or("a row without data")?;
    let mut json = Vec::new();
    GzDecoder::new(data.as_ref()).read_to_end(&mut json)?;
    Ok(serde_json::from_slice(&json)?)
}

fn deflate<R: Row>(row: &R) -> Result<Item> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(&serde_json::to_vec(row)?)?;
    Ok(Item::from([("data".into(), AttributeValue::B(Blob::new(gzip.finish()?)))]))
}

/// A new row's item.
fn new_item<R: Row>(row: &mut R) -> Result<Item> {
    row.stamp(Some(Ulid::generate().to_string()), Utc::now());
    let mut item = to_item(&*row)?;
    add_keys(&mut item, row, None);
    add_indexes(&mut item, row);
    Ok(item)
}

pub(crate) async fn create<R: Row>(client: &Client, mut row: R) -> Result<R> {
    let item = new_item(&mut row)?;
    client.put_item().table_name(TABLE).set_item(Some(item)).condition_expression("attribute_not_exists(pk)").send().await?;
    Ok(row)
}

pub(crate) async fn put_many<R: Row>(client: &Client, mut rows: Vec<R>) -> Result<Vec<R>> {
    let put = |row: &mut R| {
        let put = PutRequest::builder().set_item(Some(new_item(row)?)).build()?;
        Ok(WriteRequest::builder().put_request(put).build())
    };
    let requests = rows.iter_mut().map(put).collect::<Result<Vec<_>>>()?;
    let answer = client.batch_write_item().request_items(TABLE, requests).send().await?;
    match answer.unprocessed_items {
        Some(left) if !left.is_empty() => Err("rows are left".into()),
        _ => Ok(rows),
    }
}

/// Writes `version` of a row and its history row, if the row is still the one that was read. `item` gives the row's own attributes.
async fn update<R: Row>(client: &Client, mut row: R, version: u64, item: impl Fn(&R) -> Result<Item>) -> Result<R> {
    let was = row.updated_at().to_rfc3339_opts(SecondsFormat::Micros, false);
    row.stamp(None, Utc::now());
    let mut history = item(&row)?;
    let mut head = history.clone();
    add_keys(&mut history, &row, Some(&format!("v{version}")));
    add_keys(&mut head, &row, Some("v0"));
    add_indexes(&mut head, &row);
    let history = Put::builder().table_name(TABLE).set_item(Some(history)).build()?;
    let head = Put::builder()
        .table_name(TABLE)
        .set_item(Some(head))
        .condition_expression("gsitypesk = :was AND version = :version")
        .expression_attribute_values(":was", s(was))
        .expression_attribute_values(":version", AttributeValue::N((version - 1).to_string()))
        .build()?;
    client
        .transact_write_items()
        .transact_items(TransactWriteItem::builder().put(history).build())
        .transact_items(TransactWriteItem::builder().put(head).build())
        .send()
        .await?;
    Ok(row)
}

/// As [`update`], of a row of attributes.
pub(crate) async fn update_plain<R: Row>(client: &Client, row: R, version: u64) -> Result<R> {
    update(client, row, version, |row| Ok(to_item(row)?)).await
}

/// As [`update`], of a compressed row.
pub(crate) async fn update_compressed<R: Row>(client: &Client, row: R, version: u64) -> Result<R> {
    let item = |row: &R| {
        let mut item = deflate(row)?;
        item.insert("version".into(), AttributeValue::N(version.to_string()));
        Ok(item)
    };
    update(client, row, version, item).await
}
