//! Calls every tool through the runtime over HTTP, with arguments drawn from its schema, on a seeded tenant. Each call
//! must succeed, and its response must match the spec.

use std::collections::BTreeMap;

use connectwise_psa::CATALOG;
use connectwise_psa::runtime::{Client, Error, ExecuteOptions, Method, Tool, Value};
use e2e::sandbox;
use e2e::spec::Spec;
use serde_json::Map;
use toolcrate_testing::planner::{self, ArgumentPlanner};

/// Leaves the record as returned by the API, except for its custom fields, which tools return keyed by caption.
fn options() -> ExecuteOptions {
    ExecuteOptions { keep_trimmed: true, ..ExecuteOptions::default() }
}

fn execute(client: &Client, tool: Tool, arguments: &Map<String, Value>) -> Result<Value, Error> {
    let call = async { client.execute_with(tool, arguments, &options()).await.map(|outcome| outcome.value) };
    tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(call))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_tool_works_on_a_seeded_tenant() {
    let (mut server, mut client) = sandbox().await;
    let mut planner = ArgumentPlanner::new(&CATALOG);
    let mut schemas: BTreeMap<String, jsonschema::Validator> = BTreeMap::new();
    let mut failed = BTreeMap::new();
    let mut passed = 0;
    // Destructive tools come last, so there is something to read before.
    let mut tools: Vec<Tool> = CATALOG.tools().collect();
    tools.sort_by_key(|tool| (tool.method() == Method::Delete, tool.annotations().destructive_hint));
    for tool in tools {
        let deletes = tool.method() == Method::Delete;
        if deletes {
            // Records created by other tools may use the ones to be deleted.
            server.stop().await;
            (server, client) = sandbox().await;
            planner.forget();
        }
        let mut arguments =
            planner.arguments(tool, &mut |tool, arguments| execute(&client, tool, arguments).ok());
        let mut outcome = execute(&client, tool, &arguments);
        while let Err(error) = &outcome
            && error.status() == Some(400)
            && let Some(better) = planner::corrected(tool, &arguments, &planner::refusal(error))
        {
            arguments = better;
            outcome = execute(&client, tool, &arguments);
        }
        let problem = match &outcome {
            Err(error) => Some(error.to_string()),
            Ok(value) => {
                let schema = tool.output_schema();
                let key = schema.to_string();
                let validator = schemas
                    .entry(key)
                    .or_insert_with(|| jsonschema::validator_for(&schema).expect("a schema"));
                validator.iter_errors(value).next().map(|error| format!("{}: {error}", error.instance_path()))
            }
        };
        match problem {
            None => passed += 1,
            Some(problem) => {
                let arguments = Value::Object(arguments).to_string();
                failed.insert(tool.name(), format!("{problem:.400} <- {arguments:.300}"));
            }
        }
        if !deletes && !tool.annotations().read_only_hint {
            planner.forget();
        }
    }
    server.stop().await;
    let operations = Spec::read_current().unwrap().operation_count();
    println!(
        "{passed} of {operations} tools worked over HTTP on the sandbox and answered what the spec says"
    );
    failed.iter().take(60).for_each(|(tool, problem)| println!("{tool}: {problem}"));
    assert_eq!(passed, operations);
}
