use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use toolcrate_store::{MemoryStore, SharedStore};

use super::approvals::Approvals;
use super::consent::Consent;
use super::error::ApprovalErrorKind;
use super::pending::ApprovalDecision;
use super::policy::ApprovalPolicy;
use super::request::ApprovalRequest;
use crate::fingerprint::call_digest;
use crate::fixture::CATALOG;

fn approvals() -> Approvals {
    let policy = ApprovalPolicy::new(&CATALOG, &["writes".to_owned()]).unwrap();
    Approvals::new(policy, Arc::new(MemoryStore::default()))
}

const TOOL: &str = "create_a_loan";

/// A call to a tool, with its digest.
struct Call {
    account: &'static str,
    arguments: Value,
    digest: String,
}

impl Call {
    fn new(account: &'static str, arguments: &Value) -> Self {
        let digest = call_digest(account, CATALOG.get(TOOL).unwrap(), arguments);
        Self { account, arguments: arguments.clone(), digest }
    }

    fn request(&self) -> ApprovalRequest<'_> {
        let tool = CATALOG.get(TOOL).unwrap();
        ApprovalRequest { account: self.account, tool, arguments: &self.arguments, digest: &self.digest }
    }
}

#[tokio::test]
async fn decision_is_valid_for_one_call_once() {
    let approvals = approvals();
    let arguments = json!({"bookId": 7, "text": "a"});
    let call = Call::new("acme", &arguments);
    let refused = approvals.redeem(call.request(), Consent::None, true).await.unwrap_err();
    assert_eq!(refused.kind(), ApprovalErrorKind::Required);
    let again = approvals.redeem(call.request(), Consent::None, true).await.unwrap_err();
    let (id, other) = (refused.pending().unwrap().id.clone(), again.pending().unwrap().id.clone());
    assert_eq!(id, other, "one call is one question");
    assert_eq!(approvals.pending(|account| account == "acme").await.unwrap().len(), 1);
    assert_eq!(approvals.pending(|account| account == "other").await.unwrap().len(), 0);
    assert!(approvals.decide(&id, true, |_| None).await.unwrap().is_none(), "not by those who may not");
    let decide = || approvals.decide(&id, true, |account| Some(format!("ada of {account}")));
    let Some(ApprovalDecision::Approved { token, .. }) = decide().await.unwrap() else { panic!("approved") };
    assert!(decide().await.unwrap().is_none(), "decided once");
    assert!(approvals.pending(|_| true).await.unwrap().is_empty());

    let others = json!({"bookId": 8, "text": "a"});
    for (call, reason) in [
        (Call::new("acme", &others), "with other arguments"),
        (Call::new("other", &arguments), "another account"),
    ] {
        let refused = approvals.redeem(call.request(), Consent::Token(&token), true).await.unwrap_err();
        assert!(
            refused.kind() == ApprovalErrorKind::Refused && refused.to_string().contains(reason),
            "{refused:?}"
        );
    }
    let refused = approvals.redeem(call.request(), Consent::Token("guessed"), true).await.unwrap_err();
    assert!(refused.to_string().contains("unknown"));
    let approved = approvals.redeem(call.request(), Consent::Token(&token), true).await.unwrap();
    assert_eq!(approved.by(), "ada of acme");
    assert!(approvals.redeem(call.request(), Consent::Token(&token), true).await.is_err(), "used once");
    approvals.restore(approved).await;
    assert!(approvals.redeem(call.request(), Consent::Token(&token), true).await.is_ok(), "it was not made");
}

#[tokio::test]
async fn declined_call_stays_declined() {
    let approvals = approvals();
    let arguments = json!({"bookId": 7, "text": "a"});
    let refused =
        approvals.redeem(Call::new("acme", &arguments).request(), Consent::None, true).await.unwrap_err();
    let id = refused.pending().unwrap().id.clone();
    let decision = approvals.decide(&id, false, |_| Some("ada".to_owned())).await.unwrap();
    assert!(matches!(decision, Some(ApprovalDecision::Declined(_))));
    let refused =
        approvals.redeem(Call::new("acme", &arguments).request(), Consent::None, true).await.unwrap_err();
    assert_eq!(refused.kind(), ApprovalErrorKind::Declined);
}

#[tokio::test]
async fn elicitation_requires_no_approvers_and_covers_only_the_shown_call() {
    let approvals = approvals();
    let (arguments, others) = (json!({"bookId": 7, "text": "a"}), json!({"bookId": 8, "text": "a"}));
    let call = Call::new("acme", &arguments);
    let digest = call.digest.clone();
    let refused = approvals.redeem(call.request(), Consent::None, false).await.unwrap_err();
    assert!(refused.can_elicit() && refused.kind() == ApprovalErrorKind::Unavailable);
    assert!(approvals.redeem(call.request(), Consent::Person(&digest), false).await.is_ok());
    assert!(
        approvals
            .redeem(Call::new("acme", &others).request(), Consent::Person(&digest), false)
            .await
            .is_err()
    );
    let refused = approvals.redeem(call.request(), Consent::Person(&digest), true).await.unwrap_err();
    assert!(!refused.can_elicit() && refused.kind() == ApprovalErrorKind::Required);
    let state = approvals.begin_elicitation(call.request()).await.unwrap();
    assert_eq!(approvals.take_elicitation(&state).await, Some(digest));
    assert_eq!(approvals.take_elicitation(&state).await, None, "a state is valid once");
}

#[tokio::test]
async fn restored_decision_keeps_its_expiry() {
    let store: SharedStore = Arc::new(MemoryStore::default());
    let policy = ApprovalPolicy::new(&CATALOG, &["writes".to_owned()]).unwrap();
    let approvals = Approvals::new(policy, Arc::clone(&store));
    let arguments = json!({"bookId": 7});
    let call = Call::new("acme", &arguments);
    let refused = approvals.redeem(call.request(), Consent::None, true).await.unwrap_err();
    let id = refused.pending().unwrap().id.clone();
    let decided = approvals.decide(&id, true, |_| Some("ada".to_owned())).await.unwrap();
    let Some(ApprovalDecision::Approved { token, .. }) = decided else { panic!("approved") };
    // Moves the expiry closer, as if the 15 minutes were almost over.
    let key = store.keys("approvals-granted/").await.unwrap().remove(0);
    let mut granted: Value = serde_json::from_slice(&store.get(&key).await.unwrap().unwrap()).unwrap();
    granted["expires"] = json!(granted["expires"].as_u64().unwrap() - 15 * 60 * 1000 + 300);
    store.put(&key, granted.to_string().as_bytes(), Duration::from_secs(900)).await.unwrap();
    let approved = approvals.redeem(call.request(), Consent::Token(&token), true).await.unwrap();
    approvals.restore(approved).await;
    let approved = approvals.redeem(call.request(), Consent::Token(&token), true).await;
    if let Ok(approved) = approved {
        approvals.restore(approved).await;
    }
    while store.get(&key).await.unwrap().is_some() {
        tokio::task::yield_now().await;
    }
    assert!(approvals.redeem(call.request(), Consent::Token(&token), true).await.is_err(), "it has ended");
}

#[tokio::test]
async fn rejected_calls_never_evict_pending_ones() {
    let policy = ApprovalPolicy::new(&CATALOG, &["writes".to_owned()]).unwrap();
    let approvals = Approvals::new(policy, Arc::new(MemoryStore::with_capacity(200_000)));
    let (first, others) = (json!({"bookId": 7}), json!({"bookId": 7}));
    for (account, arguments) in [("acme", &first), ("other", &others)] {
        approvals.redeem(Call::new(account, arguments).request(), Consent::None, true).await.unwrap_err();
    }
    for number in 0..200 {
        let arguments = json!({"text": "x".repeat(500), "bookId": number});
        approvals.redeem(Call::new("acme", &arguments).request(), Consent::None, true).await.unwrap_err();
    }
    let waiting = approvals.pending(|_| true).await.unwrap();
    for account in ["acme", "other"] {
        let first =
            |call: &&super::pending::PendingApproval| call.account == account && call.arguments == first;
        assert!(waiting.iter().any(|call| first(&call)), "{account}");
    }
    let new = json!({"bookId": 8});
    let refused =
        approvals.redeem(Call::new("other", &new).request(), Consent::None, true).await.unwrap_err();
    assert_eq!(refused.kind(), ApprovalErrorKind::Required, "another account still has room");
}
