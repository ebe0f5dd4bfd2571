//! Rules about what stands around the schema: names, descriptions, the members of a declaration.

use serde_json::{Map, Value};

use super::Findings;
use crate::dialect::truto::{CURSOR, METHODS, RESERVED};
use crate::dialect::{Dialect, limits, properties, required};

/// Checks a declaration but for its schemas, which come back with their pointers; `None` if it isn't an object.
pub(super) fn declaration<'d>(
    dialect: Dialect,
    declaration: &'d Value,
    findings: &mut Findings,
) -> Option<Vec<(String, &'d Value)>> {
    let Some(members) = declaration.as_object() else {
        findings.add("declaration", "", "must be an object");
        return None;
    };
    let (at, members) = match dialect {
        Dialect::OpenAi | Dialect::OpenAiStrict => {
            only(members, &["type", "function"], "", findings);
            if declaration["type"] != "function" {
                findings.add("declaration", "/type", "must be \"function\"");
            }
            let Some(function) = declaration["function"].as_object() else {
                findings.add("declaration", "/function", "must be an object");
                return None;
            };
            ("/function", function)
        }
        _ => ("", members),
    };
    name(dialect, members, at, findings);
    description(dialect, members, at, findings);
    let schema = |name: &str, optional: bool, findings: &mut Findings| match members.get(name) {
        Some(Value::Null) | None if optional => None,
        Some(schema) => Some((format!("{at}/{name}"), schema)),
        None => {
            findings.add("declaration", format!("{at}/{name}"), "is missing");
            None
        }
    };
    let mut schemas = Vec::new();
    match dialect {
        Dialect::Mcp => {
            only(members, &["name", "title", "description", "inputSchema", "annotations"], at, findings);
            schemas.extend(schema("inputSchema", false, findings));
        }
        Dialect::OpenAi | Dialect::OpenAiStrict => {
            only(members, &["name", "description", "strict", "parameters"], at, findings);
            let strict = members.get("strict").and_then(Value::as_bool).unwrap_or_default();
            if strict != (dialect == Dialect::OpenAiStrict) {
                findings.add("strict", format!("{at}/strict"), format!("must not be {strict}"));
            }
            schemas.extend(schema("parameters", false, findings));
        }
        Dialect::Anthropic => {
            only(members, &["name", "description", "input_schema"], at, findings);
            schemas.extend(schema("input_schema", false, findings));
        }
        Dialect::Gemini => {
            only(members, &["name", "description", "parameters"], at, findings);
            schemas.extend(schema("parameters", true, findings));
        }
        Dialect::Truto => {
            let known =
                ["name", "description", "resource", "method", "query_schema", "body_schema", "required"];
            only(members, &known, at, findings);
            schemas.extend(schema("query_schema", true, findings));
            schemas.extend(schema("body_schema", true, findings));
            truto(declaration, findings);
        }
    }
    Some(schemas)
}

fn only(members: &Map<String, Value>, known: &[&str], at: &str, findings: &mut Findings) {
    for name in members.keys().filter(|name| !known.contains(&name.as_str())) {
        findings.add("declaration", format!("{at}/{name}"), format!("there is no member \"{name}\""));
    }
}

/// All providers take 64 characters, and Gemini wants a letter or an underscore first.
fn name(dialect: Dialect, members: &Map<String, Value>, at: &str, findings: &mut Findings) {
    let name = members.get("name").and_then(Value::as_str).unwrap_or_default();
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let begins = |c: char| c.is_ascii_alphabetic() || c == '_';
    let first = dialect != Dialect::Gemini || name.starts_with(begins);
    if !(1..=64).contains(&name.len()) || !name.chars().all(fits) || !first {
        findings.add("name", format!("{at}/name"), format!("\"{name}\" is not a name of 1 to 64 letters"));
    }
}

fn description(dialect: Dialect, members: &Map<String, Value>, at: &str, findings: &mut Findings) {
    let text = members.get("description").and_then(Value::as_str).unwrap_or_default();
    let limited = matches!(dialect, Dialect::OpenAi | Dialect::OpenAiStrict);
    if text.trim().is_empty() {
        findings.add("description", format!("{at}/description"), "is missing");
    } else if limited && text.chars().count() > limits::DESCRIPTION {
        let message = format!("has more than {} characters", limits::DESCRIPTION);
        findings.add("description", format!("{at}/description"), message);
    }
}

fn truto(declaration: &Value, findings: &mut Findings) {
    let resource = declaration["resource"].as_str().unwrap_or_default();
    // The resource is a segment of an address and is not encoded.
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if resource.is_empty() || !resource.chars().all(fits) {
        findings.add("route", "/resource", format!("\"{resource}\" is not one plain word"));
    }
    let method = declaration["method"].as_str().unwrap_or_default();
    if method.is_empty() || !method.chars().all(fits) {
        findings.add("route", "/method", format!("\"{method}\" is not one plain word"));
    }
    let (query, body) = (&declaration["query_schema"], &declaration["body_schema"]);
    let has = |schema: &Value, name: &str| properties(schema).any(|(other, _)| other == name);
    for name in RESERVED {
        for (side, schema) in [("query_schema", query), ("body_schema", body)] {
            if has(schema, name) {
                let message = format!("\"{name}\" would overwrite where the call goes");
                findings.add("reserved", format!("/{side}/properties/{name}"), message);
            }
        }
    }
    for (name, _) in properties(query).filter(|(name, _)| has(body, name)) {
        let message = format!("\"{name}\" is in the query and in the body, and would go to both");
        findings.add("clash", format!("/body_schema/properties/{name}"), message);
    }
    let Some(names) = declaration["required"].as_array() else {
        findings.add("required", "/required", "must be a list: that of the schemas is not looked at");
        return;
    };
    for (index, name) in names.iter().enumerate() {
        let name = name.as_str().unwrap_or_default();
        if !has(query, name) && !has(body, name) {
            findings.add(
                "required",
                format!("/required/{index}"),
                format!("there is no property \"{name}\""),
            );
        }
    }
    for (side, schema) in [("query_schema", query), ("body_schema", body)] {
        for name in required(schema).into_iter().filter(|name| !names.iter().any(|other| other == name)) {
            let message =
                format!("\"{name}\" must be named at the tool: what {side} requires is not looked at");
            findings.add("required", "/required", message);
        }
    }
    if matches!(method, "get" | "update" | "delete")
        && (!has(query, "id") || !names.iter().any(|n| n == "id"))
    {
        findings.add("id", "/query_schema/properties/id", "the id must be in the query and required");
    }
    if method == "list" && !has(query, CURSOR) {
        let message = "without it no page but the first can be asked for";
        findings.add("cursor", format!("/query_schema/properties/{CURSOR}"), message);
    }
    if matches!(method, "list" | "get" | "delete") && properties(body).next().is_some() {
        let word = METHODS.iter().find(|word| **word == method).unwrap_or(&"");
        findings.add("body", "/body_schema", format!("{word} is sent without a body"));
    }
}
