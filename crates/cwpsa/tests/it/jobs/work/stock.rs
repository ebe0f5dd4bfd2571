//! Reports a product's stock by warehouse, with serial numbers.

use serde_json::{Value, json};

use super::with;
use crate::jobs::agent::{Agent, only};
use crate::jobs::tenant::{Changes, Tenant};

pub const ASK: &str =
    "How many Cisco Meraki MX64 units are in each warehouse, and what are their serial numbers?";

pub async fn run(agent: &mut Agent) -> Value {
    let products = agent
        .call(
            "find a product in the catalog",
            "list_all_procurement_catalogs",
            json!({"filter": {"identifier": "Cisco Meraki MX64"}, "fields": "id,identifier"}),
            "Look up the product.",
        )
        .await;
    let stock = agent
        .call(
            "stock on hand of an item",
            "list_all_inventory_on_hands",
            json!({"catalogItemId": only(&products)["id"]}),
            "Get quantities and serial numbers by bin, across all warehouses.",
        )
        .await;
    let mut told = json!({});
    for bin in stock.as_array().unwrap() {
        let serials: Vec<&Value> =
            bin["serialNumbers"].as_array().unwrap().iter().map(|row| &row["serial"]).collect();
        told[bin["warehouse"]["name"].as_str().unwrap()] =
            json!({"onHand": bin["onHand"], "serials": serials});
    }
    told
}

pub async fn check(tenant: &Tenant, told: &Value, changes: &Changes) {
    changes.none();
    // The expected result is computed independently: quantities bin by bin, and serial numbers from their
    // list.
    let mut found = json!({});
    let serials = tenant.rows("/procurement/onhandserialnumbers").await;
    for bin in tenant.rows("/procurement/warehouseBins").await {
        for item in tenant.rows(&format!("/procurement/warehouseBins/{}/inventoryOnHand", bin["id"])).await {
            if item["catalogItem"]["identifier"] == "Cisco Meraki MX64" {
                let here: Vec<&Value> =
                    with(&serials, "/warehouseBin/id", bin["id"].clone()).map(|row| &row["serial"]).collect();
                found[bin["warehouse"]["name"].as_str().unwrap()] =
                    json!({"onHand": item["onHand"], "serials": here});
            }
        }
    }
    assert_eq!(told, &found);
    assert_eq!(
        (&told["Main Warehouse"]["onHand"], &told["West Warehouse"]["onHand"]),
        (&json!(3), &json!(2))
    );
}
