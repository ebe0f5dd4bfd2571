//! Calls every operation in the spec as a tool, with arguments generated from its schema, on the seeded tenant. Each
//! call must succeed, and its response must match the spec.

use std::collections::BTreeMap;

use connectwise_psa::runtime::catalog::ResponseContent;
use connectwise_psa::runtime::{Client, Method, PreparedBody, PreparedRequest, Secret, Tool};
use connectwise_psa::{API, CATALOG, Credentials};
use cwpsa_sandbox::{MockRequest, MockResponse, Sandbox};
use serde_json::{Map, Value};
use toolcrate_testing::planner::{self, ArgumentPlanner};

use crate::support::engine;

fn client() -> Client {
    let credentials = Credentials {
        company_id: "acme".to_owned(),
        public_key: "public".to_owned(),
        private_key: Secret::from("private"),
        client_id: Secret::from("00000000-0000-0000-0000-000000000000"),
    };
    Client::builder(&API).base_url(engine::ROOT).credentials(credentials).build().expect("a client")
}

/// Returns the call that a prepared request makes.
fn call(request: &PreparedRequest) -> MockRequest {
    let (path, query) = request.url.split_once('?').unwrap_or((&request.url, ""));
    let decode = |text: &str| {
        let text = text.replace('+', " ");
        percent_encoding::percent_decode_str(&text).decode_utf8_lossy().into_owned()
    };
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let mut headers = engine::headers();
    headers.remove("content-type");
    for (name, value) in request.headers.iter().filter(|(_, value)| value != "***") {
        let name = http::HeaderName::from_bytes(name.as_bytes()).expect("a name");
        headers.insert(name, value.parse().expect("a value"));
    }
    let body = match &request.body {
        PreparedBody::Json(value) => {
            headers.insert("content-type", "application/json".parse().expect("a value"));
            value.to_string().into_bytes()
        }
        PreparedBody::Form(parts) => {
            headers.insert("content-type", "multipart/form-data; boundary=XX".parse().expect("a value"));
            let mut body = String::new();
            for (name, text) in parts {
                let file =
                    if name == "file" { "; filename=\"note.txt\"\r\nContent-Type: text/plain" } else { "" };
                body += &format!(
                    "--XX\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n{text}\r\n"
                );
            }
            (body + "--XX--\r\n").into_bytes()
        }
        _ => Vec::new(),
    };
    MockRequest {
        method: request.method.as_str().parse().expect("a verb"),
        path: path.strip_prefix(engine::ROOT).expect("the root").to_owned(),
        query: pairs.map(|(name, value)| (decode(name), decode(value))).collect(),
        headers,
        body: body.into(),
        base_url: engine::ROOT.to_owned(),
    }
}

fn execute(
    client: &Client,
    sandbox: &Sandbox,
    tool: Tool,
    arguments: &Map<String, Value>,
) -> Result<MockResponse, String> {
    let request = client.prepare(tool, arguments).map_err(|error| error.to_json().to_string())?;
    Ok(sandbox.answer(&call(&request)))
}

/// Converts custom fields to the form that tools return, keyed by caption; the API lists them.
fn by_caption(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::Array(fields) if name == "customFields" => {
                        let by_caption = |field: &Value| {
                            Some((field["caption"].as_str()?.to_owned(), field["value"].clone()))
                        };
                        *member = Value::Object(fields.iter().filter_map(by_caption).collect());
                    }
                    member => by_caption(member),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(by_caption),
        _ => {}
    }
}

/// Returns the problems of a response.
fn wrong(tool: Tool, answer: &MockResponse) -> Option<String> {
    let body = String::from_utf8_lossy(&answer.body);
    if !answer.status.is_success() {
        return Some(format!("{} {body}", answer.status.as_u16()));
    }
    match tool.details().response.content {
        ResponseContent::None => {
            (answer.status.as_u16() != 204).then(|| "it should answer nothing".to_owned())
        }
        ResponseContent::Binary => answer.body.is_empty().then(|| "there are no bytes".to_owned()),
        ResponseContent::Json => {
            let mut value: Value = match serde_json::from_slice(&answer.body) {
                Ok(value) => value,
                Err(error) => return Some(format!("{error}: {body}")),
            };
            by_caption(&mut value);
            let validator = jsonschema::validator_for(&tool.output_schema()).expect("a schema");
            validator.iter_errors(&value).next().map(|error| format!("{}: {error}", error.instance_path()))
        }
    }
}

#[test]
fn every_tool_returns_the_schema_of_the_spec() {
    let client = client();
    let mut sandbox = engine::sandbox();
    let mut planner = ArgumentPlanner::new(&CATALOG);
    let mut failed: BTreeMap<&str, String> = BTreeMap::new();
    let mut corrected = Vec::new();
    let mut passed = 0;
    // Destructive tools come last, so there is something to read before.
    let mut tools: Vec<Tool> = CATALOG.tools().collect();
    tools.sort_by_key(|tool| (tool.method() == Method::Delete, tool.annotations().destructive_hint));
    for tool in tools {
        let deletes = tool.method() == Method::Delete;
        if deletes {
            // Records created by other tools may use the ones to be deleted.
            sandbox = engine::sandbox();
            planner.forget();
        }
        let arguments = planner.arguments(tool, &mut |tool, arguments| {
            let answer = execute(&client, &sandbox, tool, arguments).ok()?;
            answer.status.is_success().then(|| engine::json(&answer))
        });
        let mut arguments = arguments;
        let mut outcome = execute(&client, &sandbox, tool, &arguments);
        while let Ok(answer) = &outcome
            && answer.status.as_u16() == 400
            && let Some(better) = planner::corrected(tool, &arguments, &engine::json(answer))
        {
            arguments = better;
            corrected.push(tool.name());
            outcome = execute(&client, &sandbox, tool, &arguments);
        }
        let problem = match &outcome {
            Ok(answer) => wrong(tool, answer),
            Err(error) => Some(error.clone()),
        };
        match problem {
            None => passed += 1,
            Some(problem) => {
                let problem: String = problem.chars().take(400).collect();
                failed.insert(tool.name(), format!("{problem} <- {}", Value::Object(arguments)));
            }
        }
        if !deletes && !tool.annotations().read_only_hint {
            planner.forget();
        }
    }
    println!(
        "{passed} of {} tools returned what the spec says, {} corrected once: {corrected:?}",
        CATALOG.tools().len(),
        corrected.len()
    );
    failed
        .iter()
        .take(60)
        .for_each(|(tool, problem)| println!("{tool}: {}", problem.chars().take(700).collect::<String>()));
    assert_eq!(passed, CATALOG.tools().len());
}
