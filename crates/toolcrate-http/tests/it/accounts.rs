//! Tests which callers have access to which accounts.

use std::sync::Arc;
use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use toolcrate_executor::{
    ApprovalPolicy, Approvals, AuditLog, CallMetrics, ExecutionContext, ExecutionLimits, InFlight,
    ToolExecutor, ToolFilter,
};
use toolcrate_http::{AccountError, AccountRegistry, HttpAccount};
use toolcrate_runtime::{Client, Secret};
use toolcrate_store::MemoryStore;
use wiremock::matchers::{method, path};
use wiremock::{Mock, ResponseTemplate};

use crate::city_library::{API, CATALOG, Credentials};
use crate::library::Library;
use crate::library_server::TOKEN;

/// Creates an account with these tokens and approver tokens.
fn account(tokens: &[&str], approvers: &[&str]) -> Result<HttpAccount, AccountError> {
    // Only the first of several tests in a process installs it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let credentials = Credentials { token: Secret::from("reader") };
    let client =
        Client::builder(&API).base_url("http://127.0.0.1:9").credentials(credentials).build().unwrap();
    let timeout = Duration::from_secs(5);
    let context = ExecutionContext {
        metrics: CallMetrics::register(&mut Default::default()),
        audit: AuditLog::new(Box::new(std::io::sink())),
        in_flight: InFlight::new(timeout),
        limits: ExecutionLimits { max_rows: 100, max_bytes: None, upstream_timeout: timeout },
        approvals: Approvals::new(ApprovalPolicy::default(), Arc::new(MemoryStore::default())),
    };
    let executor = ToolExecutor::new("main", client, ToolFilter::all(&CATALOG), Arc::new(context));
    let tokens = tokens.iter().map(|token| Secret::from(*token)).collect();
    let approvers = approvers.iter().map(|token| ("Ada".to_owned(), Secret::from(*token))).collect();
    HttpAccount::new(executor, tokens, approvers)
}

#[test]
fn calling_token_cannot_approve_calls_of_any_account() {
    assert!(matches!(account(&["a"], &["a"]), Err(AccountError::ApproverHasAccess(_))));
    let accounts = |approver: &str| {
        let (one, other) = (account(&["a"], &[approver]).unwrap(), account(&["b"], &[]).unwrap());
        AccountRegistry::new([("one".to_owned(), one), ("other".to_owned(), other)])
    };
    let error = accounts("b").err().unwrap().to_string();
    assert!(error.contains("Ada") && error.contains("other"), "{error}");
    assert!(accounts("c").is_ok());
}

#[test]
fn guessable_tokens_are_detected() {
    let weak = |tokens: &[&str], approvers: &[&str]| {
        let accounts =
            AccountRegistry::new([("one".to_owned(), account(tokens, approvers).unwrap())]).unwrap();
        accounts.weak_token().map(str::to_owned)
    };
    assert_eq!(weak(&["a"], &[]).as_deref(), Some("one"));
    assert_eq!(weak(&["0123456789abcdef", "aaaaaaaaaaaaaaaaaaaaaaaa"], &[]).as_deref(), Some("one"));
    assert_eq!(weak(&["0123456789abcdef"], &["hush"]).as_deref(), Some("Ada"));
    assert_eq!(weak(&["0123456789abcdef"], &["fedcba9876543210"]), None);
}

#[tokio::test]
async fn every_route_requires_a_token_except_probes_and_the_api_description() {
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
async fn readiness_is_public_but_its_reasons_are_not() {
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
    assert_eq!(body["accounts"]["main"]["fix"], "Check the reader's token.");
}
