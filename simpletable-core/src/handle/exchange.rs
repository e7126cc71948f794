//! What of a request is ours: its attempts are counted, its body may be the bytes that we wrote, and its answer is taken as the bytes that came. The
//! SDK signs, sends, repeats and times.

use std::sync::Arc;

use aws_sdk_dynamodb::client::customize::CustomizableOperation;
use aws_sdk_dynamodb::config::interceptors::{
    BeforeSerializationInterceptorContextMut, BeforeTransmitInterceptorContextRef, FinalizerInterceptorContextRef,
};
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;
use aws_smithy_runtime_api::client::interceptors::dyn_dispatch_hint;
use aws_smithy_runtime_api::client::ser_de::{SharedRequestSerializer, SharedResponseDeserializer};

use super::answer::{Operation, Slot, TakeAnswer};
use super::attempts::CountAttempts;
use super::{Body, Call};

impl Call {
    /// Lets a request be counted.
    pub(crate) fn counted<T, E, B>(&self, request: CustomizableOperation<T, E, B>) -> CustomizableOperation<T, E, B> {
        request.interceptor(Exchange { attempts: CountAttempts::new(Arc::clone(&self.attempts)), body: None, answer: None })
    }

    /// Lets a request be counted, and takes its answer: to be looked at when it was sent without an error.
    pub(crate) fn reading<T, E, B>(
        &self,
        request: CustomizableOperation<T, E, B>,
        operation: Operation,
    ) -> (CustomizableOperation<T, E, B>, Slot) {
        self.exchange(request, None, operation)
    }

    /// The same, and sends this body in the place of the one that the SDK would write.
    pub(crate) fn writing<T, E, B>(&self, request: CustomizableOperation<T, E, B>, body: &Body) -> (CustomizableOperation<T, E, B>, Slot) {
        self.exchange(request, Some(body.clone()), body.operation)
    }

    fn exchange<T, E, B>(
        &self,
        request: CustomizableOperation<T, E, B>,
        body: Option<Body>,
        operation: Operation,
    ) -> (CustomizableOperation<T, E, B>, Slot) {
        let slot = Slot::default();
        let attempts = CountAttempts::new(Arc::clone(&self.attempts));
        (request.interceptor(Exchange { attempts, body, answer: Some(TakeAnswer { slot: slot.clone(), operation }) }), slot)
    }
}

/// One interceptor for all of it: each costs at every hook.
#[derive(Debug)]
struct Exchange {
    attempts: CountAttempts,
    body: Option<Body>,
    answer: Option<TakeAnswer>,
}

/// The SDK asks an interceptor without the hint at each of its hooks, twenty for a request.
#[dyn_dispatch_hint]
impl Intercept for Exchange {
    fn name(&self) -> &'static str {
        "Exchange"
    }

    fn modify_before_serialization(
        &self,
        _: &mut BeforeSerializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(body) = &self.body {
            config.interceptor_state().store_put(SharedRequestSerializer::new(body.clone()));
        }
        if let Some(answer) = &self.answer {
            config.interceptor_state().store_put(SharedResponseDeserializer::new(answer.clone()));
        }
        Ok(())
    }

    fn read_before_transmit(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.attempts.begin();
        Ok(())
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.attempts.end(context);
        Ok(())
    }
}
