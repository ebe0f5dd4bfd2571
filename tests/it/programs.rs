//! Tests the programs on the front page: they must work as described on the mock server, and be as short as claimed.

use connectwise_callbacks::CallbackVerifier;
use connectwise_psa::runtime::{Client, Filter, Patch};
use connectwise_psa::shared::Ticket;
use connectwise_psa::system::{self, CallbackEntry};
use connectwise_psa::{ListQuery, procurement, service};
use cwpsa_sandbox::Sandbox;
use serde_json::json;
use toolcrate_testing::wait::wait_for;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

#[path = "../../examples/rust/order_two_lines.rs"]
mod order_two_lines;
#[path = "../../examples/rust/page_through_tickets.rs"]
mod page_through_tickets;
#[path = "../../examples/rust/patch_custom_field.rs"]
mod patch_custom_field;
#[path = "../../examples/rust/settle_unknown_outcome.rs"]
mod settle_unknown_outcome;
#[path = "../../examples/rust/upload_document.rs"]
mod upload_document;
#[path = "../../examples/rust/verify_callback.rs"]
mod verify_callback;

async fn client() -> Client {
    Sandbox::start().await.expect("a sandbox").client()
}

#[tokio::test]
async fn tickets_are_paged_through() {
    let summaries = page_through_tickets::open_tickets(&client().await).await.expect("tickets");
    assert!(summaries.iter().any(|summary| summary == "New laptop for the design lead"), "{summaries:?}");
}

#[tokio::test]
async fn an_order_has_two_lines() {
    let client = client().await;
    let order = order_two_lines::order_drives(&client).await.expect("an order");
    let list = procurement::list_purchase_order_line_items(order.id.expect("an ID"), &ListQuery::new());
    let lines = list.send(&client).await.expect("lines");
    let quantities: Vec<_> = lines.iter().map(|line| line.quantity.expect("a quantity").as_f64()).collect();
    assert_eq!(quantities, [10.0, 4.0]);
}

#[tokio::test]
async fn a_custom_field_is_set() {
    let client = client().await;
    let ticket = patch_custom_field::set_change_window(&client, 8812).await.expect("a ticket");
    let fields = ticket.custom_fields.expect("custom fields");
    let window = fields.iter().find(|field| field.caption.as_deref() == Some("Change Window"));
    assert_eq!(window.and_then(|field| field.value.clone()), Some(json!("Sunday 02:00")));
    let found = ListQuery::new().filter(Filter::custom_field("Change Window").eq("Sunday 02:00"));
    let tickets = service::list_tickets(&found).send(&client).await.expect("tickets");
    assert_eq!(tickets.iter().filter_map(|ticket| ticket.id).collect::<Vec<_>>(), [8812]);
}

#[tokio::test]
async fn a_document_is_uploaded() {
    let client = client().await;
    let document = upload_document::attach(&client, 8812, b"content".to_vec()).await.expect("a document");
    let file =
        system::download_document(document.id.expect("an ID"), None).send(&client).await.expect("a file");
    assert_eq!((&file.bytes[..], file.file_name.as_deref()), (&b"content"[..], Some("report.pdf")));
}

#[tokio::test]
async fn callback_is_verified() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    let client = sandbox.client();
    let receiver = MockServer::start().await;
    Mock::given(any()).respond_with(ResponseTemplate::new(202)).mount(&receiver).await;
    let url = format!("{}/callbacks?recordId=", receiver.uri());
    let callback = CallbackEntry::new("owner", 1, "ticket", url);
    system::create_callback(&callback).send(&client).await.expect("a callback");
    let patch = Patch::new().set(|ticket: &mut Ticket| &mut ticket.summary, "It beeps");
    service::update_ticket(8812, &patch).send(&client).await.expect("a ticket");
    let request = wait_for("a callback", async || receiver.received_requests().await?.pop()).await;
    let verifier = CallbackVerifier::new(&sandbox.base_url(), "acme").expect("a verifier");
    let status = verify_callback::receive(&verifier, &request.headers, &request.body).await;
    assert_eq!(status, 202);
    // A replay is acknowledged, so that it isn't sent again, but not processed.
    let status = verify_callback::receive(&verifier, &request.headers, &request.body).await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn callback_without_a_signature_is_rejected() {
    let sandbox = Sandbox::start().await.expect("a sandbox");
    let verifier = CallbackVerifier::new(&sandbox.base_url(), "acme").expect("a verifier");
    let status = verify_callback::receive(&verifier, &Default::default(), b"{}").await;
    assert!(status.is_client_error(), "{status}");
}

#[tokio::test]
async fn ticket_is_created_once_despite_faults() {
    let faults = ["too_many_requests=1 x1 POST /service/tickets", "cut_after x1 POST /service/tickets"];
    let client = Sandbox::builder().faults(faults).start().await.expect("a sandbox").client();
    let mut ticket = Ticket::new(250, "Replace the UPS battery");
    ticket.external_x_ref = Some("ups-17".into());
    let created = settle_unknown_outcome::create_once(&client, &ticket, "ups-17").await.expect("a ticket");
    let found = ListQuery::new().filter(Filter::field("externalXRef").eq("ups-17"));
    let tickets = service::list_tickets(&found).send(&client).await.expect("tickets");
    assert_eq!(tickets.iter().map(|ticket| ticket.id).collect::<Vec<_>>(), [created.id]);
}

#[test]
fn programs_are_short() {
    for (code, bound) in [
        (include_str!("../../examples/rust/page_through_tickets.rs"), 12),
        (include_str!("../../examples/rust/order_two_lines.rs"), 20),
        (include_str!("../../examples/rust/patch_custom_field.rs"), 8),
        (include_str!("../../examples/rust/upload_document.rs"), 10),
        (include_str!("../../examples/rust/verify_callback.rs"), 10),
        (include_str!("../../examples/rust/settle_unknown_outcome.rs"), 25),
    ] {
        let is_code = |line: &&str| !line.trim().is_empty() && !line.trim().starts_with("//");
        let lines = code.lines().filter(is_code).count();
        assert!(lines <= bound, "{lines} lines, expected {bound}:\n{code}");
        for word in ["Default::default()", "Some(CompanyReference", ".conditions(", "format!"] {
            assert!(!code.contains(word), "{word} in\n{code}");
        }
    }
}
