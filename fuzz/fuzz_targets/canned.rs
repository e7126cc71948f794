//! The SDK's own client, which answers every request with the bytes that it was given.

use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Config, Credentials, HttpClient, Region, RuntimeComponents};
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;

#[derive(Debug, Clone, Default)]
pub(crate) struct Canned(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    answer: Vec<u8>,
    sent: Option<Vec<u8>>,
}

impl Canned {
    pub(crate) fn answer(&self, body: &[u8]) {
        self.0.lock().unwrap().answer = body.to_vec();
    }

    /// The body of the request that was sent last, once.
    #[allow(dead_code, reason = "targets that read do not ask")]
    pub(crate) fn sent(&self) -> Option<Vec<u8>> {
        self.0.lock().unwrap().sent.take()
    }

    pub(crate) fn client(&self) -> Client {
        let config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static("eu-central-1"))
            .credentials_provider(Credentials::new("fuzz", "fuzz", None, None, "fuzz"))
            .http_client(self.clone())
            // The same bytes would come again.
            .retry_config(RetryConfig::disabled())
            .build();
        Client::from_conf(config)
    }
}

impl HttpClient for Canned {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for Canned {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let mut state = self.0.lock().unwrap();
        state.sent = request.body().bytes().map(<[u8]>::to_vec);
        let body = SdkBody::from(state.answer.clone());
        HttpConnectorFuture::ready(Ok(HttpResponse::new(StatusCode::try_from(200).unwrap(), body)))
    }
}
