//! Access to accounts.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use wiremock::matchers::{method, path};
use wiremock::{Mock, ResponseTemplate};

use crate::library::Library;
use crate::library_server::TOKEN;

#[tokio::test]
async fn every_route_needs_a_token_except_probes_and_the_description() {
    let library = Library::start(&[]).await;
    for (method, path) in [
        (Method::GET, "/integrated-account/main/tools"),
        (Method::GET, "/integrated-account/other/tools"),
        (Method::GET, "/integrated-account/main/capabilities"),
        (Method::GET, "/proxy/books"),
        (Method::POST, "/tools/list_all_books/call"),
        (Method::GET, "/approvals"),
        (Method::GET, "/metrics"),
    ] {
        for token in ["", "guess"] {
            let response = library.request(method.clone(), path).bearer_auth(token).send().await.unwrap();
            assert_eq!(response.status(), StatusCode::UNAUTHORIZED, "{path}");
            assert_eq!(response.headers()["www-authenticate"], "Bearer");
        }
    }
    for path in ["/healthz", "/openapi.json"] {
        let response = library.request(Method::GET, path).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{path}");
    }
}

#[tokio::test]
async fn readiness_is_public_and_its_reasons_are_not() {
    let library = Library::start(&[]).await;
    Mock::given(method("GET"))
        .and(path("/books"))
        .respond_with(ResponseTemplate::new(401))
        .expect(1)
        .mount(&library.upstream)
        .await;
    let response = library.request(Method::GET, "/readyz").send().await.unwrap();
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(response.json::<Value>().await.unwrap(), json!({"ready": false, "accounts": {}}));
    let response = library.request(Method::GET, "/readyz").bearer_auth(TOKEN).send().await.unwrap();
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["accounts"]["main"]["do"], "Check the reader's token.");
}
