use std::sync::Arc;

use serde_json::{Value, json};
use toolcrate_executor::{
    Consent, IdempotencyError, IdempotencyKey, IdempotencyStore, IdempotentResponse, StoredResponse,
};
use wiremock::ResponseTemplate;

use crate::harness::{Harness, created, decoded_loan, loan};

/// Creates a loan with an idempotency key, like a transport.
async fn create(harness: &Harness, key: &str, arguments: &Value) -> Result<StoredResponse, IdempotencyError> {
    let responses = IdempotencyStore::new(Arc::clone(&harness.store));
    let prepared = harness.prepare("create_a_loan", arguments).await.unwrap();
    let key = IdempotencyKey::new(key.as_bytes(), "plain call", &prepared);
    let executor = harness.executor.clone();
    let call = async move {
        let response =
            |status, body: String| StoredResponse { status, headers: Vec::new(), body: body.into() };
        match executor.execute_prepared(prepared, Consent::None).await {
            Ok(outcome) => IdempotentResponse::Final(response(outcome.status, outcome.value.to_string())),
            Err(error) if error.changed_nothing() => {
                IdempotentResponse::NotExecuted(response(500, error.to_string()))
            }
            Err(error) => IdempotentResponse::Final(response(500, error.to_string())),
        }
    };
    responses.run(key, call).await
}

#[tokio::test]
async fn key_covers_the_call_that_is_sent() {
    let harness = Harness::start(&[]).await;
    harness.respond("POST", "/books/7/loans", created(json!({"id": 1}))).await;
    let first = create(&harness, "k", &loan()).await.unwrap();
    assert_eq!((first.status, &first.body[..]), (201, &br#"{"id":1}"#[..]));
    // The same call in a different form.
    assert_eq!(create(&harness, "k", &decoded_loan()).await.unwrap(), first);
    assert_eq!(harness.sent().await.len(), 1);
    let other = create(&harness, "k", &json!({"bookId": 7, "text": "three weeks"})).await;
    assert!(matches!(other, Err(IdempotencyError::KeyReused)), "{other:?}");
    create(&harness, "l", &loan()).await.unwrap();
    assert_eq!(harness.sent().await.len(), 2);
}

#[tokio::test]
async fn key_is_released_only_if_nothing_happened() {
    let harness = Harness::start(&[]).await;
    harness.respond("POST", "/books/7/loans", ResponseTemplate::new(429)).await;
    create(&harness, "k", &loan()).await.unwrap();
    create(&harness, "k", &loan()).await.unwrap();
    assert_eq!(harness.sent().await.len(), 2, "a rate limited call may be repeated");
    harness.upstream.reset().await;
    harness.respond("POST", "/books/7/loans", ResponseTemplate::new(302)).await;
    let unknown = create(&harness, "k", &loan()).await.unwrap();
    assert_eq!(create(&harness, "k", &loan()).await.unwrap(), unknown);
    assert_eq!(harness.sent().await.len(), 1, "a call of unknown outcome is not repeated");
}
