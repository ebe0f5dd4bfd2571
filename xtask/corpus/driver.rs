//! Calls a generated crate's tools and reads its models, for `check.py` in the same folder.
//!
//! Commands arrive as lines of JSON, and each command gets a one-line response: `{"tools": true}`, `{"call": NAME,
//! "arguments": {…}}` and `{"model": SCHEMA, "value": …}`.

#![recursion_limit = "4096"]

use std::io::{BufRead, Write};

use generated::runtime::{Client, Dialect, Tool};
use generated::{API, CATALOG, Credentials};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let base_url = std::env::args().nth(1).expect("the base URL");
    let client = Client::builder(&API).base_url(&base_url).credentials(CREDENTIALS).build().expect("a client");
    let mut output = std::io::stdout();
    for line in std::io::stdin().lock().lines() {
        let command: Value = serde_json::from_str(&line.expect("a line")).expect("JSON");
        let answer = match (command["call"].as_str(), command["model"].as_str()) {
            (Some(name), _) => call(&client, name, &command["arguments"]).await,
            (None, Some(schema)) => model(schema, command["value"].clone()),
            (None, None) => json!({"tools": CATALOG.tools().map(describe).collect::<Vec<_>>()}),
        };
        writeln!(output, "{answer}").and_then(|()| output.flush()).expect("stdout");
    }
}

/// Returns a tool's arguments, and its declaration in each dialect.
fn describe(tool: Tool) -> Value {
    let details = tool.details();
    let declarations: serde_json::Map<String, Value> = Dialect::ALL
        .into_iter()
        .map(|dialect| (dialect.as_str().to_owned(), tool.declaration(dialect).value))
        .collect();
    json!({
        "name": tool.name(),
        "method": details.http.method.as_str(),
        "path": details.http.path,
        "schema": tool.input_schema_value(),
        "declarations": declarations,
    })
}

async fn call(client: &Client, name: &str, arguments: &Value) -> Value {
    let Some(tool) = CATALOG.get(name) else { return json!({"error": "unknown tool"}) };
    match client.execute(tool, arguments).await {
        Ok(_) => json!({"error": null}),
        Err(error) => json!({"error": error.to_string()}),
    }
}

/// Returns the value after deserializing it as the model and serializing it again.
fn round_trip<T: DeserializeOwned + Serialize>(value: Value) -> Value {
    match serde_json::from_value::<T>(value) {
        Ok(model) => json!({"value": serde_json::to_value(&model).expect("a model is JSON")}),
        Err(error) => json!({"error": error.to_string()}),
    }
}

fn model(schema: &str, value: Value) -> Value {
    match schema {
        MODELS
        _ => json!({"missing": true}),
    }
}
