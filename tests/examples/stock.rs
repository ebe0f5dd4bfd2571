//! Shows an item's stock by warehouse, using the generated crate and no model: `cargo run -p e2e --example stock`.
//!
//! Makes typed calls to a mock server in the same process, adds a note with a tool, and checks both. Fails if a result
//! is wrong.

use std::error::Error;
use std::net::SocketAddr;

use connectwise_psa::runtime::Filter;
use connectwise_psa::{CATALOG, ListQuery, procurement};
use cwpsa_sandbox::command::{self, SandboxArguments};
use serde_json::json;

/// The item to look up.
const ITEM: &str = "Cisco Meraki MX64";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let listen = SocketAddr::from(([127, 0, 0, 1], 0));
    let sandbox = command::start(&SandboxArguments { listen, ..SandboxArguments::default() }).await?;
    let client = e2e::client(&sandbox.base_url())?;

    let query = ListQuery::new().filter(Filter::field("identifier").eq(ITEM));
    let items = client.send(&procurement::list_catalogs(&query)).await?;
    let item = items.first().and_then(|item| item.id).ok_or("the item is not in the catalog")?;

    let of_item = ListQuery::new().filter(Filter::field("catalogItem").eq(item));
    let numbers = client.send(&procurement::list_on_hand_serial_numbers(&of_item)).await?;
    let mut lines = Vec::new();
    for bin in client.send(&procurement::list_warehouse_bins(&ListQuery::new())).await? {
        let bin = bin.id.ok_or("a bin without an id")?;
        for stock in client.send(&procurement::list_inventory_on_hands(bin, &of_item)).await? {
            let warehouse = stock.warehouse.name.unwrap_or_default();
            let here = numbers.iter().filter(|number| number.warehouse_bin.id == Some(bin));
            let serials: Vec<&str> = here.filter_map(|number| number.serial.as_deref()).collect();
            lines.push(format!(
                "{warehouse}: {} ({})",
                stock.on_hand.unwrap_or_default(),
                serials.join(", ")
            ));
        }
    }
    println!("{ITEM}\n  {}", lines.join("\n  "));
    let expected =
        ["Main Warehouse: 3 (Q2KN-7A01, Q2KN-7A02, Q2KN-7A03)", "West Warehouse: 2 (Q2KN-7B01, Q2KN-7B02)"];
    if lines != expected {
        return Err(format!("the stock should be {expected:?}").into());
    }

    let text = "5 in stock, none to order.";
    let tool = CATALOG.resolve("create_a_ticket_note")?;
    let note =
        client.execute(tool, &json!({"ticketId": 8812, "text": text, "internalAnalysisFlag": true})).await?;
    let one = json!({"ticketId": 8812, "id": note.value["id"]});
    let read = client.execute(CATALOG.resolve("get_single_ticket_note_by_id")?, &one).await?;
    println!("note {} on ticket 8812: {}", read.value["id"], read.value["text"]);
    if read.value["text"] != text {
        return Err("the note is not there".into());
    }
    sandbox.stop().await;
    Ok(())
}
