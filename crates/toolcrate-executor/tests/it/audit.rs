use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use serde_json::{Value, json};
use toolcrate_executor::{Consent, ExecuteError, Rejection, ToolClass};

use crate::harness::{Harness, call, created, decoded_loan, loan, tool};

#[tokio::test]
async fn audit_lines_hold_the_arguments_that_are_sent() {
    let harness = Harness::start(&[]).await;
    harness.respond("POST", "/books/7/loans", created(json!({"id": 1}))).await;
    let prepared = harness.prepare("create_a_loan", &loan()).await.unwrap();
    assert_eq!(prepared.arguments(), &decoded_loan());
    let outcome = harness.executor.execute_prepared(prepared, Consent::None).await.unwrap();
    assert_eq!(outcome.value, json!({"id": 1}));

    let lines = harness.audit.all();
    assert_eq!(harness.audit.outcomes(), ["started", "ok"]);
    for line in &lines {
        assert_eq!(line["arguments"], decoded_loan());
        assert_eq!((&line["transport"], &line["token"]), (&json!("http"), &json!("d0c04f4b")));
        assert_eq!((&line["account"], &line["tool"]), (&json!("acme"), &json!("create_a_loan")));
    }
    let sent = harness.sent().await;
    assert_eq!(sent.len(), 1);
    let body: Value = sent[0].body_json().unwrap();
    assert_eq!(body, json!({"text": "two weeks", "member": {"id": 3}}));
    let trace = sent[0].headers["traceparent"].to_str().unwrap();
    assert!(trace.contains(lines[0]["trace_id"].as_str().unwrap()), "{trace}");
}

#[tokio::test]
async fn each_write_is_prepared_once() {
    for approve in [&[][..], &["writes"]] {
        let harness = Harness::start(approve).await;
        harness.respond("POST", "/books/7/loans", created(json!({"id": 1}))).await;
        let prepared = harness.prepare("create_a_loan", &loan()).await.unwrap();
        assert_eq!(harness.credentials_applied(), 1, "the request was made");
        let digest = prepared.digest().to_owned();
        let approved = harness.executor.approve(prepared, Consent::Person(&digest)).await.unwrap();
        let started = harness.executor.start(approved).await.unwrap();
        assert_eq!(harness.credentials_applied(), 1, "and not made again");
        started.send().await.unwrap();
        assert_eq!(harness.credentials_applied(), 2, "it was sent");
        assert_eq!(harness.sent().await.len(), 1);
    }
}

#[tokio::test]
async fn dropped_call_is_audited_as_canceled() {
    let harness = Harness::start(&[]).await;
    let slow = created(json!({"id": 1})).set_delay(Duration::from_secs(300));
    harness.respond("POST", "/books/7/loans", slow).await;
    {
        let arguments = loan();
        let mut running =
            pin!(harness.executor.execute(call(tool("create_a_loan"), &arguments), Consent::None));
        poll_fn(|context| {
            assert!(running.as_mut().poll(context).is_pending());
            Poll::Ready(())
        })
        .await;
    }
    assert_eq!(harness.audit.outcomes(), ["started", "canceled"]);
    assert_eq!(harness.audit.all()[1]["status"], Value::Null);
}

#[tokio::test]
async fn invalid_call_is_audited_and_not_started() {
    let harness = Harness::start(&["writes"]).await;
    let rejection = harness.prepare("create_a_loan", &json!({"text": true, "zzz": 1})).await.unwrap_err();
    let Rejection::Invalid(error) = rejection else { panic!("{rejection:?}") };
    assert!(error.fields().len() >= 3, "{error}");
    assert_eq!(harness.audit.outcomes(), ["invalid_arguments"]);
    assert_eq!(harness.audit.all()[0]["arguments"], json!({"text": true, "zzz": 1}));
    assert!(harness.sent().await.is_empty());
}

#[tokio::test]
async fn call_is_not_sent_without_an_audit_line() {
    let harness = Harness::start(&[]).await;
    harness.audit.fail(true);
    let error = harness.execute("create_a_loan", &loan()).await.unwrap_err();
    assert!(matches!(error, ExecuteError::Rejected(Rejection::Audit(_))), "{error:?}");
    assert!(error.changed_nothing() && harness.sent().await.is_empty());
}

#[tokio::test]
async fn tool_that_is_not_offered_is_audited_and_not_sent() {
    let harness = Harness::start(&[]).await;
    let filter = harness.executor.filter().intersect(|tool| tool.class() == ToolClass::Read);
    let executor = harness.executor.with_filter(filter);
    let arguments = json!({"id": 7});
    let error =
        executor.execute(call(tool("delete_a_book_by_id"), &arguments), Consent::None).await.unwrap_err();
    assert!(matches!(error, ExecuteError::Rejected(Rejection::NotOffered(_))), "{error:?}");
    assert!(matches!(executor.resolve("delete_a_book_by_id"), Err(Rejection::NotOffered(_))));
    assert!(matches!(executor.resolve("delete_a_bok"), Err(Rejection::Invalid(_))));
    assert!(executor.resolve("get_single_library_book_by_id").is_ok());
    assert_eq!(harness.audit.outcomes(), ["not_offered"]);
    assert!(harness.sent().await.is_empty());
}
