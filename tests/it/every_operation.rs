//! Tests every operation in the spec, both as a tool and as a typed function: it must make the request that the spec
//! requires, and no input may be lost.

use std::collections::BTreeMap;
use std::path::Path;

use connectwise_psa::CATALOG;
use connectwise_psa::runtime::catalog::{ArgumentLocation, BodyFormat};
use connectwise_psa::runtime::{Tool, ToolRecord};
use e2e::spec::Spec;
use e2e::{AUTHORIZATION, CLIENT_ID, client};
use serde_json::{Map, Value, json};
use toolcrate_testing::sample;
use wiremock::{Mock, MockServer, Request, ResponseTemplate, matchers};

async fn mount_empty_object(server: &MockServer) {
    Mock::given(matchers::any())
        .respond_with(ResponseTemplate::new(200).set_body_raw("{}", "application/json"))
        .mount(server)
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_tool_sends_its_request() {
    let server = MockServer::start().await;
    mount_empty_object(&server).await;
    let client = client(&server.uri()).unwrap();
    // The account has no readable definitions, and writes don't look for any.
    client.enrich().await.unwrap();
    server.reset().await;
    mount_empty_object(&server).await;
    let mut wrong = Vec::new();
    let mut passed = 0;
    for tool in CATALOG.tools() {
        let mut arguments = sample::arguments(&tool.input_schema_value());
        // Arguments that select another operation are covered by the tests of the contract tools.
        let record = tool.details();
        for binding in &record.bindings {
            arguments.remove(binding.when.as_ref());
        }
        // A structured filter is tested with its first field.
        if let Some(field) = first_field(tool) {
            arguments.insert("filter".to_owned(), json!({field: null}));
            // Only complete conditions are combined with it.
            for name in ["conditions", "childConditions", "customFieldConditions"] {
                if let Some(conditions) = arguments.get_mut(name) {
                    *conditions = json!("id > 0 or id = \"a/b ü\"");
                }
            }
        }
        set_custom_fields(&mut arguments, &json!({"Region": "West"}));
        let cleared = take_cleared(&record, &mut arguments);
        if let Err(error) = client.execute(tool, &arguments).await {
            wrong.push(format!("{}: {}", tool.name(), error.to_json()));
            continue;
        }
        let requests = server.received_requests().await.unwrap_or_default();
        server.reset().await;
        mount_empty_object(&server).await;
        // They are keyed by caption in the arguments, and a list in the request.
        set_custom_fields(&mut arguments, &json!([{"caption": "Region", "value": "West"}]));
        let problems = match &requests[..] {
            [request] => problems(tool, &record, first_field(tool), &arguments, cleared.as_deref(), request),
            other => vec![format!("{} requests were sent", other.len())],
        };
        if problems.is_empty() {
            passed += 1;
        } else {
            wrong.push(format!("{}: {}", tool.name(), problems.join("; ")));
        }
    }
    let operations = Spec::read_current().unwrap().operation_count();
    println!("{passed} of {operations} tools made the request that the spec asks for");
    wrong.iter().take(50).for_each(|tool| println!("{tool}"));
    assert_eq!(passed, operations);
}

/// Clears one field instead of setting it, if the tool supports that; returns its name.
fn take_cleared(record: &ToolRecord<'_>, arguments: &mut Map<String, Value>) -> Option<String> {
    let argument = record.request.clear_argument()?;
    let targets = &record.request.arguments;
    let member = arguments.keys().rfind(|name| !targets.contains_key(name.as_str()))?.clone();
    arguments.remove(&member);
    arguments.insert(argument.to_owned(), json!([member]));
    Some(member)
}

/// Sets custom fields wherever a record has them.
fn set_custom_fields(members: &mut Map<String, Value>, fields: &Value) {
    for (name, member) in members {
        match member {
            _ if name == "customFields" => *member = fields.clone(),
            Value::Object(members) => set_custom_fields(members, fields),
            Value::Array(items) => {
                for members in items.iter_mut().filter_map(Value::as_object_mut) {
                    set_custom_fields(members, fields);
                }
            }
            _ => {}
        }
    }
}

/// Returns the problems with the request that a tool builds from `arguments`, according to the catalog's
/// record.
fn problems(
    tool: Tool,
    record: &ToolRecord<'_>,
    field: Option<String>,
    arguments: &Map<String, Value>,
    cleared: Option<&str>,
    request: &Request,
) -> Vec<String> {
    let mut problems = Vec::new();
    if request.method.as_str() != record.http.method.as_str() {
        problems.push(format!("the verb is {}", request.method));
    }
    let header = |name: &str| request.headers.get(name).and_then(|value| value.to_str().ok());
    if header("authorization") != Some(AUTHORIZATION) || header("clientid") != Some(CLIENT_ID) {
        problems.push("the credentials are missing".to_owned());
    }
    let template = record.http.request_path();
    let path = request.url.path();
    if template.matches('/').count() != path.matches('/').count() {
        problems.push(format!("the path {path} does not fit {template}"));
    }
    for (part, sent) in template.split('/').zip(path.split('/')) {
        if !part.contains('{') && !part.eq(sent) {
            problems.push(format!("the path {path} does not fit {template}"));
        }
        if sent.contains(['{', '}']) {
            problems.push(format!("a placeholder was not filled: {path}"));
        }
    }
    let query: BTreeMap<String, String> = request.url.query_pairs().into_owned().collect();
    let body: Value = serde_json::from_slice(&request.body).unwrap_or(Value::Null);
    let body_text = String::from_utf8_lossy(&request.body);
    let shape = tool.shape(record);
    for (argument, value) in arguments {
        let Some((location, name)) = record.location(shape, argument) else {
            problems.push(format!("the argument {argument} goes nowhere"));
            continue;
        };
        let is_sent = match (location, record.request.body) {
            (ArgumentLocation::Path | ArgumentLocation::Header | ArgumentLocation::Cookie, _) => true,
            (ArgumentLocation::Query, _) => query.contains_key(name),
            (ArgumentLocation::WholeBody | ArgumentLocation::Members, _) => !body.is_null(),
            (ArgumentLocation::Patch, _) => body.as_array().is_some_and(|operations| !operations.is_empty()),
            (ArgumentLocation::Clear, _) => body.as_array().is_some_and(|operations| {
                let removal = json!({"op": "remove", "path": format!("/{}", cleared.unwrap_or_default())});
                operations.contains(&removal)
            }),
            (ArgumentLocation::Filter, _) => field.as_ref().is_none_or(|field| {
                query.get("conditions").is_some_and(|text| text.contains(&format!("({field} = null)")))
            }),
            (ArgumentLocation::Body, BodyFormat::Multipart) => {
                body_text.contains(&format!("name=\"{name}\""))
            }
            (ArgumentLocation::Body, BodyFormat::Patch) => body.as_array().is_some_and(|operations| {
                operations.iter().any(|operation| {
                    operation["path"] == format!("/{name}")
                        && operation["op"] == "replace"
                        && operation["value"] == *value
                })
            }),
            (ArgumentLocation::Body, _) => body.get(name) == Some(value),
        };
        if !is_sent {
            problems.push(format!("the argument {argument} was lost"));
        }
    }
    problems
}

/// Returns a field that the tool's filter accepts.
fn first_field(tool: Tool) -> Option<String> {
    tool.filter_fields().into_iter().next()
}

#[test]
fn every_typed_function_sends_its_tools_request() {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("../generated/src");
    let mut typed: BTreeMap<String, (String, String)> = BTreeMap::new();
    for module in CATALOG.modules() {
        for entry in std::fs::read_dir(sources.join(module)).unwrap() {
            let path = entry.unwrap().path();
            // The area's models are in a folder.
            if path.is_dir() {
                continue;
            }
            let text = std::fs::read_to_string(path).unwrap();
            // Each function's comment contains its tool; method and path are the next two literals.
            for function in text.split("· tool [`").skip(1) {
                let tool = function.split('`').next().unwrap();
                let (_, rest) = function.split_once("Request::new(").unwrap();
                let (_, rest) = rest.split_once("Method::").unwrap();
                let method = rest.split(',').next().unwrap().to_uppercase();
                let path = rest.split('"').nth(1).unwrap();
                let known = typed.insert(tool.to_owned(), (method, path.to_owned()));
                assert_eq!(known, None, "two functions are one tool");
            }
        }
    }
    for tool in CATALOG.tools() {
        let (method, path) = &typed[tool.name()];
        assert_eq!(*method, tool.method().as_str(), "{}", tool.name());
        assert_eq!(*path, tool.request_path(), "{}", tool.name());
    }
    let operations = Spec::read_current().unwrap().operation_count();
    println!("{} of {operations} typed functions make the request of their tool", typed.len());
    assert_eq!(typed.len(), operations);
}
