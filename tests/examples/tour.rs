//! Demonstrates the crate without an account: `cargo run --example tour`.
//!
//! Lists tools, prints one tool's schema, and makes a typed call and a tool call to a mock server. If `CWPSA_BASE_URL`,
//! `CWPSA_COMPANY_ID`, `CWPSA_PUBLIC_KEY`, `CWPSA_PRIVATE_KEY` and `CWPSA_CLIENT_ID` are set, it reads from a real
//! account instead, and changes nothing there.

use std::env;
use std::error::Error;

use connectwise_psa::runtime::{Client, Secret};
use connectwise_psa::{API, CATALOG, Credentials, ListQuery, procurement};
use serde_json::json;
use wiremock::{Mock, MockServer, ResponseTemplate, matchers};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    println!("{} tools, the first of purchase orders:", CATALOG.len());
    for name in CATALOG.names().filter(|name| name.contains("purchaseorder")).take(5) {
        println!("  {name}");
    }

    let tool = CATALOG.resolve("create_a_connect_wise_psa_ticket_note")?;
    println!("\n{}: {}", tool.name(), tool.description());
    println!("{}", serde_json::to_string_pretty(&tool.input_schema_value())?);

    let stand_in = MockServer::start().await;
    let orders = json!([{"id": 5091, "poNumber": "5091", "vendorCompany": {"id": 842, "name": "Samsung"}}]);
    Mock::given(matchers::path("/procurement/purchaseorders"))
        .respond_with(ResponseTemplate::new(200).set_body_json(orders))
        .mount(&stand_in)
        .await;
    let setting = |name: &str, fallback: &str| env::var(name).unwrap_or_else(|_| fallback.to_owned());
    let client = Client::builder(&API)
        .base_url(setting("CWPSA_BASE_URL", &stand_in.uri()))
        .credentials(Credentials {
            company_id: setting("CWPSA_COMPANY_ID", "acme"),
            public_key: setting("CWPSA_PUBLIC_KEY", "public"),
            private_key: Secret::from(setting("CWPSA_PRIVATE_KEY", "private")),
            client_id: Secret::from(setting("CWPSA_CLIENT_ID", "none")),
        })
        .build()?;

    let query = ListQuery::new().page_size(5);
    for order in client.send(&procurement::list_purchase_orders(&query)).await? {
        let vendor = order.vendor_company.name.unwrap_or_default();
        println!("\ntyped: purchase order {} from {vendor}", order.po_number.unwrap_or_default());
    }

    let tool = CATALOG.resolve("list_all_connect_wise_psa_procurement_purchaseorders")?;
    let outcome = client.execute(tool, &json!({"pageSize": 5, "fields": "id,poNumber"})).await?;
    println!("as a tool: {}", outcome.value);
    Ok(())
}
