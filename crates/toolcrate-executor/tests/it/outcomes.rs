use serde_json::{Value, json};
use toolcrate_executor::{ExecuteError, Rejection, outcome_to_json};
use wiremock::{MockServer, ResponseTemplate};

use crate::harness::{Harness, created, loan};

#[tokio::test]
async fn every_status_has_its_class() {
    let class = |error: &ExecuteError| match error {
        ExecuteError::Rejected(_) => "rejected",
        ExecuteError::RateLimited(_) => "rate limited",
        ExecuteError::Failed(_) => "failed",
        ExecuteError::OutcomeUnknown(_) => "outcome unknown",
    };
    for (status, write, read, write_changed_nothing) in [
        (400, "failed", "failed", true),
        (401, "failed", "failed", true),
        (404, "failed", "failed", true),
        (429, "rate limited", "rate limited", true),
        (302, "outcome unknown", "failed", false),
        (304, "outcome unknown", "failed", false),
        (500, "outcome unknown", "failed", false),
        (503, "outcome unknown", "failed", false),
    ] {
        let harness = Harness::start(&[]).await;
        harness.respond("POST", "/books/7/loans", ResponseTemplate::new(status)).await;
        harness.respond("GET", "/books/7", ResponseTemplate::new(status)).await;
        let error = harness.execute("create_a_loan", &loan()).await.unwrap_err();
        assert_eq!((class(&error), error.changed_nothing()), (write, write_changed_nothing), "{status}");
        assert_eq!(error.runtime_error().unwrap().status(), Some(status));
        let error = harness.execute("get_single_book_by_id", &json!({"id": 7})).await.unwrap_err();
        assert_eq!(class(&error), read, "{status}");
    }
}

#[tokio::test]
async fn call_that_reached_no_server_is_rejected() {
    let harness = Harness::with_upstream(&[], MockServer::start().await, "http://127.0.0.1:1");
    let error = harness.execute("create_a_loan", &loan()).await.unwrap_err();
    assert!(matches!(error, ExecuteError::Rejected(Rejection::Invalid(_))), "{error:?}");
    assert!(error.changed_nothing());
    assert_eq!(harness.audit.outcomes(), ["started", "unreachable"]);
}

#[tokio::test]
async fn outcome_reports_reinterpreted_arguments() {
    let harness = Harness::start(&[]).await;
    harness.respond("POST", "/books/7/loans", created(json!({"id": 1}))).await;
    let outcome = harness.execute("create_a_loan", &loan()).await.unwrap();
    let reported = json!([{"pointer": "/member", "message": "read as {\"id\":3}"}]);
    assert_eq!(outcome_to_json(&outcome), json!({"result": {"id": 1}, "reinterpretations": reported}));
    let outcome = harness.execute("create_a_loan", &json!({"bookId": 7, "member": null})).await.unwrap();
    assert_eq!(outcome_to_json(&outcome), json!({"result": {"id": 1}}));
}

#[tokio::test]
async fn large_record_is_replaced_by_its_id() {
    let harness = Harness::start(&[]).await;
    let record = json!({"id": 7, "title": "x".repeat(2000)});
    harness.respond("GET", "/books/7", ResponseTemplate::new(200).set_body_json(record)).await;
    let outcome = harness.execute("get_single_book_by_id", &json!({"id": 7})).await.unwrap();
    assert_eq!(outcome.value, json!({"id": 7}));
    assert!(outcome.is_body_omitted);
    assert!(outcome_to_json(&outcome)["warnings"][0].as_str().unwrap().contains("1000"));
    let rows: Vec<Value> = (0..50).map(|id| json!({"id": id, "title": "x".repeat(50)})).collect();
    harness.respond("GET", "/books", ResponseTemplate::new(200).set_body_json(rows)).await;
    let outcome = harness.execute("list_all_books", &json!({})).await.unwrap();
    assert!(outcome.omitted.is_some_and(|omitted| omitted.count > 0));
}
