//! Bodies of requests that write, as the bytes that we wrote: the SDK is given no tree of values that it would only write down.

use std::fmt;

use aws_sdk_dynamodb::config::ConfigBag;
use aws_sdk_dynamodb::error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::Input;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::ser_de::SerializeRequest;
use aws_smithy_types::body::SdkBody;

use super::answer::Operation;

/// The body of a request, and the operation that it asks for. Its copies share the bytes.
pub(crate) struct Body {
    pub(crate) operation: Operation,
    bytes: SdkBody,
}

impl Body {
    pub(crate) fn new(operation: Operation, text: String) -> Self {
        Self { operation, bytes: SdkBody::from(text) }
    }
}

impl Clone for Body {
    fn clone(&self) -> Self {
        let bytes = self.bytes.try_clone().unwrap_or_else(|| unreachable!("bytes in memory can be shared"));
        Self { operation: self.operation, bytes }
    }
}

/// No values.
impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body").field("operation", &self.operation.name()).finish_non_exhaustive()
    }
}

impl SerializeRequest for Body {
    /// The request as the SDK would make it of an input. The input itself says only which table it is about.
    ///
    /// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html#Programming.LowLevelAPI.RequestFormat>
    fn serialize_input(&self, _: Input, _: &mut ConfigBag) -> Result<HttpRequest, BoxError> {
        let bytes = self.clone().bytes;
        let length = bytes.content_length().unwrap_or_default();
        let mut request = HttpRequest::new(bytes);
        request.set_method("POST")?;
        request.set_uri("/")?;
        let headers = request.headers_mut();
        headers.insert("content-type", "application/x-amz-json-1.0");
        headers.insert("x-amz-target", ["DynamoDB_20120810.", self.operation.name()].concat());
        headers.insert("content-length", length.to_string());
        Ok(request)
    }
}
