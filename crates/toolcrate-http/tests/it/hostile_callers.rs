//! Tests hostile requests: callers without a token, web pages in a browser, and attempts to defeat an idempotency key.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use wiremock::matchers::{method, path};
use wiremock::{Mock, ResponseTemplate};

use crate::library::Library;
use crate::library_server::{APPROVER_TOKEN, TOKEN};

/// Returns the start of the response to a request whose body never arrives.
async fn response_without_body(library: &Library, path: &str, token: &str) -> String {
    let address = library.base_url.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {token}\r\ncontent-length: 1000000\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut start = [0; 12];
    stream.read_exact(&mut start).await.unwrap();
    String::from_utf8_lossy(&start).into_owned()
}

#[tokio::test]
async fn body_is_not_read_without_a_token() {
    let library = Library::start(&["writes"]).await;
    for path in ["/tools/create_a_book/call", "/proxy/books", "/proxy/books/x", "/approvals/x"] {
        assert_eq!(response_without_body(&library, path, "guess").await, "HTTP/1.1 401", "{path}");
    }
    assert_eq!(response_without_body(&library, "/approvals/x", TOKEN).await, "HTTP/1.1 403");
}

#[tokio::test]
async fn idempotency_key_on_a_read_is_rejected() {
    let library = Library::start(&[]).await;
    let book = json!({"title": "Emma"});
    let created = ResponseTemplate::new(201).set_body_json(json!({"id": "b1"}));
    Mock::given(method("POST"))
        .and(path("/books"))
        .respond_with(created)
        .expect(1)
        .mount(&library.upstream)
        .await;
    let send = async |path: &str, keys: &[&str]| {
        let mut request = library.request(Method::POST, path).bearer_auth(TOKEN).json(&book);
        for key in keys {
            request = request.header("idempotency-key", *key);
        }
        let response = request.send().await.unwrap();
        (response.status(), response.text().await.unwrap())
    };
    for keys in [&[""][..], &["a", "b"], &[&"k".repeat(256)]] {
        let (status, text) = send("/tools/create_a_book/call", keys).await;
        assert!(status == StatusCode::BAD_REQUEST && text.contains("Idempotency-Key"), "{text}");
    }
    assert_eq!(send("/tools/create_a_book/call", &["k"]).await.0, StatusCode::OK);
    // The stored response has the route's format.
    let (status, text) = send("/proxy/books", &["k"]).await;
    assert!(status == StatusCode::UNPROCESSABLE_ENTITY && text.contains("for a plain call"), "{text}");
}

#[tokio::test]
async fn duplicate_property_is_rejected() {
    let library = Library::start(&["writes"]).await;
    let body = r#"{"title": "Emma", "title": "Persuasion"}"#;
    for (path, token, body) in [
        ("/tools/create_a_book/call", TOKEN, body),
        ("/proxy/books", TOKEN, body),
        ("/approvals/x", APPROVER_TOKEN, r#"{"approve": false, "approve": true}"#),
    ] {
        let request = library.request(Method::POST, path).bearer_auth(token).body(body);
        assert_eq!(request.send().await.unwrap().status(), StatusCode::BAD_REQUEST, "{path}");
    }
}

#[tokio::test]
async fn other_origins_are_blocked_even_without_an_origin_header() {
    let library = Library::start(&[]).await;
    let send = async |headers: &[(&str, &str)]| {
        let mut request = library.request(Method::GET, "/proxy/books").bearer_auth(TOKEN);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await.unwrap().status()
    };
    for site in ["cross-site", "same-site"] {
        assert_eq!(
            send(&[("sec-fetch-site", site), ("sec-fetch-mode", "no-cors")]).await,
            StatusCode::FORBIDDEN
        );
    }
    assert!(library.upstream.received_requests().await.unwrap().is_empty());
    for site in ["same-origin", "none"] {
        assert_ne!(send(&[("sec-fetch-site", site)]).await, StatusCode::FORBIDDEN);
    }
}

#[tokio::test]
async fn allowed_origins_can_send_requests_and_read_responses() {
    let library = Library::start(&[]).await;
    let preflight = async |origin: &str| {
        let request = library.request(Method::OPTIONS, "/tools/create_a_book/call").header("origin", origin);
        let request = request
            .header("sec-fetch-site", "cross-site")
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "authorization,idempotency-key");
        request.send().await.unwrap()
    };
    let own = library.base_url.clone();
    let response = preflight(&own).await;
    assert_eq!(response.status(), StatusCode::OK);
    let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("access-control-allow-origin"), own);
    assert!(header("access-control-allow-headers").contains("idempotency-key"));
    assert!(header("access-control-allow-methods").contains("POST"));
    let refused = preflight("https://evil.example").await;
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    assert!(refused.headers().keys().all(|name| !name.as_str().starts_with("access-control")));
    let request = library.request(Method::GET, "/healthz").header("origin", &own);
    let response = request.send().await.unwrap();
    assert_eq!(response.headers()["access-control-allow-origin"], own.as_str());
    assert!(response.headers()["access-control-expose-headers"].to_str().unwrap().contains("mcp-session-id"));
    // A request that wasn't sent by a page needs none.
    let response = library.request(Method::GET, "/healthz").send().await.unwrap();
    assert!(!response.headers().contains_key("access-control-allow-origin"));
}

#[tokio::test]
async fn errors_are_bounded() {
    let library = Library::start(&["writes"]).await;
    let unknown: serde_json::Map<String, Value> =
        (0..50_000).map(|number| (format!("unknown_{number}"), json!("x"))).collect();
    let long = json!({"title": "x".repeat(1_000_000), "pages": "y".repeat(1_000_000)});
    let upstream =
        ResponseTemplate::new(400).set_body_json(json!({"error": {"message": "x".repeat(3_000_000)}}));
    Mock::given(method("GET")).and(path("/books")).respond_with(upstream).mount(&library.upstream).await;
    for (path, body) in [
        ("/tools/create_a_book/call", Value::Object(unknown)),
        ("/tools/create_a_book/call", long),
        ("/tools/create_a_book/call", json!({"title": "x".repeat(1_000_000)})),
        ("/tools/list_all_books/call", json!({})),
    ] {
        let response =
            library.request(Method::POST, path).bearer_auth(TOKEN).json(&body).send().await.unwrap();
        assert!(response.status().is_client_error(), "{}", response.status());
        let bytes = response.bytes().await.unwrap();
        assert!(bytes.len() <= 33 << 10, "{} bytes", bytes.len());
        assert!(serde_json::from_slice::<Value>(&bytes).unwrap()["message"].is_string());
    }
}
