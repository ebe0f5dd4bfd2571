//! Tests the errors for writes that were sent. Only if the server definitely refused a write may the error state that
//! nothing was changed.

use std::sync::LazyLock;
use std::time::Duration;

use crate::support::model::Order;
use crate::support::{API, TestCredentials, builder, client};
use serde_json::{Value, json};
use toolcrate_runtime::{
    Catalog, Client, Credentials, Delivery, Error, ErrorKind, HeaderMap, Method, Request, RetryPolicy,
};
use toolcrate_testing::scripted_server::{ScriptedResponse, ScriptedServer};

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| {
    let tools = concat!(include_str!("support/sales.jsonl"), include_str!("support/stock.jsonl"));
    let (shapes, schemas) = (include_str!("support/shapes.jsonl"), include_str!("support/schemas.jsonl"));
    Catalog::new(&API, crate::support::catalog(tools, shapes, schemas, ""))
});

/// Creates the response of a scripted server.
type ScriptMaker = Box<dyn Fn() -> ScriptedResponse>;

fn create() -> Request<Order> {
    Request::new(Method::Post, "/orders").body(&json!({"id": 1}))
}

/// Returns the errors of a typed request and of a tool call that get the same response, and the requests that were
/// sent.
async fn both(script: impl Fn() -> ScriptedResponse) -> [(Error, Vec<String>); 2] {
    let lines = |server: &ScriptedServer| -> Vec<String> {
        server.requests().into_iter().map(|request| request.line).collect()
    };
    let short = |server: &ScriptedServer| {
        builder(server).timeout(Duration::from_secs(2)).max_body(1_000).build().expect("a client")
    };
    // More than one script, so a repeated request also gets a response.
    let server = ScriptedServer::start([script(), script(), script()]).await;
    let typed = short(&server).send(&create()).await.expect_err("an error");
    let typed = (typed, lines(&server));
    let server = ScriptedServer::start([script(), script(), script()]).await;
    let tool = CATALOG.get("create_an_order_line").expect("a tool");
    let arguments = json!({"orderId": 5, "description": "x", "product": {"id": 1}});
    let called = short(&server).execute(tool, &arguments).await.expect_err("an error");
    let called = (called, lines(&server));
    [typed, called]
}

fn bytes(text: &str) -> ScriptedResponse {
    ScriptedResponse::Bytes(text.as_bytes().to_vec())
}

#[tokio::test]
async fn write_without_a_clear_response_has_an_unknown_outcome_and_is_sent_once() {
    let html = "<!DOCTYPE html><html><title>Sign in</title></html>";
    let big = format!("{{\"orderNumber\":\"{}\"}}", "x".repeat(5_000));
    let page = || ScriptedResponse::with_body(200, &[("content-type", "text/html")], html.as_bytes());
    let redirect = |status| move || ScriptedResponse::with_body(status, &[("location", "/api/orders")], b"");
    let cases: Vec<(&str, ScriptMaker)> = vec![
        ("300", Box::new(|| ScriptedResponse::with_body(300, &[], b""))),
        ("301", Box::new(redirect(301))),
        ("302", Box::new(redirect(302))),
        ("303", Box::new(redirect(303))),
        (
            "302 with a page",
            Box::new(move || {
                ScriptedResponse::with_body(
                    302,
                    &[("location", "/login"), ("content-type", "text/html")],
                    html.as_bytes(),
                )
            }),
        ),
        ("302 without a location", Box::new(|| ScriptedResponse::with_body(302, &[], b""))),
        ("307 in a circle", Box::new(redirect(307))),
        ("308 in a circle", Box::new(redirect(308))),
        (
            "307 to another server",
            Box::new(|| ScriptedResponse::with_body(307, &[("location", "https://elsewhere/?key=1")], b"")),
        ),
        ("304", Box::new(|| bytes("HTTP/1.1 304 Not Modified\r\nconnection: close\r\n\r\n"))),
        ("101", Box::new(|| bytes("HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n"))),
        ("103, then nothing", Box::new(|| bytes("HTTP/1.1 103 Early Hints\r\n\r\n"))),
        ("406", Box::new(|| ScriptedResponse::with_body(406, &[], b""))),
        ("408", Box::new(|| ScriptedResponse::with_body(408, &[], b""))),
        ("499", Box::new(|| ScriptedResponse::with_body(499, &[], b""))),
        ("500", Box::new(|| ScriptedResponse::json(500, &json!({"message": "Object reference not set"})))),
        ("503", Box::new(|| ScriptedResponse::with_body(503, &[("retry-after", "1")], b""))),
        (
            "500 with a body that is too large",
            Box::new({
                let big = big.clone();
                move || ScriptedResponse::with_body(500, &[], big.as_bytes())
            }),
        ),
        ("cut before the head", Box::new(|| ScriptedResponse::Close)),
        ("cut in the head", Box::new(|| bytes("HTTP/1.1 201 Cre"))),
        ("cut after the head", Box::new(|| bytes("HTTP/1.1 201 X\r\ncontent-length: 9\r\n\r\n"))),
        ("cut in the body", Box::new(|| bytes("HTTP/1.1 201 X\r\ncontent-length: 9\r\n\r\n{\"id\""))),
        ("JSON that is not all there", Box::new(|| ScriptedResponse::with_body(201, &[], b"{\"id\":"))),
        ("a page with 200", Box::new(page)),
        (
            "text with 200",
            Box::new(|| ScriptedResponse::with_body(200, &[("content-type", "text/plain")], b"done")),
        ),
        ("a body that is too large", Box::new(move || ScriptedResponse::with_body(201, &[], big.as_bytes()))),
        ("silence", Box::new(|| ScriptedResponse::Hang)),
    ];
    for (name, script) in cases {
        for (error, requests) in both(script).await {
            assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{name}: {error:?}");
            assert!(!error.changed_nothing(), "{name}: {:?}", error.delivery());
            let next = error.next_step().unwrap_or_default();
            assert!(next.contains("Read the record"), "{name}: {next}");
            assert_eq!(requests.len(), 1, "{name}: {requests:?}");
            assert!(requests[0].starts_with("POST "), "{name}: {requests:?}");
            assert!(!error.to_string().contains("key=1"), "{error}");
        }
    }
}

#[tokio::test]
async fn redirect_of_a_read_only_post_is_followed() {
    let server = ScriptedServer::start([
        ScriptedResponse::with_body(307, &[("location", "/api/orders/search2")], b""),
        ScriptedResponse::json(200, &json!([{"id": 1}])),
    ])
    .await;
    let tool = CATALOG.get("search_orders").expect("a tool");
    let outcome = client(&server).execute(tool, &json!({"conditions": "x"})).await.expect("orders");
    assert_eq!(outcome.value, json!([{"id": 1}]));
    assert_eq!(server.last_request().line, "POST /api/orders/search2 HTTP/1.1");
}

#[tokio::test]
async fn clearly_refused_write_changed_nothing() {
    for (status, kind) in [
        (400, ErrorKind::Rejected),
        (401, ErrorKind::Unauthorized),
        (403, ErrorKind::Forbidden),
        (404, ErrorKind::NotFound),
        (405, ErrorKind::Rejected),
        (409, ErrorKind::Conflict),
        (422, ErrorKind::Rejected),
        (429, ErrorKind::RateLimited),
    ] {
        for (error, _) in both(move || ScriptedResponse::with_body(status, &[], b"")).await {
            assert_eq!((error.kind(), error.delivery()), (kind, Delivery::Refused), "{status}");
            assert!(error.changed_nothing());
        }
    }
}

#[tokio::test]
async fn unsent_write_changed_nothing() {
    /// Credentials that can't be obtained.
    struct Locked;
    impl Credentials for Locked {
        fn apply(&self, _: &mut HeaderMap) -> Result<(), Error> {
            Err(Error::configuration("the vault is locked"))
        }
    }
    let server = ScriptedServer::start([]).await;
    let locked =
        Client::builder(&API).base_url(server.url("")).credentials(Locked).build().expect("a client");
    let error = locked.send(&create()).await.expect_err("no credentials");
    assert_eq!((error.kind(), error.delivery()), (ErrorKind::Configuration, Delivery::NotSent));
    let error = client(&server).send(&create().header("x-note", "a\nb")).await.expect_err("no header");
    assert_eq!(error.delivery(), Delivery::NotSent);
    let tool = CATALOG.get("create_an_order_line").expect("a tool");
    let error = client(&server).execute(tool, &json!({"quantity": "x"})).await.expect_err("no arguments");
    assert_eq!((error.kind(), error.delivery()), (ErrorKind::InvalidArguments, Delivery::NotSent));
    assert_eq!(CATALOG.resolve("x").expect_err("no tool").delivery(), Delivery::NotSent);
    assert!(server.requests().is_empty());

    // A port that was free until now.
    let port = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address");
    let offline = Client::builder(&API).base_url(format!("http://{port}")).credentials(TestCredentials);
    let error = offline.build().expect("a client").send(&create()).await.expect_err("no server");
    assert_eq!((error.kind(), error.delivery()), (ErrorKind::Unreachable, Delivery::NotSent));
    // Errors created by others are assumed to have unknown delivery.
    assert!(!Error::configuration("of an unknown time").changed_nothing());
}

#[tokio::test]
async fn html_page_is_not_a_success_for_a_write_without_a_response_type() {
    let page = || {
        ScriptedResponse::with_body(
            200,
            &[("content-type", "text/html")],
            b" <html><title>Sign in</title></html>",
        )
    };
    let delete = Request::<()>::new(Method::Delete, "/orders/5");
    let server = ScriptedServer::start([
        page(),
        ScriptedResponse::with_body(200, &[("content-type", "text/html")], b""),
    ])
    .await;
    let error = client(&server).send(&delete).await.expect_err("a page");
    assert_eq!((error.kind(), error.status()), (ErrorKind::OutcomeUnknown, Some(200)));
    assert!(error.message().contains("Sign in"), "{error}");
    client(&server).send(&delete).await.expect("no content is no page, whatever its type");
}

#[tokio::test]
async fn unexpected_response_shape_still_means_the_record_was_created() {
    let server = ScriptedServer::start([ScriptedResponse::json(201, &json!("x"))]).await;
    let error = client(&server).send(&create()).await.expect_err("another shape");
    assert_eq!((error.kind(), error.delivery()), (ErrorKind::Decode, Delivery::Succeeded));
    assert!(error.next_step().is_some_and(|next| next.contains("most likely made")), "{error:?}");
}

#[tokio::test]
async fn unknown_outcome_survives_later_attempts() {
    let policy = RetryPolicy::idempotent(2).waits(Duration::from_millis(1), Duration::from_millis(2));
    let delete = Request::<Value>::new(Method::Delete, "/orders/5").idempotent();
    // The first request may have deleted it.
    let server = ScriptedServer::start([
        ScriptedResponse::with_body(503, &[], b""),
        ScriptedResponse::with_body(404, &[], b""),
    ])
    .await;
    let client = builder(&server).retry(policy).build().expect("a client");
    let error = client.send(&delete).await.expect_err("404");
    assert_eq!(server.requests().len(), 2);
    assert_eq!((error.kind(), error.delivery()), (ErrorKind::OutcomeUnknown, Delivery::Unknown));
    assert!(error.message().contains("an earlier attempt"), "{error}");
}
