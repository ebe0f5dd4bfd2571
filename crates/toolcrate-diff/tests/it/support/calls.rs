//! Draws tool calls from argument schemas, and checks whether another release accepts them.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use toolcrate_diff::{Change, ChangeLevel, DiffReport, Severity, Snapshot};
use toolcrate_runtime::catalog::ArgumentLocation;
use toolcrate_runtime::{Client, Credentials, Error, HeaderMap, Tool};

use toolcrate_testing::tool_checks;

struct Nobody;

impl Credentials for Nobody {
    fn apply(&self, _: &mut HeaderMap) -> Result<(), Error> {
        Ok(())
    }
}

/// Creates a client that validates calls without sending any.
pub fn client(tool: Tool) -> Client {
    Client::builder(tool.catalog().api()).base_url("https://localhost/").credentials(Nobody).build().unwrap()
}

/// Returns true if the runtime accepts these arguments.
pub fn takes(client: &Client, tool: Tool, arguments: &Value) -> bool {
    client.prepare(tool, arguments).is_ok()
}

/// Returns calls of `tool`: with a minimum of arguments, with all of them, and each argument in turn with
/// each significant value for its schema. Calls that the tool itself rejects are left out.
pub fn calls_of(client: &Client, tool: Tool) -> Vec<Value> {
    let mut schema = tool.input_schema_value();
    // A filter is checked by a separate grammar, which no release changes.
    for (name, target) in &tool.details().request.arguments {
        if target.location == ArgumentLocation::Filter {
            schema["properties"].as_object_mut().unwrap().shift_remove(name.as_ref());
        }
    }
    let mut calls = samples(&schema);
    calls.retain(|call| takes(client, tool, call));
    calls
}

/// Returns values for a schema; the first has all properties, and the second as few as possible.
fn samples(schema: &Value) -> Vec<Value> {
    if let Some(values) = schema["enum"].as_array() {
        return values.clone();
    }
    let kinds: Vec<&str> = match &schema["type"] {
        Value::String(kind) => vec![kind.as_str()],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => vec!["string", "object", "number"],
    };
    kinds.into_iter().flat_map(|kind| samples_of_kind(schema, kind)).collect()
}

fn samples_of_kind(schema: &Value, kind: &str) -> Vec<Value> {
    match kind {
        "boolean" => vec![json!(true), json!(false)],
        "integer" | "number" => numbers(schema, kind == "number"),
        "string" => texts(schema),
        "array" => {
            let items = samples(&schema["items"]);
            let least = schema["minItems"].as_u64().unwrap_or(0).max(1) as usize;
            let lists = items.iter().map(|item| Value::Array(vec![item.clone(); least]));
            let mut lists: Vec<Value> = lists.collect();
            if schema["minItems"].as_u64().unwrap_or(0) == 0 {
                lists.push(json!([]));
            }
            if let Some(most) = schema["maxItems"].as_u64().filter(|most| *most < 200) {
                lists.extend(items.first().map(|item| Value::Array(vec![item.clone(); most as usize])));
            }
            lists
        }
        "object" => objects(schema),
        "null" => vec![Value::Null],
        other => panic!("no schema of ours has the type {other}"),
    }
}

fn numbers(schema: &Value, fractions: bool) -> Vec<Value> {
    let (least, most) = (schema["minimum"].as_f64(), schema["maximum"].as_f64());
    let whole = |number: f64| if number.fract() == 0.0 { json!(number as i64) } else { json!(number) };
    let mut numbers: Vec<Value> = [least, most].into_iter().flatten().map(whole).collect();
    let middle = least.unwrap_or(0.0).max(most.map_or(7.0, |most| most.min(7.0)));
    numbers.insert(0, whole(middle.round()));
    if least.is_none() {
        numbers.push(json!(-3));
    }
    if most.is_none() {
        numbers.push(json!(1_000_000));
    }
    if fractions {
        numbers.push(json!(middle + 0.5));
    }
    numbers
}

/// Returns strings of minimum and maximum length, and some values for the format.
fn texts(schema: &Value) -> Vec<Value> {
    let least = schema["minLength"].as_u64().unwrap_or(0) as usize;
    let most = schema["maxLength"].as_u64().unwrap_or(400) as usize;
    let mut texts = vec!["x".repeat(least.max(1).min(most)), "x".repeat(most), "x".repeat(least)];
    let forms = ["2025-01-31T00:00:00Z", "2025-01-31", "00000000-0000-4000-8000-000000000000", "aGk="];
    texts.extend(forms.map(str::to_owned));
    match schema["format"].as_str() {
        Some("date-time") => texts.insert(0, forms[0].to_owned()),
        Some("date") => texts.insert(0, forms[1].to_owned()),
        _ => {}
    }
    texts.into_iter().map(Value::from).collect()
}

fn objects(schema: &Value) -> Vec<Value> {
    let empty = Map::new();
    let properties = schema["properties"].as_object().unwrap_or(&empty);
    let members: Vec<(&String, Vec<Value>)> =
        properties.iter().map(|(name, node)| (name, samples(node))).collect();
    let required: Vec<&str> =
        schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let first = |is_in: &dyn Fn(&str) -> bool| -> Map<String, Value> {
        let chosen = members.iter().filter(|(name, values)| is_in(name) && !values.is_empty());
        chosen.map(|(name, values)| ((*name).clone(), values[0].clone())).collect()
    };
    let (full, least) = (first(&|_| true), first(&|name| required.contains(&name)));
    let mut objects = vec![Value::Object(full), Value::Object(least.clone())];
    for (name, values) in &members {
        for value in values {
            let mut object = least.clone();
            object.insert((*name).clone(), value.clone());
            objects.push(Value::Object(object));
        }
    }
    if schema["additionalProperties"].is_object() {
        for value in samples(&schema["additionalProperties"]) {
            let mut object = least.clone();
            object.insert("anything".to_owned(), value);
            objects.push(Value::Object(object));
        }
    } else if schema["additionalProperties"] != false {
        let mut object = least;
        object.insert("anything".to_owned(), json!("x"));
        objects.push(Value::Object(object));
    }
    objects
}

/// Returns true for changes that a caller notices before anything is sent, as opposed to changes in responses
/// or tool selection. The filter is left out, because no calls are drawn for it.
fn refuses(change: &&Change) -> bool {
    let id = change.kind.id();
    change.level == ChangeLevel::Tools
        && change.member.as_deref() != Some("filter")
        && change.severity == Severity::Breaking
        && (id.starts_with("tool-argument-") || id == "tool-removed" || id == "tool-renamed")
}

/// Returns the old names of the tools for which `report` contains a change that rejects calls.
fn said(report: &DiffReport) -> BTreeSet<String> {
    let renamed = |new: &str| {
        let change = report
            .changes
            .iter()
            .find(|change| change.kind.id() == "tool-renamed" && change.new.as_deref() == Some(new));
        change.and_then(|change| change.old.clone())
    };
    let name = |change: &Change| renamed(&change.subject).unwrap_or_else(|| change.subject.clone());
    report.changes.iter().filter(refuses).map(name).collect()
}

/// The number of tools and calls that were tried.
#[derive(Default)]
pub struct Tried {
    /// The number of tools.
    pub tools: usize,
    /// The number of calls.
    pub calls: usize,
    /// The tools whose classification contradicts their calls.
    pub wrong: Vec<String>,
}

/// Tries the calls of every `each`th unchanged tool, and of all changed ones.
pub fn try_calls(old: &Snapshot, new: &Snapshot, report: &DiffReport, each: usize) -> Tried {
    let (olds, news) = (tool_checks::catalog(&old.catalog), tool_checks::catalog(&new.catalog));
    let said = said(report);
    let mut tried = Tried::default();
    let Some(any) = olds.tools().next() else { return tried };
    let client = client(any);
    for (number, tool) in olds.tools().enumerate() {
        let now = news.get(tool.name());
        let same = now.is_some_and(|now| now.input_schema() == tool.input_schema());
        if same && number % each != 0 && !said.contains(tool.name()) {
            continue;
        }
        let calls = calls_of(&client, tool);
        tried.tools += 1;
        tried.calls += calls.len();
        let refused = calls.iter().find(|call| now.is_none_or(|now| !takes(&client, now, call)));
        match (refused, said.contains(tool.name())) {
            (Some(call), false) => {
                let why = now.and_then(|now| client.prepare(now, call).err()).map(|error| error.to_string());
                tried.wrong.push(format!("{} is not said to break, but {call}: {why:?}", tool.name()));
            }
            (None, true) => {
                let changes = report.changes.iter().filter(refuses);
                let changes = changes.filter(|change| change.subject == tool.name());
                let changes: Vec<&str> = changes.map(|change| change.sentence.as_str()).collect();
                tried.wrong.push(format!("{} is said to break, but takes all: {changes:?}", tool.name()));
            }
            _ => {}
        }
    }
    tried
}
