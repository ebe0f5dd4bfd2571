//! Makes the request of a single tool and exits, to measure the startup cost of a process.

use connectwise_psa::CATALOG;
use serde_json::json;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = e2e::client("https://localhost")?;
    let tool = CATALOG.resolve("create_a_connect_wise_psa_ticket_note")?;
    let request =
        client.prepare(tool, &json!({"ticketId": 8812, "text": "Ordered.", "internalAnalysisFlag": true}))?;
    println!("{}", request.to_json());
    Ok(())
}
