//! The connector between the SDK and the engine.

use aws_sdk_dynamodb::config::{BehaviorVersion, ConfigBag, HttpClient, RuntimeComponents, RuntimeComponentsBuilder, SharedHttpClient};
use aws_smithy_runtime::client::defaults::default_http_client_plugin_v2;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::connector_metadata::ConnectorMetadata;
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_plugin::RuntimePlugin as _;

use super::unprocessed::{self, Split};
use super::{Faults, Moment};
use crate::wire;

/// The HTTP client of `Faults::client`.
#[derive(Debug)]
pub(super) struct FaultClient {
    faults: Faults,
    inner: Option<SharedHttpClient>,
}

impl FaultClient {
    /// In front of `inner`, or of the SDK's default client where the configuration has none.
    pub(super) fn new(faults: Faults, inner: Option<SharedHttpClient>) -> Self {
        Self { faults, inner: inner.or_else(default_http_client) }
    }
}

/// The HTTP client that the SDK takes where a configuration has none.
///
/// It is a default of the SDK's, added when a client is built, and not part of the configuration that a client gives out. `None` if the SDK was built
/// without one, in which case the client cannot send anything either.
fn default_http_client() -> Option<SharedHttpClient> {
    let plugin = default_http_client_plugin_v2(BehaviorVersion::latest())?;
    plugin.runtime_components(&RuntimeComponentsBuilder::new("faults")).http_client()
}

impl HttpClient for FaultClient {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        let inner = self.inner.as_ref().map(|inner| inner.http_connector(settings, components));
        SharedHttpConnector::new(FaultConnector { faults: self.faults.clone(), inner })
    }

    fn validate_base_client_config(&self, components: &RuntimeComponentsBuilder, config: &ConfigBag) -> Result<(), BoxError> {
        self.inner.as_ref().map_or(Ok(()), |inner| inner.validate_base_client_config(components, config))
    }

    fn validate_final_config(&self, components: &RuntimeComponents, config: &ConfigBag) -> Result<(), BoxError> {
        self.inner.as_ref().map_or(Ok(()), |inner| inner.validate_final_config(components, config))
    }

    fn connector_metadata(&self) -> Option<ConnectorMetadata> {
        self.inner.as_ref()?.connector_metadata()
    }
}

#[derive(Debug, Clone)]
struct FaultConnector {
    faults: Faults,
    inner: Option<SharedHttpConnector>,
}

impl FaultConnector {
    async fn send(self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let (meanwhile, moment) = self.faults.state().arrive(wire::operation(&request));
        for future in meanwhile {
            future.await;
        }
        match moment {
            None => self.pass(request).await,
            Some(Moment::Before(failure)) => failure.answer(&request),
            Some(Moment::Unprocessed(last)) => self.pass_part(request, last).await,
            Some(Moment::After(failure)) => {
                let answer = failure.answer(&request);
                // Lost, whatever it says.
                let _ = self.pass(request).await;
                answer
            }
        }
    }

    /// Sends all but the last rows of a batch, and adds these to the answer.
    async fn pass_part(&self, request: HttpRequest, last: usize) -> Result<HttpResponse, ConnectorError> {
        match unprocessed::split(request, last) {
            Split::NoBatch(request) => self.pass(request).await,
            Split::Batch { passed: None, left } => left.answer(),
            Split::Batch { passed: Some(passed), left } => left.add_to(self.pass(passed).await?).await,
        }
    }

    async fn pass(&self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        match &self.inner {
            Some(inner) => inner.call(request).await,
            None => Err(ConnectorError::user("the client has no HTTP client".into())),
        }
    }
}

impl HttpConnector for FaultConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        HttpConnectorFuture::new(self.clone().send(request))
    }
}
