//! Exercises the eleven API areas on a server at a given address: runs every operation on one collection in each area,
//! with arguments planned from the server's records.
//!
//! Prints a line of JSON for each failed call, and a summary. It is designed to run through a proxy that checks
//! requests and responses against the spec.

use connectwise_psa::CATALOG;
use connectwise_psa::runtime::{Client, Error, Method, Tool, Value};
use serde_json::{Map, json};
use toolcrate_testing::planner::{self, ArgumentPlanner};

/// A collection of each area whose records can be created, changed and deleted.
const COLLECTIONS: [&str; 11] = [
    "/company/contacts",
    "/expense/entries",
    "/finance/agreements",
    "/marketing/campaigns",
    "/procurement/purchaseorders",
    "/project/projects",
    "/sales/opportunities",
    "/schedule/entries",
    "/service/tickets",
    "/system/callbacks",
    "/time/entries",
];

fn execute(client: &Client, tool: Tool, arguments: &Map<String, Value>) -> Result<Value, Error> {
    let call = async { client.execute(tool, arguments).await.map(|outcome| outcome.value) };
    tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(call))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address = std::env::args().nth(1).ok_or("which server? give the address of the API's root")?;
    let client = e2e::client(&address)?;
    let mut planner = ArgumentPlanner::new(&CATALOG);
    let (mut calls, mut failed) = (0, 0);
    for collection in COLLECTIONS {
        let mut tools: Vec<Tool> = CATALOG
            .tools()
            .filter(|tool| {
                let path = tool.path();
                let rest = path.strip_prefix(collection);
                rest.is_some_and(|rest| matches!(rest, "" | "/{id}" | "/count"))
            })
            .collect();
        tools.sort_by_key(|tool| tool.method() == Method::Delete);
        for tool in tools {
            planner.forget();
            let mut arguments =
                planner.arguments(tool, &mut |tool, arguments| execute(&client, tool, arguments).ok());
            // Responses limited to some fields lack fields that the spec requires.
            arguments.shift_remove("fields");
            let mut result = execute(&client, tool, &arguments);
            while let Err(error) = &result
                && error.status() == Some(400)
                && let Some(better) = planner::corrected(tool, &arguments, &planner::refusal(error))
            {
                arguments = better;
                result = execute(&client, tool, &arguments);
            }
            calls += 1;
            if let Err(error) = result {
                failed += 1;
                println!(
                    "{}",
                    json!({"tool": tool.name(), "error": error.to_json()["error"], "arguments": arguments})
                );
            }
        }
    }
    println!("{}", json!({"calls": calls, "failed": failed}));
    Ok(())
}
