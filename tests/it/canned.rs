//! The SDK's own client, with answers from memory in place of a connection, and a record of every request as it would go over the wire.

use std::collections::{BTreeMap, VecDeque};
use std::fmt::{self, Write as _};
use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::{RetryConfig, RetryPartition};
use aws_sdk_dynamodb::config::{BehaviorVersion, Config, Credentials, HttpClient, Region, RuntimeComponents};
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use simpletable::{Schema, Table};

/// The table of every request.
pub(crate) const TABLE: &str = "canned";

const REGION: &str = "eu-central-1";
const SECRET: &str = "secret";

/// What a request meets.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    /// A status and a body.
    Body(u16, Vec<u8>),
    /// The connection breaks.
    Lost,
    /// Of a batch of writes these are left over, by their places in it.
    Left(&'static [usize]),
}

impl Answer {
    /// A good answer.
    pub(crate) fn ok(body: impl Into<Vec<u8>>) -> Self {
        Self::Body(200, body.into())
    }

    /// `InternalServerError`, which the SDK answers by sending the request again.
    pub(crate) fn server_error() -> Self {
        let body = r#"{"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError","message":"Internal server error"}"#;
        Self::Body(500, body.into())
    }
}

/// Answers requests in their order; the last answer again and again.
#[derive(Debug, Clone, Default)]
pub(crate) struct Canned(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    answers: VecDeque<Answer>,
    sent: Vec<Sent>,
}

impl Canned {
    pub(crate) fn new(answers: impl IntoIterator<Item = Answer>) -> Self {
        let canned = Self::default();
        canned.answer(answers);
        canned
    }

    /// Answers the next requests otherwise.
    pub(crate) fn answer(&self, answers: impl IntoIterator<Item = Answer>) {
        self.0.lock().expect("no test panics in here").answers = answers.into_iter().collect();
    }

    /// The requests since the last time, in their order.
    pub(crate) fn sent(&self) -> Vec<Sent> {
        std::mem::take(&mut self.0.lock().expect("no test panics in here").sent)
    }

    /// The one request since the last time.
    pub(crate) fn one(&self) -> Sent {
        let mut sent = self.sent();
        assert_eq!(sent.len(), 1, "one request was expected");
        sent.remove(0)
    }

    /// A client as users have it, but that it does not wait long before it sends a request again.
    pub(crate) fn client(&self) -> Client {
        let retries = RetryConfig::standard().with_initial_backoff(std::time::Duration::from_millis(1));
        let config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static(REGION))
            .credentials_provider(Credentials::new("key", SECRET, None, None, "tests"))
            .retry_config(retries)
            // The quota of all other tests is not used up here.
            .retry_partition(RetryPartition::custom("canned").build())
            .http_client(self.clone())
            .build();
        Client::from_conf(config)
    }

    pub(crate) fn table<S: Schema>(&self) -> Table<S> {
        Table::new(self.client(), TABLE)
    }

    fn arrive(&self, request: &HttpRequest) -> Answer {
        let mut state = self.0.lock().expect("no test panics in here");
        state.sent.push(Sent::new(request));
        match state.answers.len() {
            0 => Answer::ok("{}"),
            1 => state.answers[0].clone(),
            _ => state.answers.pop_front().expect("there are two"),
        }
    }
}

impl HttpClient for Canned {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Canned {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (status, body) = match self.arrive(&request) {
            Answer::Lost => return HttpConnectorFuture::ready(Err(ConnectorError::io("the connection broke".into()))),
            Answer::Body(status, body) => (status, body),
            Answer::Left(places) => {
                let requests = &Sent::new(&request).json()["RequestItems"][TABLE];
                let left: Vec<&Value> = places.iter().map(|place| &requests[*place]).collect();
                (200, json!({ "UnprocessedItems": { TABLE: left } }).to_string().into())
            }
        };
        let mut response = HttpResponse::new(StatusCode::try_from(status).expect("a status"), SdkBody::from(body));
        response.headers_mut().insert("content-type", "application/x-amz-json-1.0");
        HttpConnectorFuture::ready(Ok(response))
    }
}

/// A request as it went out.
#[derive(Clone)]
pub(crate) struct Sent {
    pub(crate) method: String,
    pub(crate) uri: String,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

/// The body as text: what a failed assertion shows.
impl fmt::Debug for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.headers.get("x-amz-target").map_or("", String::as_str), String::from_utf8_lossy(&self.body))
    }
}

impl Sent {
    fn new(request: &HttpRequest) -> Self {
        Self {
            method: request.method().to_owned(),
            uri: request.uri().to_owned(),
            headers: request.headers().iter().map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect(),
            body: request.body().bytes().expect("a body that can be sent again").to_vec(),
        }
    }

    /// The body as JSON, in which no name is there twice.
    pub(crate) fn json(&self) -> Value {
        let Unique(value) = serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"));
        value
    }

    /// Whether the signature is that of what was sent: AWS refuses a body that is another than the one that was signed, and no engine of
    /// tests looks at it.
    ///
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>
    pub(crate) fn is_signed(&self) -> bool {
        let authorization = &self.headers["authorization"];
        let part = |name: &str| authorization.split([' ', ',']).find_map(|part| part.strip_prefix(name)).expect("a part of the header");
        let (scope, names) = (part("Credential=key/"), part("SignedHeaders="));
        let path = self.uri.splitn(4, '/').nth(3).unwrap_or_default();
        let mut canonical = format!("{}\n/{path}\n\n", self.method);
        for name in names.split(';') {
            // The host is in the address until the request is on the wire.
            let host = || self.uri.split('/').nth(2).expect("a host").to_owned();
            let _ = writeln!(canonical, "{name}:{}", self.headers.get(name).cloned().unwrap_or_else(host));
        }
        let _ = write!(canonical, "\n{names}\n{}", hex(&Sha256::digest(&self.body)));
        let text = format!("AWS4-HMAC-SHA256\n{}\n{scope}\n{}", self.headers["x-amz-date"], hex(&Sha256::digest(canonical)));
        let key = scope.split('/').fold(format!("AWS4{SECRET}").into_bytes(), |key, part| hmac(&key, part.as_bytes()));
        part("Signature=") == hex(&hmac(&key, text.as_bytes()))
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// HMAC-SHA256 with a key of one block at most.
fn hmac(key: &[u8], text: &[u8]) -> Vec<u8> {
    let padded = |pad: u8| {
        let mut block = [pad; 64];
        block.iter_mut().zip(key).for_each(|(byte, key)| *byte ^= key);
        block
    };
    let inner = Sha256::new().chain_update(padded(0x36)).chain_update(text).finalize();
    Sha256::new().chain_update(padded(0x5c)).chain_update(inner).finalize().to_vec()
}

/// JSON in which no object has a name twice: `serde_json` takes the last one, and DynamoDB nobody knows which.
struct Unique(Value);

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Value;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("JSON without a name twice")
            }
            fn visit_unit<E>(self) -> Result<Value, E> {
                Ok(Value::Null)
            }
            fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
                Ok(value.into())
            }
            fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
                Ok(value.into())
            }
            fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
                Ok(value.into())
            }
            fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
                Ok(value.into())
            }
            fn visit_str<E>(self, text: &str) -> Result<Value, E> {
                Ok(text.into())
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
                let values = std::iter::from_fn(|| list.next_element::<Unique>().transpose());
                values.map(|value| value.map(|Unique(value)| value)).collect()
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
                let mut members = Map::new();
                while let Some((name, Unique(value))) = map.next_entry::<String, _>()? {
                    if members.insert(name.clone(), value).is_some() {
                        return Err(de::Error::custom(format_args!("`{name}` is there twice")));
                    }
                }
                Ok(members.into())
            }
        }
        deserializer.deserialize_any(Any).map(Self)
    }
}
