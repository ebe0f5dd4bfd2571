//! Tests custom transports: mocks, middleware, callers' own HTTP clients, and their errors.

use std::error::Error as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::TryStreamExt;
use serde_json::json;
use toolcrate_runtime::{
    Bytes, Client, ClientBuilder, ErrorKind, Method, Next, Request, RetryPolicy, Transport, TransportError,
    TransportErrorKind, TransportFuture, UrlTemplate, Value, http, reqwest, transport_fn,
};
use toolcrate_testing::scripted_server::{ScriptedResponse, ScriptedServer};

use crate::support::model::Order;
use crate::support::{API, PASSWORD, TestCredentials, builder};

fn mocked(transport: impl Transport + 'static) -> ClientBuilder {
    Client::builder(&API)
        .base_url("https://orders.example/api")
        .credentials(TestCredentials)
        .transport(transport)
}

fn order() -> Request<Order> {
    Request::new(Method::Get, "/orders/{id}").path("id", 7)
}

/// Counts requests, and records what it saw.
struct Recorder {
    inner: Arc<dyn Transport>,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Transport for Recorder {
    fn send(&self, request: http::Request<Bytes>) -> TransportFuture<'_> {
        let template = request.extensions().get::<UrlTemplate>().expect("a template").0.clone();
        self.seen.lock().expect("no panic").push(format!("{} {template}", request.method()));
        self.inner.send(request)
    }
}

#[tokio::test]
async fn mock_transport_sees_the_whole_request_and_middleware_wraps_it() {
    let mock = transport_fn(|request: http::Request<Bytes>| async move {
        assert_eq!(request.uri(), "https://orders.example/api/orders/7");
        assert!(request.headers()["authorization"].is_sensitive());
        assert_eq!(request.headers()["user-agent"], "tests/2");
        let response =
            http::Response::builder().header("x-request-id", "r1").header("ratelimit-remaining", "3");
        Ok(response.body(Bytes::from(r#"{"id": 7}"#)).expect("a response"))
    });
    let seen = Arc::default();
    let record = Arc::clone(&seen);
    let client = mocked(mock)
        .user_agent("tests/2")
        .middleware(move |inner| Recorder { inner, seen: record })
        .build()
        .expect("a client");
    let response = order().send_full(&client).await.expect("an order");
    assert_eq!((response.value.id, response.status), (Some(7), 200));
    assert_eq!((response.request_id.as_deref(), response.rate_limit.remaining), (Some("r1"), Some(3)));
    assert_eq!(*seen.lock().expect("no panic"), ["GET /orders/{id}"]);
}

#[tokio::test]
async fn transport_failures_become_errors_with_a_source() {
    let failing = |kind: TransportErrorKind, status: Option<u16>| {
        let transport = transport_fn(move |_| async move {
            let error = TransportError::new(kind, "it broke").with_source(std::io::Error::other("the cable"));
            Err(match status {
                Some(status) => error.with_status(status),
                None => error,
            })
        });
        mocked(transport).build().expect("a client")
    };
    for (kind, status, read, write) in [
        (TransportErrorKind::Unsendable, None, ErrorKind::Configuration, ErrorKind::Configuration),
        (TransportErrorKind::NotConnected, None, ErrorKind::Unreachable, ErrorKind::Unreachable),
        (TransportErrorKind::TimedOut, None, ErrorKind::Timeout, ErrorKind::OutcomeUnknown),
        (TransportErrorKind::Disconnected, None, ErrorKind::Unreachable, ErrorKind::OutcomeUnknown),
        (TransportErrorKind::Disconnected, Some(200), ErrorKind::Decode, ErrorKind::OutcomeUnknown),
        (TransportErrorKind::Redirected, Some(200), ErrorKind::Configuration, ErrorKind::OutcomeUnknown),
        (TransportErrorKind::TooLarge, Some(200), ErrorKind::TooLarge, ErrorKind::OutcomeUnknown),
    ] {
        let client = failing(kind, status);
        let error = order().send(&client).await.expect_err("it failed");
        assert_eq!((error.kind(), error.status()), (read, status), "{kind:?}");
        let cause = error.source().and_then(|source| source.source()).expect("a cause");
        assert_eq!(cause.to_string(), "the cable");
        let shown = format!("{error:?}");
        assert!(shown.contains("GET /orders/{id}") && !shown.contains(PASSWORD), "{shown}");
        let write_request = Request::<Value>::new(Method::Post, "/orders").body(&json!({}));
        let error = write_request.send(&client).await.expect_err("it failed");
        assert_eq!(error.kind(), write, "{kind:?}");
        let nothing = matches!(kind, TransportErrorKind::Unsendable | TransportErrorKind::NotConnected);
        assert_eq!(error.changed_nothing(), nothing, "{kind:?}");
    }
}

#[tokio::test]
async fn client_enforces_checks_that_a_transport_skips() {
    let mock =
        transport_fn(|_| async { Ok(http::Response::new(Bytes::from(r#"{"id": 7, "free": "long"}"#))) });
    let client = mocked(mock).max_body(10).build().expect("a client");
    assert_eq!(order().send(&client).await.expect_err("it is too large").kind(), ErrorKind::TooLarge);
    let client = mocked(mock).user_agent("a\nb").build();
    assert_eq!(client.expect_err("it is no header").kind(), ErrorKind::Configuration);
}

#[tokio::test]
async fn custom_http_client_is_used_unchanged() {
    let page = || ScriptedResponse::json(200, &json!({"id": 7}));
    let server = ScriptedServer::start([page(), page()]).await;
    let http = || reqwest::Client::builder().user_agent("own/1").no_proxy();
    let client = builder(&server).http_client(http().build().expect("a client")).build().expect("a client");
    order().send(&client).await.expect("an order");
    assert_eq!(server.last_request().header("user-agent"), Some("own/1"));
    let configured = builder(&server)
        .configure_http(|http| {
            http.default_headers([(http::header::VIA, "x".parse().expect("a value"))].into_iter().collect())
        })
        .build()
        .expect("a client");
    order().send(&configured).await.expect("an order");
    assert_eq!(server.last_request().header("via"), Some("x"));
    assert_eq!(server.last_request().header("user-agent"), Some(API.user_agent));
    // A transport that follows redirects is detected.
    let target = server.url("/elsewhere");
    server.set_responses([ScriptedResponse::with_body(302, &[("location", &target)], b""), page()]);
    let client = builder(&server).http_client(http().build().expect("a client")).build().expect("a client");
    let error = order().send(&client).await.expect_err("it followed");
    assert!(error.to_string().contains("redirect(Policy::none())"), "{error}");
}

#[test]
fn settings_that_are_invalid_are_reported_when_the_client_is_built() {
    let client = |change: fn(ClientBuilder) -> ClientBuilder| {
        change(Client::builder(&API).base_url("https://localhost")).build()
    };
    let error = client(|builder| builder.proxy("http://user:pa55@[")).expect_err("no proxy");
    assert!(
        error.to_string().contains("the proxy is invalid") && !format!("{error:?}").contains("pa55"),
        "{error:?}"
    );
    assert!(client(|builder| builder.root_certificates(b"-----BEGIN CERTIFICATE-----\n!\n")).is_err());
    assert!(client(|builder| builder.root_certificates(b"none")).is_err());
    assert!(client(|builder| builder.proxy("http://127.0.0.1:1")).is_ok());
}

/// Responds to page `page` of `last`, with or without `Link` headers.
fn pages(last: u64, linked: bool, seen: &Arc<Mutex<Vec<u64>>>) -> impl Transport + use<> {
    let seen = Arc::clone(seen);
    transport_fn(move |request: http::Request<Bytes>| {
        let query = request.uri().query().unwrap_or_default().to_owned();
        let number = query
            .split('&')
            .find_map(|pair| pair.strip_prefix("page="))
            .map_or(1, |page| page.parse::<u64>().expect("a number"));
        seen.lock().expect("no panic").push(number);
        async move {
            let count = if number < last { 2 } else { u64::from(number == last) };
            let rows: Vec<Value> = (0..count).map(|row| json!({"id": number * 10 + row})).collect();
            let mut response = http::Response::new(Bytes::from(Value::from(rows).to_string()));
            if linked && number < last {
                let link = format!(
                    "<https://x/?page={}>; rel=\"next\", <https://x/?page={last}>; rel=\"last\"",
                    number + 1
                );
                response.headers_mut().insert("link", link.parse().expect("a header"));
            }
            // Later pages arrive first. Time is paused, so the order is deterministic and nothing waits.
            tokio::time::sleep(Duration::from_millis(100 - number)).await;
            Ok(response)
        }
    })
}

#[tokio::test(start_paused = true)]
async fn concurrent_pages_arrive_in_order() {
    for (linked, most) in [(true, 5), (false, 8)] {
        let seen = Arc::default();
        let client = mocked(pages(5, linked, &seen)).build().expect("a client");
        let list = Request::<Vec<Order>>::new(Method::Get, "/orders").parameter("pageSize", 2);
        let items = list.items(&client).concurrency(3);
        let ids: Vec<i32> =
            items.map_ok(|order| order.id.expect("an id")).try_collect().await.expect("orders");
        assert_eq!(ids, [10, 11, 20, 21, 30, 31, 40, 41, 50]);
        let seen = seen.lock().expect("no panic").clone();
        assert!(seen.len() >= 5 && seen.iter().all(|page| *page <= most), "{linked}: {seen:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn list_resumes_from_a_stored_position() {
    let seen = Arc::default();
    let client = mocked(pages(3, true, &seen)).build().expect("a client");
    let list = Request::<Vec<Order>>::new(Method::Get, "/orders").parameter("pageSize", 2);
    let mut items = list.items(&client);
    let first = items.try_next().await.expect("an order").expect("an order");
    assert_eq!(first.id, Some(10));
    let stored = items.next_page().expect("a next page").to_string();
    let next: Next = stored.parse().expect("a position");
    let rest: Vec<Order> = list.items(&client).resume(&next).try_collect().await.expect("orders");
    assert_eq!(rest.iter().filter_map(|order| order.id).collect::<Vec<_>>(), [20, 21, 30]);
    for text in ["", "page", "=1", "?"] {
        assert!(text.parse::<Next>().is_err(), "{text}");
    }
}

#[tokio::test(start_paused = true)]
async fn read_waits_for_retry_after() {
    // Each client first gets a 429.
    let limited_once = || {
        let attempts = Mutex::new(0);
        transport_fn(move |_| {
            let mut attempts = attempts.lock().expect("no panic");
            *attempts += 1;
            let is_first = *attempts == 1;
            async move {
                let response = http::Response::builder();
                let response =
                    if is_first { response.status(429).header("retry-after", "7") } else { response };
                Ok(response.body(Bytes::from(r#"{"id": 7}"#)).expect("a response"))
            }
        })
    };
    let once = mocked(limited_once()).build().expect("a client");
    let error = order().send(&once).await.expect_err("it is limited");
    assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
    let policy = RetryPolicy::idempotent(2).wait_for_retry_after(Duration::from_secs(60));
    let client = mocked(limited_once()).retry(policy).build().expect("a client");
    let start = tokio::time::Instant::now();
    assert_eq!(order().send(&client).await.expect("an order").id, Some(7));
    assert_eq!(start.elapsed(), Duration::from_secs(7));
}
