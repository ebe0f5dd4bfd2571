//! Tests the spans of requests: names and attributes must follow OpenTelemetry's conventions and contain no secrets.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use serde_json::json;
use toolcrate_runtime::{
    Bytes, Client, Error, Method, Request, RetryPolicy, TransportError, TransportErrorKind, Value, http,
    transport_fn,
};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::support::{API, PASSWORD, TestCredentials};

/// A span that was opened: its name, and the attributes that have a value.
#[derive(Clone, Debug, Default)]
struct RecordedSpan {
    name: &'static str,
    attributes: BTreeMap<&'static str, String>,
}

impl RecordedSpan {
    fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }
}

impl Visit for RecordedSpan {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.attributes.insert(field.name(), value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.attributes.insert(field.name(), format!("{value:?}"));
    }
}

/// Records all spans of a thread.
#[derive(Clone, Default)]
struct SpanRecorder(Arc<Mutex<Vec<RecordedSpan>>>);

impl SpanRecorder {
    fn spans(&self) -> Vec<RecordedSpan> {
        self.0.lock().expect("no panic").clone()
    }
}

impl Subscriber for SpanRecorder {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let mut span = RecordedSpan { name: attributes.metadata().name(), ..Default::default() };
        attributes.record(&mut span);
        let mut spans = self.0.lock().expect("no panic");
        spans.push(span);
        Id::from_u64(spans.len() as u64)
    }

    fn record(&self, id: &Id, values: &Record<'_>) {
        values.record(&mut self.0.lock().expect("no panic")[id.into_u64() as usize - 1]);
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, _: &Event<'_>) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

/// Sends a request whose attempts get these responses, and returns what became of it with the spans.
async fn recorded(
    request: &Request<Value>,
    responses: Vec<Result<u16, TransportErrorKind>>,
) -> (Result<Value, Error>, Vec<RecordedSpan>) {
    let recorder = SpanRecorder::default();
    let _guard = tracing::subscriber::set_default(recorder.clone());
    let responses = Mutex::new(responses.into_iter());
    let transport = transport_fn(move |_: http::Request<Bytes>| {
        let response = responses.lock().expect("no panic").next().expect("a response");
        async move {
            match response {
                Ok(status) => {
                    let response = http::Response::builder().status(status);
                    Ok(response.body(Bytes::from(r#"{"message": "s3cret"}"#)).expect("a response"))
                }
                Err(kind) => Err(TransportError::new(kind, "it broke")),
            }
        }
    });
    let client = Client::builder(&API)
        .base_url("https://orders.example:8443/api")
        .credentials(TestCredentials)
        .retry(RetryPolicy::idempotent(2))
        .transport(transport)
        .build()
        .expect("a client");
    let result = request.send(&client).await;
    (result, recorder.spans())
}

fn order() -> Request<Value> {
    Request::new(Method::Get, "/orders/{id}").path("id", "s3cret-7").parameter("conditions", "s3cret")
}

#[tokio::test]
async fn a_span_has_the_names_of_opentelemetry() {
    let (result, spans) = recorded(&order(), vec![Ok(200)]).await;
    result.expect("an order");
    let [span] = &spans[..] else { panic!("expected one span, got {spans:?}") };
    assert_eq!(span.name, "http.client.request");
    let expected = [
        ("http.request.method", "GET"),
        ("http.response.status_code", "200"),
        ("otel.kind", "client"),
        ("otel.name", "GET /orders/{id}"),
        ("server.address", "orders.example"),
        ("server.port", "8443"),
        ("url.template", "/orders/{id}"),
    ];
    let attributes: Vec<_> = span.attributes.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(attributes, expected);
}

#[tokio::test(start_paused = true)]
async fn each_attempt_has_a_span_and_failures_have_their_type() {
    let (result, spans) = recorded(&order(), vec![Ok(503), Err(TransportErrorKind::TimedOut)]).await;
    result.expect_err("it failed");
    let [first, second] = &spans[..] else { panic!("expected two spans, got {spans:?}") };
    assert_eq!(first.attribute("http.request.resend_count"), None);
    assert_eq!(first.attribute("http.response.status_code"), Some("503"));
    assert_eq!(first.attribute("error.type"), Some("503"));
    assert_eq!(second.attribute("http.request.resend_count"), Some("1"));
    assert_eq!(second.attribute("http.response.status_code"), None);
    assert_eq!(second.attribute("error.type"), Some("timeout"));
    for span in &spans {
        assert_eq!(span.attribute("otel.status_code"), Some("ERROR"));
    }
}

#[tokio::test]
async fn no_span_has_a_secret_or_a_value_of_a_caller() {
    let write = Request::<Value>::new(Method::Post, "/orders").body(&json!({"note": "s3cret"}));
    for (request, status) in [(&order(), 200), (&order(), 404), (&write, 201), (&write, 500)] {
        let (_, spans) = recorded(request, vec![Ok(status)]).await;
        let shown = format!("{spans:?}");
        assert!(!spans.is_empty());
        for secret in [PASSWORD, "acme+public", "s3cret"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}
