//! The raw SDK client against the engine: what arrives is what AWS would send.

use std::error::Error as _;

use aws_sdk_dynamodb::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, CancellationReason, KeySchemaElement, KeyType, Put,
    ReturnValuesOnConditionCheckFailure, ScalarAttributeType, TransactWriteItem,
};

use super::*;

fn s(value: &str) -> AttributeValue {
    AttributeValue::S(value.into())
}

async fn create_table(client: &Client) {
    client
        .create_table()
        .table_name("rows")
        .billing_mode(BillingMode::PayPerRequest)
        .attribute_definitions(AttributeDefinition::builder().attribute_name("pk").attribute_type(ScalarAttributeType::S).build().unwrap())
        .key_schema(KeySchemaElement::builder().attribute_name("pk").key_type(KeyType::Hash).build().unwrap())
        .send()
        .await
        .unwrap();
}

async fn memory() -> Client {
    let client = client(Store::Memory).unwrap();
    create_table(&client).await;
    client
}

fn put_if_free(pk: &str) -> Put {
    Put::builder()
        .table_name("rows")
        .item("pk", s(pk))
        .condition_expression("attribute_not_exists(pk)")
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
        .build()
        .unwrap()
}

#[tokio::test]
async fn a_row_comes_back_as_it_was_put() {
    let client = memory().await;
    client.put_item().table_name("rows").item("pk", s("a")).item("n", AttributeValue::N("1".into())).send().await.unwrap();
    let item = client.get_item().table_name("rows").key("pk", s("a")).send().await.unwrap().item.unwrap();
    assert_eq!(item["n"], AttributeValue::N("1".into()));
    assert!(client.get_item().table_name("rows").key("pk", s("b")).send().await.unwrap().item.is_none());
}

#[tokio::test]
async fn a_failed_condition_returns_the_row() {
    let client = memory().await;
    client.put_item().table_name("rows").item("pk", s("a")).item("v", s("old")).send().await.unwrap();
    let error = client
        .put_item()
        .table_name("rows")
        .item("pk", s("a"))
        .condition_expression("attribute_not_exists(pk)")
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
        .send()
        .await
        .unwrap_err();
    assert_eq!(error.raw_response().unwrap().status().as_u16(), 400);
    let PutItemError::ConditionalCheckFailedException(failed) = error.into_service_error() else {
        panic!("not a failed condition");
    };
    assert_eq!(failed.item().unwrap()["v"], s("old"));
}

#[tokio::test]
async fn a_cancelled_transaction_has_its_reasons_and_the_row() {
    let client = memory().await;
    client.put_item().table_name("rows").item("pk", s("b")).item("v", s("old")).send().await.unwrap();
    let error = client
        .transact_write_items()
        .transact_items(TransactWriteItem::builder().put(put_if_free("a")).build())
        .transact_items(TransactWriteItem::builder().put(put_if_free("b")).build())
        .send()
        .await
        .unwrap_err();
    let TransactWriteItemsError::TransactionCanceledException(cancelled) = error.into_service_error() else {
        panic!("not a cancelled transaction");
    };
    let reasons = cancelled.cancellation_reasons();
    assert_eq!(reasons.iter().map(CancellationReason::code).collect::<Vec<_>>(), [Some("None"), Some("ConditionalCheckFailed")]);
    assert_eq!(reasons[1].item().unwrap()["v"], s("old"));
    assert!(client.get_item().table_name("rows").key("pk", s("a")).send().await.unwrap().item.is_none());
}

#[tokio::test]
async fn a_refused_parameter_is_a_validation_error_without_marker_and_position() {
    let client = memory().await;
    let error = client.put_item().table_name("rows").item("pk", s("a")).item("n", AttributeValue::Null(false)).send().await.unwrap_err();
    assert_eq!(error.raw_response().unwrap().status().as_u16(), 400);
    assert_eq!(error.code(), Some("ValidationException"));
    assert_eq!(
        error.message(),
        Some(
            "1 validation error detected: One or more parameter values were invalid: Null attribute value types must have the value of true"
        )
    );
    let error = client.put_item().table_name("rows").item("v", s("no key")).send().await.unwrap_err();
    assert_eq!(error.code(), Some("ValidationException"));
}

#[tokio::test]
async fn an_unknown_table_and_an_unknown_operation_have_their_own_errors() {
    let client = client(Store::Memory).unwrap();
    let error = client.get_item().table_name("none").key("pk", s("a")).send().await.unwrap_err();
    assert!(error.into_service_error().is_resource_not_found_exception());
    let error = client.describe_limits().send().await.unwrap_err();
    assert!(matches!(error, SdkError::ServiceError(_)));
    assert_eq!(error.code(), Some("UnknownOperationException"));
}

#[test]
fn a_message_of_serde_keeps_its_class_and_loses_its_marks() {
    for (message, class, text) in [
        ("VALIDATION:a b at line 1 column 42", "Validation", "a b"),
        ("VALIDATION_AS_READ:a b at line 1 column 42", "Validation", "a b"),
        ("VALIDATION_REQUEST:a: b", "Validation", "a: b"),
        ("SERIALIZATION:a b at line 1 column 42", "Serialization", "a b"),
        ("missing field `TableName` at line 1 column 2", "Validation", "missing field `TableName`"),
        (
            "recursion limit exceeded at line 1 column 700",
            "Validation",
            "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit",
        ),
        ("invalid type: string \"canary\", expected a map at line 1 column 9", "Serialization", ""),
    ] {
        let error = engine::unreadable(message);
        assert!(error.error_type().ends_with(&format!("#{class}Exception")), "{message}");
        assert_eq!(error.to_string(), text, "{message}");
    }
}

#[tokio::test]
async fn a_file_survives_its_client() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.db");
    let first = client(Store::File(path.clone())).unwrap();
    create_table(&first).await;
    first.put_item().table_name("rows").item("pk", s("a")).send().await.unwrap();
    drop(first);
    let second = client(Store::File(path)).unwrap();
    assert!(second.get_item().table_name("rows").key("pk", s("a")).send().await.unwrap().item.is_some());
}

#[cfg(unix)]
#[tokio::test]
async fn a_new_file_and_its_siblings_are_for_the_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    let client = client(Store::File(folder.path().join("rows.db"))).unwrap();
    create_table(&client).await;
    let mut modes: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().into_string().unwrap(), entry.metadata().unwrap().permissions().mode() & 0o777))
        .collect();
    modes.sort();
    assert_eq!(modes, [("rows.db".into(), 0o600), ("rows.db-shm".into(), 0o600), ("rows.db-wal".into(), 0o600)] as [(String, u32); 3]);
}

#[test]
fn a_bad_path_is_an_error_that_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("text");
    std::fs::write(&text, "not a database, but long enough for SQLite to look at its first bytes and refuse it: ".repeat(20)).unwrap();
    for path in [PathBuf::new(), folder.path().to_owned(), folder.path().join("none/rows.db"), text] {
        let error = client(Store::File(path.clone())).unwrap_err();
        assert!(error.source().is_some(), "{path:?}: {}", DisplayErrorContext(&error));
    }
}
