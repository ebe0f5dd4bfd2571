//! Hardware procurement: nothing in stock, so an order, its line, and a note on the ticket that asked for it.

use serde_json::{Value, json};

use crate::agent::{Agent, only, to};
use crate::tenant::Changes;

pub const ASK: &str = "Ticket 8812 needs a MacBook Pro M3 for Acme Corp. If there is none in the main warehouse, order \
                       one from our primary Apple distributor, business unit Procurement, and note the order on the \
                       ticket.";

pub async fn run(agent: &mut Agent) -> Value {
    let products = agent
        .call(
            "find a product in the catalog",
            "list_all_procurement_catalogs",
            json!({"filter": {"identifier": "MacBook Pro M3"}}),
            "The product, with its vendor, its unit and its cost.",
        )
        .await;
    let product = only(&products);
    assert_eq!(product["manufacturer"]["name"], "Apple");
    let warehouses = agent
        .call(
            "list warehouses",
            "list_all_procurement_warehouses",
            json!({"filter": {"name": {"contains": "Main"}}}),
            "The main warehouse.",
        )
        .await;
    let warehouse = only(&warehouses);
    let stock = agent
        .call(
            "stock on hand of an item",
            "list_all_inventory_on_hands",
            json!({"catalogItemId": product["id"], "filter": {"warehouse/id": warehouse["id"]}}),
            "How many there are in that warehouse, bin by bin.",
        )
        .await;
    let on_hand: i64 = stock.as_array().unwrap().iter().map(|bin| bin["onHand"].as_i64().unwrap()).sum();
    if on_hand > 0 {
        return json!({"onHand": on_hand});
    }
    let vendor = agent
        .call(
            "get a company",
            "get_single_company_by_id",
            json!({"id": product["vendor"]["id"]}),
            "The distributor that the product is bought from, with its terms.",
        )
        .await;
    let customers = agent
        .call(
            "find a company by name",
            "list_all_company_companies",
            json!({"filter": {"name": "Acme Corp"}}),
            "The customer.",
        )
        .await;
    let units = agent
        .call(
            "business unit",
            "list_all_system_departments",
            json!({"filter": {"name": "Procurement"}}),
            "The business unit, which the API calls a department.",
        )
        .await;
    let statuses = agent
        .call(
            "statuses of purchase orders",
            "list_all_procurement_purchaseorderstatuses",
            json!({"filter": {"defaultFlag": true}}),
            "The status that new orders have.",
        )
        .await;
    let order = agent
        .call(
            "create a purchase order",
            "create_a_procurement_purchaseorder",
            json!({
                "vendorCompany": to(&vendor),
                "terms": to(&vendor["billingTerms"]),
                "status": to(only(&statuses)),
                "customerCompany": to(only(&customers)),
                "businessUnit": to(only(&units)),
                "warehouse": to(warehouse),
            }),
            "The order; its number comes back.",
        )
        .await;
    agent
        .call(
            "add a line item to a purchase order",
            "create_a_purchaseorder_lineitem",
            json!({
                "purchaseorderId": order["id"],
                "lineNumber": 1,
                "description": product["description"],
                "product": to(product),
                "quantity": 1,
                "unitOfMeasure": to(&product["unitOfMeasure"]),
                "unitCost": product["cost"],
            }),
            "One of the product.",
        )
        .await;
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
            "What was done, for those who work on the ticket.",
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
