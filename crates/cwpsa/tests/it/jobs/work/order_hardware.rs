//! Orders hardware that is out of stock: creates an order, adds a line, and adds a note to the ticket that requested
//! the hardware.

use serde_json::{Value, json};

use super::purchasing;
use crate::jobs::agent::{Agent, only, to};
use crate::jobs::tenant::Changes;

pub const ASK: &str = "Ticket 8812 needs a MacBook Pro M3 for Acme Corp. If the main warehouse has none, order one \
                       from our primary Apple distributor for the Procurement business unit, and add a note about the \
                       order to the ticket.";

pub async fn run(agent: &mut Agent) -> Value {
    let product = purchasing::product(agent, "MacBook Pro M3").await;
    assert_eq!(product["manufacturer"]["name"], "Apple");
    let warehouses = agent
        .call(
            "list warehouses",
            "list_all_procurement_warehouses",
            json!({"filter": {"name": {"contains": "Main"}}}),
            "Look up the main warehouse.",
        )
        .await;
    let warehouse = only(&warehouses);
    let place = json!({"catalogItemId": product["id"], "filter": {"warehouse/id": warehouse["id"]}});
    let on_hand = purchasing::on_hand(agent, place, "Get the stock levels in that warehouse, by bin.").await;
    if on_hand > 0 {
        return json!({"onHand": on_hand});
    }
    let vendor = agent
        .call(
            "get a company",
            "get_single_company_by_id",
            json!({"id": product["vendor"]["id"]}),
            "Look up the distributor and its payment terms.",
        )
        .await;
    let customers = agent
        .call(
            "find a company by name",
            "list_all_company_companies",
            json!({"filter": {"name": "Acme Corp"}}),
            "Look up the customer.",
        )
        .await;
    let units = agent
        .call(
            "business unit",
            "list_all_system_departments",
            json!({"filter": {"name": "Procurement"}}),
            "Look up the business unit, which the API calls a department.",
        )
        .await;
    let status = purchasing::first_status(agent).await;
    let order = agent
        .call(
            "create a purchase order",
            "create_a_procurement_purchaseorder",
            json!({
                "vendorCompany": to(&vendor),
                "terms": to(&vendor["billingTerms"]),
                "status": to(&status),
                "customerCompany": to(only(&customers)),
                "businessUnit": to(only(&units)),
                "warehouse": to(warehouse),
            }),
            "Create the order. The result contains the PO number.",
        )
        .await;
    purchasing::add_line(agent, &order, &product, 1, "Add one unit of the product.").await;
    let number = order["poNumber"].as_str().expect("a number");
    agent
        .call(
            "add a note to a ticket",
            "create_a_ticket_note",
            json!({
                "ticketId": 8812,
                "text": format!("Not in stock. Ordered one MacBook Pro M3 with PO #{number}."),
                "internalAnalysisFlag": true,
            }),
            "Add a ticket note that describes the order.",
        )
        .await;
    json!({"order": number})
}

pub fn check(told: &Value, changes: &Changes) {
    assert_eq!(told, &json!({"order": "5092"}));
    let [order, line, note] = changes.only_added([
        "/procurement/purchaseorders",
        "/procurement/purchaseorders/5092/lineitems",
        "/service/tickets/8812/notes",
    ]);
    assert_eq!(order["id"], 5092);
    assert_eq!(order["poNumber"], "5092");
    assert_eq!(order["vendorCompany"]["name"], "Orchard Distribution");
    assert_eq!(order["customerCompany"]["name"], "Acme Corp");
    assert_eq!(order["businessUnit"]["name"], "Procurement");
    assert_eq!(order["status"]["name"], "Open");
    assert_eq!(order["total"], 1599.0);
    assert_eq!(line["product"]["identifier"], "MacBook Pro M3");
    assert_eq!(line["quantity"], 1);
    assert_eq!(line["unitCost"], 1599);
    assert_eq!(line["receivedStatus"], "Waiting");
    assert!(note["text"].as_str().unwrap().contains("PO #5092"));
    assert_eq!(note["internalAnalysisFlag"], true);
}
