//! Batches of which a part is left over, in the form in which the SDK gets it.

use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use serde_json::{Map, Value, json};

use crate::wire;

/// A request, divided.
pub(super) enum Split {
    /// Nothing to divide.
    NoBatch(HttpRequest),
    Batch {
        /// What the engine is sent, if anything remains.
        passed: Option<HttpRequest>,
        left: Left,
    },
}

/// What is left unprocessed.
pub(super) struct Left {
    /// What the answer calls it.
    field: &'static str,
    items: Value,
}

/// Takes the last rows of a batch out of its request.
pub(super) fn split(mut request: HttpRequest, last: usize) -> Split {
    let field = match wire::operation(&request) {
        "BatchWriteItem" => "UnprocessedItems",
        "BatchGetItem" => "UnprocessedKeys",
        _ => return Split::NoBatch(request),
    };
    let Some(mut body) = request.body().bytes().and_then(|bytes| serde_json::from_slice::<Value>(bytes).ok()) else {
        return Split::NoBatch(request);
    };
    let Some(tables) = body.get_mut("RequestItems").and_then(Value::as_object_mut) else { return Split::NoBatch(request) };
    let mut left = Map::new();
    for (table, wanted) in &mut *tables {
        let mut rest = wanted.clone();
        if let (Some(passed), Some(rest)) = (rows(wanted), rows(&mut rest)) {
            let kept = passed.len().saturating_sub(last);
            passed.truncate(kept);
            rest.drain(..kept);
        }
        left.insert(table.clone(), rest);
    }
    tables.retain(|_, wanted| rows(wanted).is_some_and(|rows| !rows.is_empty()));
    left.retain(|_, rest| rows(rest).is_some_and(|rows| !rows.is_empty()));
    let left = Left { field, items: Value::Object(left) };
    if tables.is_empty() {
        return Split::Batch { passed: None, left };
    }
    let body = body.to_string();
    request.headers_mut().insert("content-length", body.len().to_string());
    *request.body_mut() = SdkBody::from(body);
    Split::Batch { passed: Some(request), left }
}

/// The rows of one table: a list of writes, or of keys beside what is wanted of them.
fn rows(wanted: &mut Value) -> Option<&mut Vec<Value>> {
    match wanted {
        Value::Array(writes) => Some(writes),
        wanted => wanted.get_mut("Keys")?.as_array_mut(),
    }
}

impl Left {
    /// The answer where nothing was done.
    pub(super) fn answer(self) -> Result<HttpResponse, ConnectorError> {
        wire::respond(200, json!({ self.field: self.items }).to_string().into_bytes())
    }

    /// The engine's answer, and what is left; a refusal stays as it is.
    pub(super) async fn add_to(self, mut answer: HttpResponse) -> Result<HttpResponse, ConnectorError> {
        if !answer.status().is_success() {
            return Ok(answer);
        }
        let refused = |error: Box<dyn std::error::Error + Send + Sync>| ConnectorError::other(error, None);
        let bytes = ByteStream::new(answer.take_body()).collect().await.map_err(|error| refused(error.into()))?;
        let mut body: Value = serde_json::from_slice(&bytes.into_bytes()).map_err(|error| refused(error.into()))?;
        body[self.field] = self.items;
        wire::respond(200, body.to_string().into_bytes())
    }
}
