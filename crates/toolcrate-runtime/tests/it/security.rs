//! Tests the security schemes of individual operations, and OAuth 2.0 access tokens.

use std::time::Duration;

use serde_json::{Value, json};
use toolcrate_runtime::{
    Api, Client, ClientCredentials, ClientSecretPlacement, Credentials, Delivery, Error, ErrorKind,
    HeaderMap, Method, Request, RetryPolicy, SchemeCredentials, Secret,
};
use toolcrate_testing::scripted_server::{RecordedRequest, ScriptedResponse, ScriptedServer};

use crate::support::API;

static SECURED: Api = Api { security: &[&["oauth"]], ..API };

const CLIENT_SECRET: &str = "cl1ent s3cret";
const KEY: &str = "k3y-of-the-api";

/// Credentials for every kind of scheme.
struct EveryScheme {
    token_url: String,
    placement: ClientSecretPlacement,
}

impl Credentials for EveryScheme {
    fn apply(&self, headers: &mut HeaderMap) -> Result<(), Error> {
        headers.insert("x-client", Secret::from("everyone").to_header()?);
        Ok(())
    }

    fn schemes(&self) -> Option<Vec<(&'static str, SchemeCredentials)>> {
        let value = || Secret::from(KEY);
        Some(vec![
            ("header", SchemeCredentials::Header { name: "x-key", value: value() }),
            ("query", SchemeCredentials::Query { name: "key", value: value() }),
            ("cookie", SchemeCredentials::Cookie { name: "sid", value: value() }),
            ("basic", SchemeCredentials::Basic { user: "user".to_owned(), password: value() }),
            ("bearer", SchemeCredentials::Bearer { token: value() }),
            (
                "oauth",
                SchemeCredentials::ClientCredentials(ClientCredentials {
                    token_url: self.token_url.clone(),
                    client_id: "client:1".to_owned(),
                    client_secret: Secret::from(CLIENT_SECRET),
                    scope: "read write".to_owned(),
                    parameters: vec![("audience", Secret::from("api"))],
                    placement: self.placement,
                }),
            ),
        ])
    }
}

fn client(server: &ScriptedServer) -> Client {
    with_placement(server, ClientSecretPlacement::Header)
}

fn with_placement(server: &ScriptedServer, placement: ClientSecretPlacement) -> Client {
    let credentials = EveryScheme { token_url: server.url("/token"), placement };
    let builder = Client::builder(&SECURED).base_url(server.url("/api")).credentials(credentials);
    builder.timeout(Duration::from_secs(60)).build().expect("a client")
}

fn ok() -> ScriptedResponse {
    ScriptedResponse::json(200, &json!({"id": 1}))
}

fn token(text: &str) -> ScriptedResponse {
    ScriptedResponse::json(200, &json!({"access_token": text, "token_type": "Bearer", "expires_in": 3600}))
}

fn get() -> Request<Value> {
    Request::new(Method::Get, "/orders")
}

fn post() -> Request<Value> {
    Request::new(Method::Post, "/orders").body(&json!({"id": 1}))
}

/// The path and the `Authorization` header of each request.
fn seen(server: &ScriptedServer) -> Vec<(String, String)> {
    let part = |request: RecordedRequest| {
        let path = request.line.split(' ').nth(1).unwrap_or_default().to_owned();
        (path, request.header("authorization").unwrap_or_default().to_owned())
    };
    server.requests().into_iter().map(part).collect()
}

fn pair(path: &str, authorization: &str) -> (String, String) {
    (path.to_owned(), authorization.to_owned())
}

#[tokio::test]
async fn each_operation_sends_the_schemes_that_it_declares() {
    type Alternatives = &'static [&'static [&'static str]];
    let cases: [(Alternatives, &str, &str, &str, &str); 7] = [
        (&[&["header"]], "/api/orders", "", KEY, ""),
        (&[&["query"], &["header"]], "/api/orders?key=k3y-of-the-api", "", "", ""),
        (&[&["unknown"], &["cookie", "header"]], "/api/orders", "", KEY, "a=1; sid=k3y-of-the-api"),
        (&[&["header", "unknown"], &["bearer"]], "/api/orders", "Bearer k3y-of-the-api", "", ""),
        (&[&["basic"]], "/api/orders", "Basic dXNlcjprM3ktb2YtdGhlLWFwaQ==", "", ""),
        (&[&[], &["unknown"]], "/api/orders", "", "", ""),
        (&[], "/api/orders", "", "", ""),
    ];
    for (alternatives, path, authorization, key, cookie) in cases {
        let server = ScriptedServer::start([ok()]).await;
        client(&server).send(&get().cookie("a", "1").security(alternatives)).await.expect("a response");
        let request = server.last_request();
        assert_eq!(seen(&server), [pair(path, authorization)], "{alternatives:?}");
        assert_eq!(request.header("x-key").unwrap_or_default(), key, "{alternatives:?}");
        let cookie = if cookie.is_empty() { "a=1" } else { cookie };
        assert_eq!(request.header("cookie"), Some(cookie), "{alternatives:?}");
        // Credentials without a scheme are sent unless the operation takes none.
        assert_eq!(request.header("x-client").is_some(), !alternatives.is_empty());
    }
}

#[tokio::test]
async fn operation_without_matching_credentials_is_not_sent() {
    let server = ScriptedServer::start([]).await;
    let error = client(&server).send(&post().security(&[&["a", "b"], &["c"]])).await.expect_err("no scheme");
    assert_eq!((error.kind(), error.delivery()), (ErrorKind::Configuration, Delivery::NotSent));
    assert_eq!(
        error.message(),
        "the operation requires credentials for a and b or c, but none are configured"
    );
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_token_is_requested_once_and_kept() {
    let server = ScriptedServer::start([token("t1"), ok(), ok()]).await;
    let client = client(&server);
    client.send(&get()).await.expect("a response");
    client.with_headers(HeaderMap::new()).send(&post()).await.expect("a response");
    let basic = "Basic Y2xpZW50JTNBMTpjbDFlbnQlMjBzM2NyZXQ=";
    let api = || pair("/api/orders", "Bearer t1");
    assert_eq!(seen(&server), [pair("/token", basic), api(), api()]);
    let request = &server.requests()[0];
    assert_eq!(request.body_text(), "grant_type=client_credentials&scope=read%20write&audience=api");
    assert_eq!(request.header("content-type"), Some("application/x-www-form-urlencoded"));

    let server = ScriptedServer::start([token("t1"), ok()]).await;
    with_placement(&server, ClientSecretPlacement::Body).send(&get()).await.expect("a response");
    assert_eq!(seen(&server)[0], pair("/token", ""));
    let body = server.requests()[0].body_text();
    assert!(body.ends_with("&client_id=client%3A1&client_secret=cl1ent%20s3cret"), "{body}");
}

#[tokio::test]
async fn a_refused_token_is_replaced_and_the_request_repeated_once() {
    let refused = || ScriptedResponse::json(401, &json!({"message": "expired"}));
    let server = ScriptedServer::start([token("t1"), ok(), refused(), token("t2"), ok()]).await;
    let client_ = client(&server);
    client_.send(&get()).await.expect("a response");
    // A write too, and without a retry policy: the server did nothing.
    client_.send(&post()).await.expect("a response");
    let tokens: Vec<String> = seen(&server).into_iter().map(|(_, authorization)| authorization).collect();
    assert_eq!(tokens[1..3], ["Bearer t1", "Bearer t1"]);
    assert_eq!(tokens[4], "Bearer t2");
    assert_eq!(server.requests()[2].body, server.requests()[4].body);

    let server = ScriptedServer::start([token("t1"), refused(), token("t2"), refused(), ok()]).await;
    let error = client(&server).send(&post()).await.expect_err("refused twice");
    assert_eq!((error.kind(), error.delivery()), (ErrorKind::Unauthorized, Delivery::Refused));
    assert_eq!(server.requests().len(), 4);

    // Other credentials do not change by themselves.
    let server = ScriptedServer::start([refused(), ok()]).await;
    let error = client(&server).send(&get().security(&[&["header"]])).await.expect_err("refused");
    assert_eq!((error.kind(), server.requests().len()), (ErrorKind::Unauthorized, 1));
}

#[tokio::test]
async fn a_failed_token_request_sends_nothing_and_shows_no_secret() {
    let refusal =
        json!({"error": "invalid_client", "error_description": format!("no client {CLIENT_SECRET}")});
    let cases = [
        (ScriptedResponse::json(401, &refusal), ErrorKind::Unauthorized),
        (ScriptedResponse::json(400, &json!({"error": "invalid_scope"})), ErrorKind::Unauthorized),
        (ScriptedResponse::with_body(503, &[], b"busy"), ErrorKind::Server),
        (ScriptedResponse::with_body(302, &[("location", "/elsewhere")], b""), ErrorKind::Configuration),
        (ScriptedResponse::json(200, &json!({"token": CLIENT_SECRET})), ErrorKind::Decode),
        (ScriptedResponse::Close, ErrorKind::Unreachable),
    ];
    for (response, kind) in cases {
        let server = ScriptedServer::start([response]).await;
        let error = client(&server).send(&post()).await.expect_err("no token");
        assert_eq!((error.kind(), error.delivery()), (kind, Delivery::NotSent), "{error}");
        let shown = format!("{error} {error:?} {}", error.to_json());
        assert!(!shown.contains(CLIENT_SECRET), "{shown}");
        assert!(shown.contains("POST /orders"), "{shown}");
        assert_eq!(server.requests().len(), 1, "{error}");
    }
    // A policy repeats it as it repeats the request itself.
    let server = ScriptedServer::start([ScriptedResponse::with_body(503, &[], b""), token("t1"), ok()]).await;
    let credentials =
        EveryScheme { token_url: "/token".to_owned(), placement: ClientSecretPlacement::Header };
    let retry = RetryPolicy::idempotent(2).waits(Duration::ZERO, Duration::ZERO);
    let builder =
        Client::builder(&SECURED).base_url(server.url("/api")).credentials(credentials).retry(retry);
    builder.build().expect("a client").send(&get()).await.expect("a response");
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn errors_and_previews_show_no_token() {
    let echo = json!({"message": "Bearer t0ken-of-the-api is not allowed", "sid": KEY});
    let server = ScriptedServer::start([token("t0ken-of-the-api"), ScriptedResponse::json(403, &echo)]).await;
    let client = client(&server);
    let preview = client.preview(&get()).expect("a preview");
    assert!(preview.headers.contains(&("authorization".to_owned(), "***".to_owned())), "{preview:?}");
    assert!(server.requests().is_empty(), "a preview requests no token");
    let error = client.send(&get()).await.expect_err("forbidden");
    let raw = error.raw_response().map(Value::to_string).unwrap_or_default();
    assert!(raw.contains("***") && !raw.contains("t0ken"), "{raw}");
    let preview = client.preview(&get().security(&[&["query", "cookie"]])).expect("a preview");
    assert!(!format!("{preview:?}").contains(KEY), "{preview:?}");
    for scheme in
        (EveryScheme { token_url: String::new(), placement: ClientSecretPlacement::Body }).schemes().unwrap()
    {
        let shown = format!("{scheme:?}");
        assert!(!shown.contains(KEY) && !shown.contains(CLIENT_SECRET), "{shown}");
    }
}

#[tokio::test]
async fn a_token_url_that_is_not_safe_is_refused() {
    for url in ["", "http://id.example/token", "ftp://id.example/token", "https://user:pa55@id.example/token"]
    {
        let credentials = EveryScheme { token_url: url.to_owned(), placement: ClientSecretPlacement::Header };
        let builder = Client::builder(&SECURED).base_url("https://api.example").credentials(credentials);
        let client = builder.build().expect("a client");
        let error = client.preview(&get()).expect_err(url);
        assert_eq!((error.kind(), error.delivery()), (ErrorKind::Configuration, Delivery::NotSent));
        assert!(!error.to_string().contains("pa55"), "{error}");
    }
}
