use std::sync::Arc;

use connectwise_psa::CATALOG;

use super::*;
use crate::store::Memory;

fn approvals() -> Approvals {
    Approvals::new(Policy::new(&["writes".to_owned()]).unwrap(), Arc::new(Memory::default()))
}

fn note<'a>(account: &'a str, arguments: &'a Value) -> Call<'a> {
    Call { account, tool: CATALOG.get("create_a_ticket_note").unwrap(), arguments }
}

#[tokio::test]
async fn a_decision_holds_for_one_call_once() {
    let approvals = approvals();
    let arguments = json!({"ticketId": 7, "text": "a"});
    let call = note("acme", &arguments);
    let refused = approvals.take(call, Consent::None, true).await.unwrap_err();
    assert_eq!(refused.kind, "approval_required");
    let again = approvals.take(call, Consent::None, true).await.unwrap_err();
    let (id, other) = (refused.waiting.unwrap().id, again.waiting.unwrap().id);
    assert_eq!(id, other, "one call is one question");
    assert_eq!(approvals.waiting(|account| account == "acme").await.unwrap().len(), 1);
    assert_eq!(approvals.waiting(|account| account == "other").await.unwrap().len(), 0);
    assert!(approvals.decide(&id, true, |_| None).await.unwrap().is_none(), "not by those who may not");
    let decide = || approvals.decide(&id, true, |account| Some(format!("ada of {account}")));
    let (_, token) = decide().await.unwrap().unwrap();
    let (token, _) = token.unwrap();
    assert!(decide().await.unwrap().is_none(), "decided once");
    assert!(approvals.waiting(|_| true).await.unwrap().is_empty());

    let others = json!({"ticketId": 8, "text": "a"});
    for (call, said) in
        [(note("acme", &others), "with other arguments"), (note("other", &arguments), "another account")]
    {
        let refused = approvals.take(call, Consent::Token(&token), true).await.unwrap_err();
        assert!(refused.kind == "approval_refused" && refused.message.contains(said), "{refused:?}");
    }
    let refused = approvals.take(call, Consent::Token("guessed"), true).await.unwrap_err();
    assert!(refused.message.contains("never given"));
    let approved = approvals.take(call, Consent::Token(&token), true).await.unwrap();
    assert_eq!(approved.by, "ada of acme");
    assert!(approvals.take(call, Consent::Token(&token), true).await.is_err(), "used once");
    approvals.give_back(approved).await;
    assert!(approvals.take(call, Consent::Token(&token), true).await.is_ok(), "it was not made");
}

#[tokio::test]
async fn a_no_is_remembered() {
    let approvals = approvals();
    let arguments = json!({"ticketId": 7, "text": "a"});
    let refused = approvals.take(note("acme", &arguments), Consent::None, true).await.unwrap_err();
    let id = refused.waiting.unwrap().id;
    let (_, token) = approvals.decide(&id, false, |_| Some("ada".to_owned())).await.unwrap().unwrap();
    assert!(token.is_none());
    let refused = approvals.take(note("acme", &arguments), Consent::None, true).await.unwrap_err();
    assert_eq!(refused.kind, "approval_declined");
}

#[tokio::test]
async fn a_clients_person_counts_only_where_there_are_no_approvers_and_for_the_call_that_was_asked_about() {
    let approvals = approvals();
    let (arguments, others) = (json!({"ticketId": 7, "text": "a"}), json!({"ticketId": 8, "text": "a"}));
    let call = note("acme", &arguments);
    let digest = call.digest();
    let refused = approvals.take(call, Consent::None, false).await.unwrap_err();
    assert!(refused.by_client && refused.kind == "approval_unavailable");
    assert!(approvals.take(call, Consent::Person(&digest), false).await.is_ok());
    assert!(approvals.take(note("acme", &others), Consent::Person(&digest), false).await.is_err());
    let refused = approvals.take(call, Consent::Person(&digest), true).await.unwrap_err();
    assert!(!refused.by_client && refused.kind == "approval_required");
    let state = approvals.ask(call).await.unwrap();
    assert_eq!(approvals.asked(&state).await, Some(digest));
    assert_eq!(approvals.asked(&state).await, None, "a yes holds once");
}
