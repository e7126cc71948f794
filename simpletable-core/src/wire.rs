//! The HTTP form of DynamoDB's protocol (AWS JSON 1.0), as far as the connectors of this crate need it.

use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;

/// What stands before the name of the operation in `x-amz-target`.
const TARGET_PREFIX: &str = "DynamoDB_20120810.";

/// The operation that a request asks for, such as `PutItem`; empty if it asks for none.
pub(crate) fn operation(request: &HttpRequest) -> &str {
    request.headers().get("x-amz-target").and_then(|target| target.strip_prefix(TARGET_PREFIX)).unwrap_or_default()
}

/// Builds a response.
///
/// Without `x-amz-crc32`, which a client verifies only where it is sent: these bytes do not leave the process.
pub(crate) fn respond(status: u16, body: Vec<u8>) -> Result<HttpResponse, ConnectorError> {
    let status = StatusCode::try_from(status).map_err(|error| ConnectorError::other(error.into(), None))?;
    let mut response = HttpResponse::new(status, SdkBody::from(body));
    response.headers_mut().insert("content-type", "application/x-amz-json-1.0");
    Ok(response)
}
