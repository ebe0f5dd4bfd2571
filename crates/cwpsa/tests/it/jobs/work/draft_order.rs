//! Creates a draft order for a vendor that the user specifies by ID.

use serde_json::{Value, json};

use crate::jobs::agent::{Agent, only, to};
use crate::jobs::tenant::Changes;

pub const ASK: &str = "Draft a purchase order for vendor 842 with status Open.";

pub async fn run(agent: &mut Agent) -> Value {
    let vendor = agent
        .call(
            "get a company",
            "get_single_company_by_id",
            json!({"id": 842}),
            "Look up the vendor and its payment terms.",
        )
        .await;
    let statuses = agent
        .call(
            "statuses of purchase orders",
            "list_all_procurement_purchaseorderstatuses",
            json!({"filter": {"name": "Open"}}),
            "Look up the status.",
        )
        .await;
    let order = agent
        .call(
            "create a purchase order",
            "create_a_procurement_purchaseorder",
            json!({"vendorCompany": to(&vendor), "terms": to(&vendor["billingTerms"]), "status": to(only(&statuses))}),
            "Create the order without line items.",
        )
        .await;
    json!({"order": order["poNumber"]})
}

pub fn check(told: &Value, changes: &Changes) {
    assert_eq!(told, &json!({"order": "5092"}));
    let [order] = changes.only_added(["/procurement/purchaseorders"]);
    assert_eq!(order["vendorCompany"]["id"], 842);
    assert_eq!(order["status"]["name"], "Open");
    assert_eq!(order["terms"]["name"], "Net 30 days");
    assert_eq!(order["closedFlag"], false);
}
