//! Orders ten units of a product that is out of stock, because the user or a ticket asks for them.

use serde_json::{Value, json};

use super::purchasing;
use crate::jobs::agent::{Agent, to};
use crate::jobs::tenant::Changes;

pub const ASK: &str = "Check stock for RAM-16GB; if zero, order 10.";

pub async fn run(agent: &mut Agent) -> Value {
    restock(agent, "RAM-16GB").await
}

/// Performs the task for the product in a new ticket, and adds a note with the result to the ticket.
pub async fn for_ticket(agent: &mut Agent, ticket: &Value) -> Value {
    let ticket = agent
        .call("get a ticket", "get_single_ticket_by_id", json!({"id": ticket}), "Read the new ticket.")
        .await;
    let product = ticket["summary"].as_str().and_then(|summary| summary.strip_suffix(" needed"));
    let told = restock(agent, product.expect("what is needed")).await;
    let text = match told["order"].as_str() {
        Some(number) => format!("None left. Ordered 10 with PO #{number}."),
        None => format!("{} on hand.", told["onHand"]),
    };
    agent
        .call(
            "add a note to a ticket",
            "create_a_ticket_note",
            json!({"ticketId": ticket["id"], "text": text, "internalAnalysisFlag": true}),
            "Add a ticket note that describes the order.",
        )
        .await;
    told
}

async fn restock(agent: &mut Agent, product: &str) -> Value {
    let product = purchasing::product(agent, product).await;
    let everywhere = json!({"catalogItemId": product["id"]});
    let on_hand = purchasing::on_hand(agent, everywhere, "Get the stock levels in all warehouses.").await;
    if on_hand > 0 {
        return json!({"onHand": on_hand});
    }
    let vendor = agent
        .call(
            "get a company",
            "get_single_company_by_id",
            json!({"id": product["vendor"]["id"], "fields": "id,name,billingTerms"}),
            "Look up the vendor and its payment terms.",
        )
        .await;
    let status = purchasing::first_status(agent).await;
    let order = agent
        .call(
            "create a purchase order",
            "create_a_procurement_purchaseorder",
            json!({"vendorCompany": to(&vendor), "terms": to(&vendor["billingTerms"]), "status": to(&status)}),
            "Create the order.",
        )
        .await;
    purchasing::add_line(agent, &order, &product, 10, "Add ten units of the product.").await;
    json!({"order": order["poNumber"]})
}

pub fn check(told: &Value, changes: &Changes) {
    assert_eq!(told, &json!({"order": "5092"}));
    let [order, line] =
        changes.only_added(["/procurement/purchaseorders", "/procurement/purchaseorders/5092/lineitems"]);
    is_ordered(order, line);
}

/// Asserts that the order is for ten units, from the product's vendor.
pub fn is_ordered(order: &Value, line: &Value) {
    assert_eq!(order["vendorCompany"]["name"], "TechSource Distribution");
    assert_eq!(order["total"], 345.0);
    assert_eq!(line["product"]["identifier"], "RAM-16GB");
    assert_eq!((&line["quantity"], &line["unitCost"]), (&json!(10), &json!(34.5)));
}
