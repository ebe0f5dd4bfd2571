//! Verifies a callback from the mock server without `cwpsa`, and deserializes it as a typed record.

use connectwise_callbacks::{CallbackAction, CallbackError, CallbackVerifier, RecordType};
use connectwise_psa::CATALOG;
use connectwise_psa::shared::Ticket;
use e2e::{credentials, sandbox};
use serde_json::json;
use toolcrate_testing::wait::wait_for;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

#[tokio::test]
async fn change_callback_becomes_a_typed_record() {
    let (server, client) = sandbox().await;
    let receiver = MockServer::start().await;
    Mock::given(any()).respond_with(ResponseTemplate::new(202)).mount(&receiver).await;
    let call = async |tool: &str, arguments| {
        client.execute(CATALOG.resolve(tool).unwrap(), &arguments).await.unwrap()
    };
    let url = format!("{}/callbacks?recordId=", receiver.uri());
    call("create_a_system_callback", json!({"url": url, "type": "ticket", "level": "owner", "objectId": 1}))
        .await;
    call("update_a_ticket_by_id", json!({"id": 8812, "summary": "It beeps"})).await;
    let request = wait_for("a callback", async || receiver.received_requests().await?.pop()).await;

    let verifier = CallbackVerifier::new(&server.base_url(), &credentials().company_id).unwrap();
    let signature = request.headers["x-content-signature"].to_str().unwrap();
    let event = verifier.verify_signature(signature, &request.body).await.unwrap();
    assert_eq!(
        (event.action.clone(), event.record_type.clone()),
        (CallbackAction::Updated, RecordType::Ticket)
    );
    assert_eq!(event.record_id, 8812);
    let ticket: Ticket = event.entity_as().unwrap().unwrap();
    assert_eq!(ticket.summary.as_deref(), Some("It beeps"));

    let replay = verifier.verify_signature(signature, &request.body).await;
    assert_eq!(replay, Err(CallbackError::Replay));
    let other = CallbackVerifier::new(&server.base_url(), "globex").unwrap();
    let foreign = other.verify_signature(signature, &request.body).await.unwrap_err();
    assert_eq!(foreign.code(), "foreign_key");
}
