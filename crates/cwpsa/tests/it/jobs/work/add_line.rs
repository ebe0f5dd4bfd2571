//! Adds a line to an existing order.

use serde_json::{Value, json};

use crate::jobs::agent::{Agent, only, to};
use crate::jobs::tenant::Changes;

pub const ASK: &str = "Add 25 Samsung 1TB SSDs at $85.00 each to PO #5091.";

pub async fn run(agent: &mut Agent) -> Value {
    let orders = agent
        .call(
            "find a purchase order",
            "list_all_procurement_purchaseorders",
            json!({"filter": {"poNumber": "5091"}, "fields": "id,poNumber,closedFlag"}),
            "Find the order by its number, and check that it is open.",
        )
        .await;
    let order = only(&orders);
    assert_eq!(order["closedFlag"], false);
    let products = agent
        .call(
            "find a product in the catalog",
            "list_all_procurement_catalogs",
            json!({"filter": {"identifier": "Samsung 1TB SSD"}}),
            "Look up the product and its unit of measure.",
        )
        .await;
    let product = only(&products);
    let lines = agent
        .call(
            "list line items of a purchase order",
            "list_all_purchaseorder_lineitems",
            json!({"purchaseorderId": order["id"], "fields": "id,lineNumber"}),
            "Find the next line number.",
        )
        .await;
    let last = lines.as_array().unwrap().iter().filter_map(|line| line["lineNumber"].as_i64()).max();
    let line = agent
        .call(
            "add a line item to a purchase order",
            "create_a_purchaseorder_lineitem",
            json!({
                "purchaseorderId": order["id"],
                "lineNumber": last.unwrap_or(0) + 1,
                "description": product["description"],
                "product": to(product),
                "quantity": 25,
                "unitOfMeasure": to(&product["unitOfMeasure"]),
                "unitCost": 85.0,
            }),
            "Add the line.",
        )
        .await;
    json!({"cost": line["extCost"]})
}

pub fn check(changes: &Changes) {
    let [(path, line)] = &changes.added[..] else { panic!("{changes:#?}") };
    assert!(path.starts_with("/procurement/purchaseorders/5091/lineitems/"), "{path}");
    assert_eq!(line["product"]["identifier"], "Samsung 1TB SSD");
    assert_eq!((line["quantity"].as_f64(), line["unitCost"].as_f64()), (Some(25.0), Some(85.0)));
    assert_eq!(line["lineNumber"], 2);
    // Only the order's totals change.
    let sums: Vec<(&str, Option<f64>)> =
        changes.changed.iter().map(|(path, value)| (path.as_str(), value.as_f64())).collect();
    assert_eq!(
        sums,
        [
            ("/procurement/purchaseorders/5091 subTotal", Some(345.0 + 2125.0)),
            ("/procurement/purchaseorders/5091 total", Some(345.0 + 2125.0)),
        ]
    );
    assert!(changes.removed.is_empty());
}
