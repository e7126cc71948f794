//! Requests that write, sent as the bytes that we wrote: the SDK signs, sends, repeats and times them, and is given no tree of values that it
//! would only write down.

use std::fmt;

use aws_sdk_dynamodb::config::interceptors::BeforeSerializationInterceptorContextMut;
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::Input;
use aws_smithy_runtime_api::client::interceptors::dyn_dispatch_hint;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::ser_de::{SerializeRequest, SharedRequestSerializer};
use aws_smithy_types::body::SdkBody;

/// The body of a request, and the operation that it asks for. Its copies share the bytes.
pub(crate) struct Body {
    operation: Operation,
    bytes: SdkBody,
}

/// What a request that writes asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    PutItem,
    DeleteItem,
    UpdateItem,
    TransactWriteItems,
    BatchWriteItem,
}

impl Body {
    pub(crate) fn new(operation: Operation, text: String) -> Self {
        Self { operation, bytes: SdkBody::from(text) }
    }

    pub(crate) fn operation(&self) -> Operation {
        self.operation
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
        f.debug_struct("Body").field("operation", &self.operation).finish_non_exhaustive()
    }
}

#[dyn_dispatch_hint]
impl Intercept for Body {
    fn name(&self) -> &'static str {
        "Body"
    }

    fn modify_before_serialization(
        &self,
        _: &mut BeforeSerializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        config.interceptor_state().store_put(SharedRequestSerializer::new(self.clone()));
        Ok(())
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
        headers.insert("x-amz-target", format!("DynamoDB_20120810.{:?}", self.operation));
        headers.insert("content-length", length.to_string());
        Ok(request)
    }
}
