//! The SDK's own client, with answers from memory in place of a connection: what is measured is the client's work and nothing else.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, Config, Credentials, HttpClient, Region, RuntimeComponents};
use aws_sdk_dynamodb::types::AttributeValue;
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::base64;
use aws_smithy_types::body::SdkBody;
use serde_json::{Map, Value, json};

use super::TABLE;

/// Rows as they are in an answer.
pub(crate) type Rows = Vec<Map<String, Value>>;

/// Answers every request with the next of its bodies, from the first again after the last.
#[derive(Debug, Clone)]
pub(crate) struct Canned {
    bodies: Arc<[SdkBody]>,
    next: Arc<AtomicUsize>,
    sent: Arc<Mutex<Option<HttpRequest>>>,
}

impl Canned {
    pub(crate) fn new(bodies: impl IntoIterator<Item = Value>) -> Self {
        let bodies = bodies.into_iter().map(|body| SdkBody::from(body.to_string())).collect();
        Self { bodies, next: Arc::default(), sent: Arc::default() }
    }

    /// A client as the SDK makes it without further settings: retries, time-outs and protection against stalled streams as users have them.
    pub(crate) fn client(&self) -> Client {
        let config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static("eu-central-1"))
            .credentials_provider(Credentials::new("bench", "bench", None, None, "bench"))
            .http_client(self.clone())
            .build();
        Client::from_conf(config)
    }

    /// The body of the request that was sent last.
    pub(crate) fn sent(&self) -> Value {
        let request = self.sent.lock().unwrap();
        let body = request.as_ref().and_then(|request| request.body().bytes()).expect("a request was sent");
        serde_json::from_slice(body).expect("a request is JSON")
    }
}

impl HttpClient for Canned {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Canned {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let next = self.next.fetch_add(1, Ordering::Relaxed) % self.bodies.len();
        // A reference count: the bytes are not copied.
        let body = self.bodies[next].try_clone().expect("the body is in memory");
        let mut response = HttpResponse::new(StatusCode::try_from(200).expect("a status"), body);
        response.headers_mut().insert("content-type", "application/x-amz-json-1.0");
        response.headers_mut().insert("x-amzn-requestid", "8R8ADR2CJ3DQ2SEJ5TJ0H6CSTBVV4KQNSO5AEMVJF66Q9ASUAAJG");
        *self.sent.lock().unwrap() = Some(request);
        HttpConnectorFuture::ready(Ok(response))
    }
}

/// Whether an answer tells of the capacity, as the request asked for or not.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Capacity {
    Told,
    Untold,
}

impl Capacity {
    fn tell(self, mut answer: Value, several: bool) -> Value {
        let consumed = json!({ "CapacityUnits": 12.5, "TableName": TABLE });
        if self == Self::Told {
            answer["ConsumedCapacity"] = if several { json!([consumed]) } else { consumed };
        }
        answer
    }

    pub(crate) fn get(self, row: &Map<String, Value>) -> Value {
        self.tell(json!({ "Item": row }), false)
    }

    pub(crate) fn put(self) -> Value {
        self.tell(json!({}), false)
    }

    pub(crate) fn transact(self) -> Value {
        self.tell(json!({}), true)
    }

    pub(crate) fn batch_write(self) -> Value {
        self.tell(json!({ "UnprocessedItems": {} }), true)
    }

    /// The answers to a query that takes `pages` requests: all but the last say where to go on.
    pub(crate) fn query(self, rows: &Rows, pages: usize, keys: &[&str]) -> Vec<Value> {
        let size = rows.len().div_ceil(pages);
        let page = |page: usize| {
            let items = &rows[(page * size).min(rows.len())..((page + 1) * size).min(rows.len())];
            let mut answer = json!({ "Count": items.len(), "Items": items, "ScannedCount": items.len() });
            if page + 1 < pages {
                answer["LastEvaluatedKey"] = keys.iter().map(|key| ((*key).to_owned(), json!({ "S": format!("{key}#{page}") }))).collect();
            }
            self.tell(answer, false)
        };
        (0..pages).map(page).collect()
    }
}

/// An attribute as DynamoDB writes it.
pub(crate) fn wire(value: AttributeValue) -> Value {
    match value {
        AttributeValue::S(text) => json!({ "S": text }),
        AttributeValue::N(text) => json!({ "N": text }),
        AttributeValue::Bool(value) => json!({ "BOOL": value }),
        AttributeValue::Null(value) => json!({ "NULL": value }),
        AttributeValue::B(bytes) => json!({ "B": base64::encode(bytes) }),
        AttributeValue::Ss(texts) => json!({ "SS": texts }),
        AttributeValue::Ns(texts) => json!({ "NS": texts }),
        AttributeValue::Bs(members) => json!({ "BS": members.into_iter().map(base64::encode).collect::<Vec<_>>() }),
        AttributeValue::L(members) => json!({ "L": members.into_iter().map(wire).collect::<Vec<_>>() }),
        AttributeValue::M(members) => json!({ "M": members.into_iter().map(|(name, value)| (name, wire(value))).collect::<Map<_, _>>() }),
        other => unreachable!("DynamoDB has no such type: {other:?}"),
    }
}
