//! Checks that a write without a definite API response isn't repeated if the caller uses the same Idempotency-Key or
//! approval again.

use crate::support::TOKEN;
use crate::support::copies::Copies;
use reqwest::StatusCode;
use serde_json::{Value, json};
use wiremock::matchers::method;
use wiremock::{Mock, ResponseTemplate};

const TOOL: &str = "create_a_ticket_note";

/// Returns API responses that leave open whether the write was made.
fn unclear() -> Vec<(&'static str, ResponseTemplate)> {
    let page = "<!DOCTYPE html><html><title>Sign in</title></html>";
    vec![
        ("302", ResponseTemplate::new(302).insert_header("location", "/login")),
        ("302 to another server", ResponseTemplate::new(302).insert_header("location", "https://elsewhere/")),
        ("307 in a circle", ResponseTemplate::new(307).insert_header("location", "/service/tickets/7/notes")),
        ("308", ResponseTemplate::new(308).insert_header("location", "/other")),
        ("304", ResponseTemplate::new(304)),
        ("408", ResponseTemplate::new(408)),
        ("500", ResponseTemplate::new(500)),
        ("504", ResponseTemplate::new(504)),
        ("a page", ResponseTemplate::new(200).set_body_raw(page, "text/html")),
        ("half of the JSON", ResponseTemplate::new(201).set_body_raw("{\"id\":", "application/json")),
    ]
}

async fn answer(copies: &Copies, response: ResponseTemplate) {
    copies.upstream.reset().await;
    Mock::given(method("POST")).respond_with(response).mount(&copies.upstream).await;
}

#[tokio::test]
async fn idempotency_key_stays_used_after_an_unclear_response() {
    let copies = Copies::start(1, &[], false).await;
    let server = &copies.all[0];
    for (number, (name, response)) in unclear().into_iter().enumerate() {
        answer(&copies, response).await;
        for times in 0..4 {
            let plain = server.call(TOOL, &json!({"ticketId": 7, "text": "a", "internalAnalysisFlag": true}));
            let proxy = server
                .client
                .post(format!("{}/proxy/service_tickets__notes?ticketId=7", server.base))
                .bearer_auth(TOKEN)
                .json(&json!({"text": "a", "internalAnalysisFlag": true}));
            for (route, request) in [("plain", plain), ("proxy", proxy)] {
                let key = format!("{route} {number}");
                let response = request.header("idempotency-key", key).send().await.unwrap();
                let status = response.status();
                let body: Value = response.json().await.unwrap();
                assert_eq!(
                    (status, &body["kind"]),
                    (StatusCode::INTERNAL_SERVER_ERROR, &json!("outcome_unknown")),
                    "{name}, {route}, {times}: {body}"
                );
                assert!(body["next_step"].as_str().unwrap().contains("Read the record"), "{name}: {body}");
            }
        }
        assert_eq!(copies.sent().await, 2, "{name}: once for each key");
    }
}

#[tokio::test]
async fn idempotency_key_can_be_reused_after_a_clear_refusal() {
    let copies = Copies::start(1, &[], false).await;
    let server = &copies.all[0];
    for status in [400, 401, 403, 404, 409, 422, 429] {
        answer(&copies, ResponseTemplate::new(status)).await;
        let key = format!("key {status}");
        let call = || {
            server
                .call(TOOL, &json!({"ticketId": 7, "text": "a", "internalAnalysisFlag": true}))
                .header("idempotency-key", &key)
        };
        assert!(call().send().await.unwrap().status().is_client_error(), "{status}");
        answer(&copies, ResponseTemplate::new(201).set_body_json(json!({"id": 1}))).await;
        for _ in 0..2 {
            assert_eq!(call().send().await.unwrap().status(), StatusCode::OK, "{status}");
        }
        assert_eq!(copies.sent().await, 1, "{status}");
    }
}

#[tokio::test]
async fn approval_stays_used_after_an_unclear_response_but_not_after_a_refusal() {
    let copies = Copies::start(1, &["--approve", "writes"], true).await;
    let server = &copies.all[0];
    let arguments = json!({"ticketId": 7, "text": "a", "internalAnalysisFlag": true});
    let approve = async || {
        let asked: Value = server.call(TOOL, &arguments).send().await.unwrap().json().await.unwrap();
        let id = asked["approval"]["id"].as_str().unwrap_or_else(|| panic!("{asked}"));
        let given: Value = server.approvals(id, Some(json!({}))).send().await.unwrap().json().await.unwrap();
        given["approval_token"].as_str().unwrap().to_owned()
    };
    let call = async |token: &str| {
        let response = server.call(TOOL, &arguments).header("x-approval-token", token).send().await.unwrap();
        response.json::<Value>().await.unwrap()
    };
    for (name, response) in unclear() {
        let token = approve().await;
        answer(&copies, response).await;
        assert_eq!(call(&token).await["kind"], "outcome_unknown", "{name}");
        for _ in 0..3 {
            assert_eq!(call(&token).await["kind"], "approval_refused", "{name}");
        }
        assert_eq!(copies.sent().await, 1, "{name}");
    }
    let token = approve().await;
    answer(&copies, ResponseTemplate::new(404)).await;
    assert_eq!(call(&token).await["kind"], "not_found");
    answer(&copies, ResponseTemplate::new(201).set_body_json(json!({"id": 1}))).await;
    assert_eq!(call(&token).await["result"], json!({"id": 1}));
    let written = copies.audited();
    assert!(written.iter().any(|(outcome, _)| outcome == "outcome_unknown"), "{written:?}");
}
