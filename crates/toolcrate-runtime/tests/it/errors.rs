//! Tests the client's errors for every failure that can occur between the client and the server.

use std::time::{Duration, Instant};

use crate::support::model::Order;
use crate::support::{API, PASSWORD, TestCredentials, builder, client};
use serde_json::{Value, json};
use toolcrate_runtime::{Client, Error, ErrorKind, Method, Request, RetryPolicy};
use toolcrate_testing::scripted_server::{ScriptedResponse, ScriptedServer};
use toolcrate_testing::wait::wait_for;

const READ: fn() -> Request<Order> = || Request::new(Method::Get, "/orders/{id}").path("id", 5);

fn write() -> Request<Order> {
    Request::new(Method::Post, "/orders").body(&json!({"id": 1}))
}

async fn read_error(script: ScriptedResponse) -> Error {
    let server = ScriptedServer::start([script]).await;
    client(&server).send(&READ()).await.expect_err("an error")
}

async fn write_error(script: ScriptedResponse) -> Error {
    let server = ScriptedServer::start([script]).await;
    client(&server).send(&write()).await.expect_err("an error")
}

#[tokio::test]
async fn status_429_is_returned_immediately_with_normalized_headers() {
    let limits = [("x-ratelimit-limit", "1000"), ("retry-after", "30"), ("x-request-id", "r-1")];
    let body = br#"{"error":"OrdersAPI","message":"Too many requests. Please try again in 30 seconds."}"#;
    let server = ScriptedServer::start([ScriptedResponse::with_body(429, &limits, body)]).await;
    let client = builder(&server).retry(RetryPolicy::idempotent(5)).build().expect("a client");
    let error = client.send(&READ()).await.expect_err("an error");
    assert_eq!(server.requests().len(), 1, "it is not repeated");
    assert_eq!(
        error.to_json(),
        json!({"error": {
            "kind": "rate_limited",
            "status": 429,
            "code": "OrdersAPI",
            "message": "Too many requests. Please try again in 30 seconds.",
            "fields": [],
            "next_step": "Wait for the number of seconds in retry_after, then send the same request again.",
            "request": "GET /orders/{id}",
            "request_id": "r-1",
            "retry_after": 30,
            "rate_limit": {"limit": 1000, "remaining": 0, "reset": 30},
        }})
    );
}

#[tokio::test]
async fn html_page_is_reported_as_html() {
    let page = b"<!DOCTYPE html><html><head><title>Sign in</title></head></html>";
    let error = read_error(ScriptedResponse::with_body(200, &[("content-type", "text/html")], page)).await;
    assert_eq!(error.kind(), ErrorKind::NotJson);
    assert!(error.message().contains("web page") && error.message().contains("Sign in"), "{error}");
    let error = read_error(ScriptedResponse::with_body(502, &[("content-type", "text/html")], page)).await;
    assert_eq!((error.kind(), error.status()), (ErrorKind::Server, Some(502)));
    assert!(error.message().contains("web page"), "{error}");
    let error =
        read_error(ScriptedResponse::with_body(200, &[("content-type", "text/csv")], b"a,b\n1,2")).await;
    assert_eq!(error.kind(), ErrorKind::NotJson);
    assert!(error.message().contains("text/csv"), "{error}");
}

#[tokio::test]
async fn truncated_body_is_reported() {
    let cut = || {
        ScriptedResponse::Bytes(
            b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"id\":1,\"lines\":[{".to_vec(),
        )
    };
    let error = read_error(cut()).await;
    assert_eq!((error.kind(), error.status()), (ErrorKind::Decode, Some(200)));
    assert!(error.message().contains("incomplete"), "{error}");
    let error = write_error(cut()).await;
    assert_eq!((error.kind(), error.status()), (ErrorKind::OutcomeUnknown, Some(200)));
    // The length is right, but the JSON is incomplete.
    let error = read_error(ScriptedResponse::with_body(200, &[], b"{\"lines\":[{\"quantity\":1")).await;
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(error.message().contains("incomplete") && error.message().contains("lines[0]"), "{error}");
}

#[tokio::test]
async fn lost_response_leaves_only_a_writes_outcome_unknown() {
    let error = write_error(ScriptedResponse::Close).await;
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown);
    assert!(error.next_step().is_some_and(|next| next.contains("Read the record")), "{error:?}");
    assert_eq!(error.request(), Some("POST /orders"));
    let error = read_error(ScriptedResponse::Close).await;
    assert_eq!(error.kind(), ErrorKind::Unreachable);
}

#[tokio::test]
async fn silent_server_is_a_timeout() {
    let server = ScriptedServer::start([ScriptedResponse::Hang, ScriptedResponse::Hang]).await;
    let client = builder(&server).timeout(Duration::from_millis(200)).build().expect("a client");
    assert_eq!(client.send(&READ()).await.expect_err("late").kind(), ErrorKind::Timeout);
    assert_eq!(client.send(&write()).await.expect_err("late").kind(), ErrorKind::OutcomeUnknown);
}

#[tokio::test]
async fn unsent_write_has_a_known_outcome() {
    // A port that was free until now.
    let port = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    let client = Client::builder(&API).base_url(format!("http://{port}")).build().expect("a client");
    let error = client.send(&write()).await.expect_err("no server");
    assert_eq!(error.kind(), ErrorKind::Unreachable);
    assert!(error.next_step().is_some_and(|next| next.starts_with("Nothing was sent")));
}

#[tokio::test]
async fn redirect_to_another_host_is_rejected_and_gets_no_credentials() {
    let elsewhere = ScriptedServer::start([ScriptedResponse::json(200, &json!({"id": 1}))]).await;
    for status in [301, 302, 303, 307, 308] {
        let target = elsewhere.url("/api/orders/5");
        let server =
            ScriptedServer::start([ScriptedResponse::with_body(status, &[("location", &target)], b"")]).await;
        let error = client(&server).send(&READ()).await.expect_err("a redirect");
        assert_eq!((error.kind(), error.status()), (ErrorKind::Configuration, Some(status)));
    }
    assert!(elsewhere.requests().is_empty());
}

#[tokio::test]
async fn same_server_redirect_is_followed_for_reads() {
    let order = json!({"id": 1});
    let server = ScriptedServer::start([
        ScriptedResponse::with_body(302, &[("location", "/new/5?x=1")], b""),
        ScriptedResponse::json(200, &order),
    ])
    .await;
    assert_eq!(client(&server).send(&READ()).await.expect("an order").id, Some(1));
    assert_eq!(server.last_request().line, "GET /new/5?x=1 HTTP/1.1");
    assert!(server.last_request().header("authorization").is_some());

    // A redirected write isn't followed: it may have been made before the redirect.
    for status in [302, 308] {
        let redirect = ScriptedResponse::with_body(status, &[("location", "/new")], b"");
        let server = ScriptedServer::start([redirect, ScriptedResponse::json(201, &order)]).await;
        let error = client(&server).send(&write()).await.expect_err("a redirect");
        assert_eq!((error.kind(), server.requests().len()), (ErrorKind::OutcomeUnknown, 1));
        assert!(
            error.message().contains("redirected the write to /new; redirects of writes are not followed"),
            "{error}"
        );
    }

    let circle = || ScriptedResponse::with_body(302, &[("location", "/x")], b"");
    let server = ScriptedServer::start((0..10).map(|_| circle())).await;
    assert!(
        client(&server).send(&READ()).await.expect_err("a circle").message().contains("too many redirects")
    );
}

#[tokio::test]
async fn errors_and_debug_output_contain_no_secrets() {
    let encoded = "YWNtZStwdWJsaWM6cHIxdmF0ZS1rM3k=";
    let server =
        ScriptedServer::start([ScriptedResponse::with_body(401, &[], b"{}"), ScriptedResponse::Close]).await;
    let client = client(&server);
    let request = READ().parameter("conditions", "iban=\"DE44\"");
    let mut texts = vec![format!("{client:?} {:?}", builder(&server))];
    for _ in 0..2 {
        let error = client.send(&request).await.expect_err("an error");
        texts.push(format!("{error} {error:?} {}", error.to_json()));
        assert!(!texts[texts.len() - 1].contains("DE44"), "values of the query are not shown");
    }
    for text in &texts {
        assert!(!text.contains(PASSWORD) && !text.contains(encoded), "{text}");
    }
    assert_eq!(server.last_request().header("authorization"), Some(format!("Basic {encoded}").as_str()));
    assert_eq!(server.last_request().header("client-key"), Some(PASSWORD));
}

#[tokio::test]
async fn statuses_map_to_error_kinds() {
    let cases = [
        (400, ErrorKind::Rejected),
        (401, ErrorKind::Unauthorized),
        (403, ErrorKind::Forbidden),
        (404, ErrorKind::NotFound),
        (405, ErrorKind::Rejected),
        (409, ErrorKind::Conflict),
        (429, ErrorKind::RateLimited),
        (500, ErrorKind::Server),
        (504, ErrorKind::Server),
    ];
    for (status, kind) in cases {
        assert_eq!(read_error(ScriptedResponse::with_body(status, &[], b"")).await.kind(), kind, "{status}");
    }
}

#[tokio::test]
async fn decode_error_names_the_path_and_says_the_write_likely_succeeded() {
    let body = json!("many");
    let error = read_error(ScriptedResponse::json(200, &body)).await;
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(error.message().contains("expected an object, got text"), "{error}");
    let error = write_error(ScriptedResponse::json(201, &body)).await;
    assert!(error.next_step().is_some_and(|next| next.contains("most likely made")), "{error:?}");
    let error = read_error(ScriptedResponse::with_body(204, &[], b"")).await;
    assert_eq!((error.kind(), error.status()), (ErrorKind::Decode, Some(204)));
}

#[tokio::test]
async fn bodies_are_capped_with_or_without_content_length() {
    let big = json!({"orderNumber": "x".repeat(5_000)}).to_string();
    let chunked = format!("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{big}").into_bytes();
    let server = ScriptedServer::start([
        ScriptedResponse::with_body(200, &[], big.as_bytes()),
        ScriptedResponse::Bytes(chunked),
    ])
    .await;
    let client = builder(&server).max_body(1_000).build().expect("a client");
    for _ in 0..2 {
        assert_eq!(client.send(&READ()).await.expect_err("too large").kind(), ErrorKind::TooLarge);
    }
}

#[tokio::test]
async fn only_reads_and_marked_operations_are_retried() {
    let policy = RetryPolicy::idempotent(3).waits(Duration::from_millis(1), Duration::from_millis(2));
    let order = json!({"id": 1});
    let server = ScriptedServer::start([
        ScriptedResponse::with_body(503, &[], b""),
        ScriptedResponse::Close,
        ScriptedResponse::json(200, &order),
        ScriptedResponse::with_body(503, &[], b""),
    ])
    .await;
    let client = builder(&server).retry(policy).build().expect("a client");
    assert!(client.send(&READ()).await.is_ok());
    assert_eq!(server.requests().len(), 3);
    assert_eq!(client.send(&write()).await.expect_err("503").status(), Some(503));
    assert_eq!(server.requests().len(), 4);

    let server = ScriptedServer::start([
        ScriptedResponse::with_body(503, &[], b""),
        ScriptedResponse::json(200, &order),
    ])
    .await;
    let client = builder(&server).retry(policy).build().expect("a client");
    assert!(client.send(&write().idempotent()).await.is_ok());

    let limited = ScriptedResponse::with_body(429, &[("retry-after", "1")], b"");
    let server = ScriptedServer::start([limited, ScriptedResponse::json(200, &order)]).await;
    let policy = policy.wait_for_retry_after(Duration::from_secs(2));
    let client = builder(&server).retry(policy).build().expect("a client");
    let started = Instant::now();
    assert!(client.send(&READ()).await.is_ok());
    assert!(started.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn invalid_requests_are_rejected_before_anything_is_sent() {
    let server = ScriptedServer::start([]).await;
    let client = client(&server);
    let request = Request::<Value>::new(Method::Get, "/orders/{id}/lines/{line}").path("id", "");
    let error = client.send(&request).await.expect_err("no path");
    assert_eq!(error.kind(), ErrorKind::InvalidArguments);
    let pointers: Vec<&str> = error.fields().iter().map(|field| field.pointer.as_str()).collect();
    assert_eq!(pointers, ["/id", "/line"]);
    let error = client.send(&READ().header("x-note", "a\nb")).await.expect_err("no header");
    assert_eq!(error.kind(), ErrorKind::InvalidArguments);
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn client_works_across_tasks_and_its_futures_can_be_dropped() {
    let server =
        ScriptedServer::start([ScriptedResponse::Hang, ScriptedResponse::json(200, &json!({"id": 1}))]).await;
    let client = client(&server);
    let other = client.clone();
    let (first, request) = (client.clone(), READ());
    let dropped = tokio::spawn(async move { first.send(&request).await.map(drop) });
    wait_for("the first request", async || (!server.requests().is_empty()).then_some(())).await;
    dropped.abort();
    assert!(dropped.await.is_err_and(|error| error.is_cancelled()));
    let task = tokio::spawn(async move { other.send(&READ()).await });
    assert!(task.await.expect("no panic").is_ok());
}

#[tokio::test]
async fn client_with_an_unsafe_base_url_is_not_built() {
    let error = Client::builder(&API).credentials(TestCredentials).build().expect_err("no address");
    assert_eq!(error.kind(), ErrorKind::Configuration);
}

#[tokio::test]
async fn plain_text_server_receives_nothing_over_https() {
    let server = ScriptedServer::start([]).await;
    let url = server.url("").replace("http://", "https://");
    // The server waits for a request that never arrives, so the handshake ends only by its timeout.
    let client = builder(&server).base_url(url).timeout(Duration::from_secs(1)).build().expect("a client");
    let error = client.send(&write()).await.expect_err("no encryption");
    assert_eq!(error.kind(), ErrorKind::Unreachable, "{error}");
    assert!(server.requests().is_empty());
}
