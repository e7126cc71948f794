//! Faults in front of the embedded engine, with the raw SDK client.

use std::collections::HashMap;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, KeySchemaElement, KeyType, KeysAndAttributes, Put, PutRequest, ScalarAttributeType,
    TransactWriteItem, WriteRequest,
};

use super::*;
use crate::embedded::{self, Store};

fn s(value: &str) -> AttributeValue {
    AttributeValue::S(value.into())
}

/// A client of a new table, and the same with faults.
async fn clients(faults: &Faults) -> (Client, Client) {
    let client = embedded::client(Store::Memory).expect("works");
    client
        .create_table()
        .table_name("rows")
        .billing_mode(BillingMode::PayPerRequest)
        .attribute_definitions(
            AttributeDefinition::builder().attribute_name("pk").attribute_type(ScalarAttributeType::S).build().expect("works"),
        )
        .key_schema(KeySchemaElement::builder().attribute_name("pk").key_type(KeyType::Hash).build().expect("works"))
        .send()
        .await
        .expect("works");
    let faulty = faults.client(&client);
    (client, faulty)
}

async fn put(client: &Client, pk: &str) -> Result<(), &'static str> {
    let sent = client.put_item().table_name("rows").item("pk", s(pk)).condition_expression("attribute_not_exists(pk)").send().await;
    sent.map(drop).map_err(|error| match &error {
        SdkError::DispatchFailure(failure) if failure.is_io() => "connection",
        SdkError::DispatchFailure(failure) if failure.is_timeout() => "time-out",
        error => match error.code() {
            Some("ConditionalCheckFailedException") => "condition",
            Some("InternalServerError") => "server",
            Some("ProvisionedThroughputExceededException") => "throttling",
            Some("TransactionConflictException") => "conflict",
            _ => "other",
        },
    })
}

async fn has(client: &Client, pk: &str) -> bool {
    client.get_item().table_name("rows").key("pk", s(pk)).consistent_read(true).send().await.expect("works").item.is_some()
}

#[tokio::test]
async fn without_faults_requests_pass_and_are_recorded() {
    let faults = Faults::new();
    let (client, faulty) = clients(&faults).await;
    assert_eq!(put(&faulty, "a").await, Ok(()));
    assert!(has(&client, "a").await);
    assert!(has(&faulty, "a").await);
    assert_eq!(faults.requests(), ["PutItem", "GetItem"]);
    faults.clear();
    assert!(faults.requests().is_empty());
}

#[tokio::test]
async fn the_sdk_sends_again_after_what_may_pass() {
    for failure in [Failure::Connection, Failure::TimeOut, Failure::ServerError, Failure::Throttling] {
        let faults = Faults::new();
        let (client, faulty) = clients(&faults).await;
        faults.inject(Fault::before(failure).on("PutItem").times(2));
        assert_eq!(put(&faulty, "a").await, Ok(()), "{failure:?}");
        assert_eq!(faults.requests(), ["PutItem", "PutItem", "PutItem"], "{failure:?}");
        assert!(has(&client, "a").await);
    }
}

#[tokio::test]
async fn a_fault_that_stays_reaches_the_caller_as_what_it_is() {
    for (failure, reported) in [
        (Failure::Connection, "connection"),
        (Failure::TimeOut, "time-out"),
        (Failure::ServerError, "server"),
        (Failure::Throttling, "throttling"),
        (Failure::TransactionConflict, "conflict"),
    ] {
        let faults = Faults::new();
        let (client, faulty) = clients(&faults).await;
        faults.inject(Fault::before(failure).always());
        assert_eq!(put(&faulty, "a").await, Err(reported));
        assert!(!has(&client, "a").await, "{failure:?}");
        let attempts = if failure == Failure::TransactionConflict { 1 } else { 3 };
        assert_eq!(faults.requests().len(), attempts, "{failure:?}");
        faults.clear();
        assert_eq!(put(&faulty, "a").await, Ok(()));
    }
}

#[tokio::test]
async fn after_means_that_the_engine_has_done_it() {
    let faults = Faults::new();
    let (client, faulty) = clients(&faults).await;
    faults.inject(Fault::after(Failure::TimeOut));
    assert_eq!(put(&faulty, "a").await, Err("condition"));
    assert!(has(&client, "a").await);
    assert_eq!(faults.requests(), ["PutItem", "PutItem"]);
}

#[tokio::test]
async fn a_fault_counts_the_requests_of_its_operation() {
    let faults = Faults::new();
    let (_, faulty) = clients(&faults).await;
    faults.inject(Fault::before(Failure::TransactionConflict).on("PutItem").nth(2));
    assert_eq!(put(&faulty, "a").await, Ok(()));
    assert!(has(&faulty, "a").await);
    assert_eq!(put(&faulty, "b").await, Err("conflict"));
    assert_eq!(put(&faulty, "b").await, Ok(()));
    assert!(faults.state().faults.is_empty());
}

#[tokio::test]
async fn a_transaction_is_cancelled_with_a_reason_for_each_action() {
    let faults = Faults::new();
    let (client, faulty) = clients(&faults).await;
    let write = |pk| TransactWriteItem::builder().put(Put::builder().table_name("rows").item("pk", s(pk)).build().expect("works")).build();
    for (failure, codes) in [
        (Failure::TransactionConflict, ["TransactionConflict", "None", "None"]),
        (
            Failure::Cancelled(&["None", "ConditionalCheckFailed", "TransactionConflict"]),
            ["None", "ConditionalCheckFailed", "TransactionConflict"],
        ),
    ] {
        faults.clear();
        faults.inject(Fault::before(failure));
        let error = faulty.transact_write_items().set_transact_items(Some(["a", "b", "c"].map(write).into())).send().await.unwrap_err();
        let TransactWriteItemsError::TransactionCanceledException(cancelled) = error.into_service_error() else {
            panic!("not a cancelled transaction");
        };
        assert_eq!(cancelled.cancellation_reasons().iter().filter_map(|reason| reason.code()).collect::<Vec<_>>(), codes);
        assert_eq!(faults.requests(), ["TransactWriteItems"]);
        assert!(!has(&client, "a").await);
    }
}

fn batch(keys: &[&str]) -> Vec<WriteRequest> {
    let put = |key: &&str| PutRequest::builder().item("pk", s(key)).build().expect("works");
    keys.iter().map(|key| WriteRequest::builder().put_request(put(key)).build()).collect()
}

#[tokio::test]
async fn the_last_rows_of_a_batch_are_left_over() {
    let faults = Faults::new();
    let (client, faulty) = clients(&faults).await;
    for (last, left, there) in [(2, &["b", "c"][..], 1), (usize::MAX, &["a", "b", "c"], 1), (0, &[], 3)] {
        faults.inject(Fault::unprocessed(last).on("BatchWriteItem"));
        let answer = faulty.batch_write_item().request_items("rows", batch(&["a", "b", "c"])).send().await.expect("works");
        let found = answer.unprocessed_items().and_then(|items| items.get("rows")).cloned().unwrap_or_default();
        assert_eq!(found, batch(left));
        assert_eq!(client.scan().table_name("rows").send().await.expect("works").count(), there);
    }
    assert_eq!(faults.requests(), ["BatchWriteItem"; 3]);

    let keys = ["a", "b", "c"].map(|key| HashMap::from([("pk".to_owned(), s(key))]));
    let wanted = KeysAndAttributes::builder().set_keys(Some(keys.into())).consistent_read(true).build().expect("works");
    for last in [1, 3] {
        faults.inject(Fault::unprocessed(last).on("BatchGetItem"));
        let answer = faulty.batch_get_item().request_items("rows", wanted.clone()).send().await.expect("works");
        assert_eq!(answer.responses().and_then(|found| found.get("rows")).map_or(0, Vec::len), 3 - last);
        let left = answer.unprocessed_keys().and_then(|keys| keys.get("rows")).cloned().expect("works");
        assert_eq!(left.keys(), &wanted.keys()[3 - last..]);
        assert_eq!(left.consistent_read(), Some(true));
    }
}

#[tokio::test]
async fn what_is_no_batch_has_nothing_to_leave_over() {
    let faults = Faults::new();
    let (client, faulty) = clients(&faults).await;
    faults.inject(Fault::unprocessed(usize::MAX));
    assert_eq!(put(&faulty, "a").await, Ok(()));
    assert!(has(&client, "a").await);
}

#[tokio::test]
async fn another_writer_gets_in_between() {
    let faults = Faults::new();
    let (client, faulty) = clients(&faults).await;
    let other = client.clone();
    faults.inject(Fault::meanwhile(async move { put(&other, "a").await.expect("works") }).on("PutItem"));
    assert_eq!(put(&faulty, "a").await, Err("condition"));
    assert_eq!(faults.requests(), ["PutItem"]);
}

#[tokio::test]
async fn a_client_without_an_http_client_of_its_own_gets_the_default_one() {
    use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};

    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("us-east-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        // The discard port: nobody listens, so the default client refuses at once.
        .endpoint_url("http://127.0.0.1:9")
        .retry_config(aws_sdk_dynamodb::config::retry::RetryConfig::disabled())
        .build();
    assert!(config.http_client().is_none());
    let faults = Faults::new();
    assert_eq!(put(&faults.client(&Client::from_conf(config)), "a").await, Err("connection"));
    assert_eq!(faults.requests(), ["PutItem"]);
}

#[tokio::test]
async fn debug_holds_names_only() {
    let faults = Faults::new();
    let (_, faulty) = clients(&faults).await;
    put(&faulty, "canary").await.expect("works");
    faults.inject(Fault::after(Failure::TimeOut).on("PutItem"));
    let text = format!("{faults:?}");
    assert!(text.contains("PutItem") && text.contains("TimeOut"), "{text}");
    assert!(!text.contains("canary"), "{text}");
}
