//! The connector: from the SDK's HTTP request to a call of the engine, and back.

use std::fmt;

use aws_sdk_dynamodb::config::{HttpClient, RuntimeComponents};
use aws_smithy_runtime_api::client::connector_metadata::ConnectorMetadata;
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use dynoxide::{Database, DynoxideError};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::wire;

/// The answer to an operation that the engine does not have, as AWS gives it to one that it does not have.
const UNKNOWN_OPERATION: &str = r#"{"__type":"com.amazon.coral.service#UnknownOperationException"}"#;

/// What DynamoDB says of a value that is nested too deeply. The engine says it of 33 levels; at some 60 the JSON is too deep to be read at all.
const TOO_DEEP: &str = "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit";

/// What DynamoDB says of a value without a type.
const EMPTY_VALUE: &str = "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes";

/// The engine as an HTTP client and its only connector.
#[derive(Clone)]
pub(super) struct Engine {
    database: Database,
}

/// An answer of the engine that is not a success.
enum Refusal {
    Engine(DynoxideError),
    UnknownOperation,
}

impl From<DynoxideError> for Refusal {
    fn from(error: DynoxideError) -> Self {
        Self::Engine(error)
    }
}

impl Engine {
    pub(super) fn new(database: Database) -> Self {
        Self { database }
    }

    /// Executes one request.
    ///
    /// The engine runs on the thread that polls: a call is a few SQLite statements, some ten microseconds in memory and a few hundred on a file, less
    /// than a hop to a blocking thread and back is worth, and this way the engine needs no runtime of its own. The exception is a file that another
    /// process is writing, where SQLite waits up to five seconds for the lock: an embedded file belongs to one process.
    fn answer(&self, request: &HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let operation = wire::operation(request);
        // Every body of the DynamoDB protocol is in memory; a streaming one would be a change of the SDK.
        let body = request.body().bytes().ok_or_else(|| ConnectorError::user("the body of the request is a stream".into()))?;
        let answer = execute(&self.database, operation, body);
        let (status, body) = answer.map_or_else(|refusal| refusal.into_wire(operation), |body| (200, body));
        wire::respond(status, body)
    }
}

impl HttpClient for Engine {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        // The settings are connect and read time-outs of sockets, and there is no socket.
        SharedHttpConnector::new(self.clone())
    }

    fn connector_metadata(&self) -> Option<ConnectorMetadata> {
        Some(ConnectorMetadata::new("simpletable-embedded", None))
    }
}

impl HttpConnector for Engine {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let engine = self.clone();
        // Inside the future, so that a request that is dropped before it is polled is not executed.
        HttpConnectorFuture::new(async move { engine.answer(&request) })
    }
}

/// Hides the database: `Debug` of an SDK client ends up in logs.
impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").finish_non_exhaustive()
    }
}

impl Refusal {
    /// The status and the body by which AWS would refuse `operation`.
    fn into_wire(self, operation: &str) -> (u16, Vec<u8>) {
        match self {
            Self::Engine(error) => {
                let error = enveloped(operation, error);
                (error.status_code(), error.to_json().into_bytes())
            }
            Self::UnknownOperation => (400, UNKNOWN_OPERATION.into()),
        }
    }
}

/// Every operation that both the SDK's client and the engine have.
fn execute(db: &Database, operation: &str, body: &[u8]) -> Result<Vec<u8>, Refusal> {
    match operation {
        "BatchExecuteStatement" => call(body, |request| db.batch_execute_statement(request)),
        "BatchGetItem" => call(body, |request| db.batch_get_item(request)),
        "BatchWriteItem" => call(body, |request| db.batch_write_item(request)),
        "CreateTable" => call(body, |request| db.create_table(request)),
        "DeleteItem" => call(body, |request| db.delete_item(request)),
        "DeleteTable" => call(body, |request| db.delete_table(request)),
        "DescribeTable" => call(body, |request| db.describe_table(request)),
        "DescribeTimeToLive" => call(body, |request| db.describe_time_to_live(request)),
        "ExecuteStatement" => call(body, |request| db.execute_statement(request)),
        "ExecuteTransaction" => call(body, |request| db.execute_transaction(request)),
        "GetItem" => call(body, |request| db.get_item(request)),
        "ListTables" => call(body, |request| db.list_tables(request)),
        "ListTagsOfResource" => call(body, |request| db.list_tags_of_resource(request)),
        "PutItem" => call(body, |request| db.put_item(request)),
        "Query" => call(body, |request| db.query(request)),
        "Scan" => call(body, |request| db.scan(request)),
        "SearchVectors" => call(body, |request| db.search_vectors(request)),
        "TagResource" => call(body, |request| db.tag_resource(request)),
        "TransactGetItems" => call(body, |request| db.transact_get_items(request)),
        "TransactWriteItems" => call(body, |request| db.transact_write_items(request)),
        "UntagResource" => call(body, |request| db.untag_resource(request)),
        "UpdateItem" => call(body, |request| db.update_item(request)),
        "UpdateTable" => call(body, |request| db.update_table(request)),
        "UpdateTimeToLive" => call(body, |request| db.update_time_to_live(request)),
        _ => Err(Refusal::UnknownOperation),
    }
}

/// Reads the request, runs the operation and writes its answer.
fn call<Q: DeserializeOwned, A: Serialize>(body: &[u8], run: impl FnOnce(Q) -> dynoxide::Result<A>) -> Result<Vec<u8>, Refusal> {
    let request = serde_json::from_slice(body).map_err(|error| unreadable(&error.to_string()))?;
    let answer = run(request)?;
    serde_json::to_vec(&answer).map_err(|error| DynoxideError::InternalServerError(error.to_string()).into())
}

/// The error that DynamoDB gives for a request that the engine's types refuse.
///
/// The engine checks parameters while it reads them, and marks the class of the error at the start of serde's message.
pub(super) fn unreadable(message: &str) -> DynoxideError {
    let (marker, text) = match message.split_once(':') {
        Some((marker @ ("VALIDATION" | "VALIDATION_AS_READ" | "VALIDATION_REQUEST" | "SERIALIZATION" | "SERIALIZATION_AS_READ"), text)) => {
            (marker, text)
        }
        _ => ("", message),
    };
    let text = without_position(text).to_owned();
    match marker {
        "VALIDATION" | "VALIDATION_AS_READ" => DynoxideError::ValidationException(text),
        "VALIDATION_REQUEST" => DynoxideError::EnvelopedValidation(text),
        "SERIALIZATION" | "SERIALIZATION_AS_READ" => DynoxideError::SerializationException(text),
        _ if text.contains("recursion limit") => DynoxideError::ValidationException(TOO_DEEP.into()),
        _ if text.contains("empty AttributeValue") => DynoxideError::ValidationException(EMPTY_VALUE.into()),
        _ if ["missing field", "unknown variant", "invalid type: null", "Supplied AttributeValue"]
            .iter()
            .any(|known| text.contains(known)) =>
        {
            DynoxideError::ValidationException(text)
        }
        // The SDK's own types cannot produce this. serde's message quotes the value, so it stops here.
        _ => DynoxideError::SerializationException(String::new()),
    }
}

/// Removes the position that serde_json appends to the message of a custom error.
fn without_position(message: &str) -> &str {
    match message.rsplit_once(" at line ") {
        Some((text, position)) if position.contains(" column ") => text,
        _ => message,
    }
}

/// Words a request-validation error as `operation` does: the three writes of one item put a phrase before it.
fn enveloped(operation: &str, error: DynoxideError) -> DynoxideError {
    match error {
        DynoxideError::EnvelopedValidation(text) if matches!(operation, "PutItem" | "UpdateItem" | "DeleteItem") => {
            DynoxideError::ValidationException(format!("1 validation error detected: {text}"))
        }
        other => other,
    }
}
