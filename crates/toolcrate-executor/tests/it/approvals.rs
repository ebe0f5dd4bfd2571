use serde_json::{Value, json};
use toolcrate_executor::{
    ApprovalDecision, ApprovalErrorKind, Consent, ExecuteError, Rejection, ToolExecutor, approval_prompt,
};
use wiremock::ResponseTemplate;

use crate::harness::{Harness, call, created, decoded_loan, loan, tool};

/// Lets an approver approve the only pending call, and returns the token.
async fn approve(executor: &ToolExecutor) -> String {
    let pending = executor.approvals().pending(|_| true).await.unwrap();
    assert_eq!(pending.len(), 1);
    assert_eq!(pending[0].arguments, decoded_loan(), "what is approved is what is sent");
    let decision =
        executor.approvals().decide(&pending[0].id, true, |_| Some("ada".to_owned())).await.unwrap();
    let Some(ApprovalDecision::Approved { token, .. }) = decision else { panic!("approved") };
    token
}

#[tokio::test]
async fn approval_is_bound_to_the_call_that_is_sent() {
    let harness = Harness::start(&["writes"]).await;
    harness.respond("POST", "/books/7/loans", created(json!({"id": 1}))).await;
    let executor = harness.executor.clone().with_approvers(true);
    let arguments = loan();
    let error = executor.execute(call(tool("create_a_loan"), &arguments), Consent::None).await.unwrap_err();
    assert_eq!(error.approval_error().unwrap().kind(), ApprovalErrorKind::Required);
    let token = approve(&executor).await;

    let other = json!({"bookId": 8, "text": "two weeks", "member": 3});
    let error =
        executor.execute(call(tool("create_a_loan"), &other), Consent::Token(&token)).await.unwrap_err();
    assert_eq!(error.approval_error().unwrap().kind(), ApprovalErrorKind::Refused);
    // The same call in a different form is the same call.
    let same = decoded_loan();
    executor.execute(call(tool("create_a_loan"), &same), Consent::Token(&token)).await.unwrap();
    assert_eq!(harness.sent().await.len(), 1);
    assert_eq!(harness.audit.outcomes(), ["approval_required", "approval_refused", "started", "ok"]);
    let last = harness.audit.all().pop().unwrap();
    assert_eq!((&last["approved_by"], &last["arguments"]), (&json!("ada"), &decoded_loan()));
    let error =
        executor.execute(call(tool("create_a_loan"), &same), Consent::Token(&token)).await.unwrap_err();
    assert_eq!(error.approval_error().unwrap().kind(), ApprovalErrorKind::Refused, "it was used");
}

#[tokio::test]
async fn approval_of_a_call_that_changed_nothing_can_be_used_again() {
    let harness = Harness::start(&["writes"]).await;
    let executor = harness.executor.clone().with_approvers(true);
    let arguments = loan();
    let attempt = |token: Option<String>| {
        let (executor, arguments) = (executor.clone(), arguments.clone());
        async move {
            let consent = token.as_deref().map_or(Consent::None, Consent::Token);
            executor.execute(call(tool("create_a_loan"), &arguments), consent).await
        }
    };
    attempt(None).await.unwrap_err();
    let token = approve(&executor).await;
    harness.audit.fail(true);
    let error = attempt(Some(token.clone())).await.unwrap_err();
    assert!(matches!(error, ExecuteError::Rejected(Rejection::Audit(_))), "{error:?}");
    harness.audit.fail(false);
    harness.respond("POST", "/books/7/loans", ResponseTemplate::new(429)).await;
    let error = attempt(Some(token.clone())).await.unwrap_err();
    assert!(matches!(error, ExecuteError::RateLimited(_)), "{error:?}");
    harness.upstream.reset().await;
    harness.respond("POST", "/books/7/loans", ResponseTemplate::new(500)).await;
    let error = attempt(Some(token.clone())).await.unwrap_err();
    assert!(matches!(error, ExecuteError::OutcomeUnknown(_)), "{error:?}");
    let error = attempt(Some(token)).await.unwrap_err();
    let kind = error.approval_error().unwrap().kind();
    assert_eq!(kind, ApprovalErrorKind::Refused, "a call that may have been made uses its approval up");
}

#[tokio::test]
async fn only_the_shown_call_is_approved() {
    let harness = Harness::start(&["writes"]).await;
    harness.respond("POST", "/books/7/loans", created(json!({"id": 1}))).await;
    let prepared = harness.prepare("create_a_loan", &loan()).await.unwrap();
    let unapproved = harness.executor.approve(prepared, Consent::Elicitable).await.unwrap_err();
    assert!(unapproved.can_elicit());
    let prepared = *unapproved.prepared;
    let prompt = approval_prompt(prepared.approval_request()).unwrap();
    assert!(prompt.contains("\nmember.id: 3\n") && prompt.ends_with(prepared.digest()), "{prompt}");
    let digest = prepared.digest().to_owned();
    harness.executor.execute_prepared(prepared, Consent::Person(&digest)).await.unwrap();
    let body: Value = harness.sent().await[0].body_json().unwrap();
    assert_eq!(body["member"], json!({"id": 3}));
    // A decision about another call doesn't count.
    let other = harness.prepare("create_a_loan", &json!({"bookId": 8})).await.unwrap();
    let unapproved = harness.executor.approve(other, Consent::Person(&digest)).await.unwrap_err();
    let Rejection::Approval(error) = unapproved.rejection else { panic!("not approved") };
    assert_eq!(error.kind(), ApprovalErrorKind::Unavailable);
}
