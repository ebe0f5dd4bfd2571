//! Checks that every tool must pass, whatever its spec. The generated catalog is read the same way as in the runtime.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use toolcrate_runtime::catalog::{ArgumentLocation, CatalogText};
use toolcrate_runtime::{Api, Catalog, OperationKind, Tool};

static API: Api = Api::new("Test", "test");

/// Maximum length of a short name: an MCP host prepends `mcp__`, an 11-letter server name and `__`, and accepts 64
/// characters.
const MAX_SHORT_NAME: usize = 46;

/// Returns true if `name` matches `^[a-z][a-z0-9_]{0,62}$`.
fn is_tool_name(name: &str) -> bool {
    name.len() <= 63
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_')
}

/// Returns the catalog in `files`. Its contents are leaked, because they are static in a real program.
pub fn catalog(files: &BTreeMap<String, String>) -> &'static Catalog {
    let files = files.iter().filter_map(|(path, text)| Some((path.strip_prefix("catalog/")?, text.as_str())));
    Box::leak(Box::new(Catalog::new(&API, CatalogText::leak(files))))
}

/// Returns the problems with the tools in `catalog`, each with the tool's name.
pub fn problems(catalog: &'static Catalog) -> Vec<String> {
    let mut names = BTreeSet::new();
    let mut answers = BTreeMap::new();
    let mut found = Vec::new();
    for tool in catalog.tools() {
        let mut wrong = schema_problems(&tool.input_schema_value());
        request_problems(tool, &mut wrong);
        let response = tool.details().response;
        // Many tools return the same record.
        let answer = (format!("{:?}", response.schema), response.list);
        wrong.extend(answers.entry(answer).or_insert_with(|| compile_problem(&tool.output_schema())).clone());
        for name in [tool.name(), tool.short_name()] {
            if !is_tool_name(name) || !names.insert(name) {
                wrong.push(format!("the name {name} is taken, or none"));
            }
        }
        if tool.short_name().len() > MAX_SHORT_NAME {
            wrong.push("the short name is too long".to_owned());
        }
        hint_problems(tool, &mut wrong);
        if tool.description().len() < 10 || tool.title().is_empty() {
            wrong.push("words are missing".to_owned());
        }
        found.extend(wrong.into_iter().map(|wrong| format!("{}: {wrong}", tool.name())));
    }
    found
}

/// Returns the problems with a tool's hints: tools that may overwrite or remove data must be marked as destructive, and
/// tools that only read or add data must not.
fn hint_problems(tool: Tool, wrong: &mut Vec<String>) {
    let hints = tool.annotations();
    let is_destructive = match tool.kind() {
        _ if hints.read_only_hint => Some(false),
        OperationKind::Create => Some(false),
        OperationKind::Update | OperationKind::Replace | OperationKind::Delete => Some(true),
        _ => None,
    };
    if is_destructive.is_some_and(|expected| expected != hints.destructive_hint) {
        wrong.push(format!("destructiveHint of a {} is {}", tool.kind(), hints.destructive_hint));
    }
}

/// Returns the problems with a tool's argument schema.
pub fn schema_problems(schema: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    node_problems(schema, "", &mut wrong);
    if schema["type"] != "object" || schema["additionalProperties"] != false {
        wrong.push("the root is no closed object".to_owned());
    }
    if !schema["properties"].is_object() {
        wrong.push("the root has no properties".to_owned());
    }
    wrong.extend(compile_problem(schema));
    wrong
}

/// Returns the reason why `schema` isn't a JSON Schema that can validate arguments.
fn compile_problem(schema: &Value) -> Option<String> {
    if let Err(error) = jsonschema::draft202012::meta::validate(schema) {
        return Some(format!("no JSON Schema at {}: {error}", error.instance_path()));
    }
    jsonschema::draft202012::new(schema).err().map(|error| format!("a schema that can't be used: {error}"))
}

fn node_problems(node: &Value, place: &str, wrong: &mut Vec<String>) {
    let Some(members) = node.as_object() else {
        wrong.push(format!("{place} is not an object"));
        return;
    };
    for forbidden in ["$ref", "$defs", "oneOf", "anyOf", "allOf", "nullable"] {
        // Only the root may require one of several arguments.
        let is_choice = place.is_empty() && matches!(forbidden, "anyOf" | "allOf");
        if members.contains_key(forbidden) && !is_choice {
            wrong.push(format!("{place} has {forbidden}"));
        }
    }
    let kinds: Vec<&str> = match &node["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => vec![],
    };
    if kinds.is_empty() {
        wrong.push(format!("{place} has no type"));
    }
    if kinds.contains(&"array") {
        node_problems(&node["items"], &format!("{place}/items"), wrong);
    }
    if let Some(values) = members.get("enum").map(|values| values.as_array().cloned().unwrap_or_default()) {
        let is_allowed = |value: &&Value| match value {
            Value::String(_) => kinds.contains(&"string"),
            Value::Bool(_) => kinds.contains(&"boolean"),
            Value::Number(number) => {
                kinds.contains(&"number") || (kinds.contains(&"integer") && !number.is_f64())
            }
            _ => false,
        };
        let allowed: BTreeSet<String> = values.iter().filter(is_allowed).map(Value::to_string).collect();
        if values.is_empty() || allowed.len() != values.len() {
            wrong.push(format!("{place} has an enum that is not of different scalars of its type"));
        }
    }
    for (name, child) in node["properties"].as_object().into_iter().flatten() {
        node_problems(child, &format!("{place}/{name}"), wrong);
    }
    if node["additionalProperties"].is_object() {
        node_problems(&node["additionalProperties"], &format!("{place}/*"), wrong);
    }
    let required: Vec<&str> =
        node["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    for (at, name) in required.iter().enumerate() {
        if node["properties"].get(name).is_none() {
            wrong.push(format!("{place} requires {name}, which it does not have"));
        }
        if required[..at].contains(name) {
            wrong.push(format!("{place} requires {name} twice"));
        }
    }
}

/// Returns the problems with the mapping from a tool's arguments to a request: each path placeholder must be filled by
/// one required argument, and nothing else may go into the path.
fn request_problems(tool: Tool, wrong: &mut Vec<String>) {
    let record = tool.details();
    let schema = tool.input_schema_value();
    for binding in std::iter::once(None).chain((0..record.bindings.len()).map(Some)) {
        let operation = record.operation(binding);
        let mut wanted: Vec<&str> = operation.http.placeholders().collect();
        let arguments = &operation.request.arguments;
        let in_path = arguments.iter().filter(|(_, target)| target.location == ArgumentLocation::Path);
        let in_path: Vec<(&str, &str)> =
            in_path.map(|(argument, target)| (argument.as_ref(), target.name_or(argument))).collect();
        let mut bound: Vec<&str> = in_path.iter().map(|(_, name)| *name).collect();
        bound.sort_unstable();
        wanted.sort_unstable();
        if bound != wanted {
            wrong.push(format!("the path {} is filled by {bound:?}", operation.http.path));
        }
        for (argument, _) in in_path {
            if !operation.required.iter().any(|name| name == argument) {
                wrong.push(format!("the path needs {argument}, which is not required"));
            }
        }
        for argument in arguments.keys() {
            if schema["properties"].get(argument.as_ref()).is_none() {
                wrong.push(format!("{argument} is sent but not in the schema"));
            }
        }
    }
}
