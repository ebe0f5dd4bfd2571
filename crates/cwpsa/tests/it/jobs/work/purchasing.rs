//! Steps shared by purchasing tasks: finding the product in the catalog, checking the quantity in stock, looking up the
//! status for a new order, and adding a line for the product.

use serde_json::{Value, json};

use crate::jobs::agent::{Agent, only, to};

/// Returns the catalog product with this identifier.
pub async fn product(agent: &mut Agent, identifier: &str) -> Value {
    let products = agent
        .call(
            "find a product in the catalog",
            "list_all_procurement_catalogs",
            json!({"filter": {"identifier": identifier}}),
            "Look up the product and its vendor, unit of measure, and cost.",
        )
        .await;
    only(&products).clone()
}

/// Returns the quantity of a product in stock; `arguments` can limit the location.
pub async fn on_hand(agent: &mut Agent, arguments: Value, why: &'static str) -> i64 {
    let bins = agent.call("stock on hand of an item", "list_all_inventory_on_hands", arguments, why).await;
    bins.as_array().unwrap().iter().map(|bin| bin["onHand"].as_i64().unwrap()).sum()
}

/// Returns the status for new orders.
pub async fn first_status(agent: &mut Agent) -> Value {
    let statuses = agent
        .call(
            "statuses of purchase orders",
            "list_all_procurement_purchaseorderstatuses",
            json!({"filter": {"defaultFlag": true}}),
            "Look up the default status for new orders.",
        )
        .await;
    only(&statuses).clone()
}

/// Adds the first line to an order: a quantity of a product, at its catalog cost.
pub async fn add_line(agent: &mut Agent, order: &Value, product: &Value, quantity: u32, why: &'static str) {
    agent
        .call(
            "add a line item to a purchase order",
            "create_a_purchaseorder_lineitem",
            json!({
                "purchaseorderId": order["id"],
                "lineNumber": 1,
                "description": product["description"],
                "product": to(product),
                "quantity": quantity,
                "unitOfMeasure": to(&product["unitOfMeasure"]),
                "unitCost": product["cost"],
            }),
            why,
        )
        .await;
}
