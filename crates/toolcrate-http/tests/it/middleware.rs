//! Tests for the middleware.

use reqwest::{Method, StatusCode};
use serde_json::Value;

use crate::library::Library;
use crate::library_server::TOKEN;

#[tokio::test]
async fn extra_slashes_around_a_path_are_ignored() {
    let library = Library::start(&[]).await;
    for path in ["//healthz", "/healthz/", "///healthz//?a=//b"] {
        let response = library.request(Method::GET, path).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{path}");
    }
    // A slash within a path is part of it.
    let response = library.request(Method::GET, "/proxy/a%2F/b").bearer_auth(TOKEN).send().await.unwrap();
    let body: Value = response.json().await.unwrap();
    assert!(body["message"].as_str().unwrap().contains("unknown resource a/;"), "{body}");
}

#[tokio::test]
async fn framework_errors_are_json() {
    let library = Library::start(&[]).await;
    for (method, path, status) in [
        (Method::GET, "/nowhere", StatusCode::NOT_FOUND),
        (Method::POST, "/healthz", StatusCode::METHOD_NOT_ALLOWED),
        (Method::GET, "/proxy/%ff", StatusCode::BAD_REQUEST),
    ] {
        let response = library.request(method, path).bearer_auth(TOKEN).send().await.unwrap();
        assert_eq!(
            (response.status(), &response.headers()["content-type"]),
            (status, &"application/json".parse().unwrap())
        );
        assert_eq!(response.json::<Value>().await.unwrap()["statusCode"], status.as_u16());
    }
}

#[tokio::test]
async fn unknown_hosts_and_origins_get_403() {
    let library = Library::start(&[]).await;
    for (header, value) in [("host", "evil.example"), ("origin", "https://evil.example")] {
        let response = library.request(Method::GET, "/healthz").header(header, value).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::FORBIDDEN, "{header}");
    }
}

#[tokio::test]
async fn draining_server_sends_callers_to_another_replica() {
    let library = Library::start(&[]).await;
    library.in_flight.drain().await;
    let response = library.request(Method::GET, "/integrated-account/main/tools").send().await.unwrap();
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
}
