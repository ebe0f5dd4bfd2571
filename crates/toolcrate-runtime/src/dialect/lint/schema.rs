//! Rules about the schema of the arguments, node by node.

use serde_json::Value;

use super::Findings;
use crate::dialect::{Dialect, gemini, is_free, keys, limits, properties, required, strict, types};
use crate::patch::escape;

/// Keywords of JSON Schema that a catalog's schemas are made of.
const KEYWORDS: [&str; 20] = [
    "type",
    "description",
    "title",
    "enum",
    "default",
    "format",
    "pattern",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "properties",
    "required",
    "additionalProperties",
    "items",
    "minItems",
    "maxItems",
];
/// Keywords that OpenAI enforces.
const STRICT: [&str; 16] = [
    "type",
    "description",
    "enum",
    "format",
    "pattern",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "properties",
    "required",
    "additionalProperties",
    "items",
    "minItems",
    "maxItems",
];
/// Members of Gemini's schema.
const GEMINI: [&str; 16] = [
    "type",
    "format",
    "title",
    "description",
    "nullable",
    "enum",
    "items",
    "minItems",
    "maxItems",
    "properties",
    "required",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "pattern",
];
const TYPES: [&str; 7] = ["string", "number", "integer", "boolean", "array", "object", "null"];

/// Checks a schema from its root.
pub(super) fn root(dialect: Dialect, schema: &Value, at: &str, findings: &mut Findings) {
    if schema.get("type").is_none_or(|kind| kind != "object") || !schema["properties"].is_object() {
        findings.add("root", at, "must be an object with properties");
    }
    if dialect == Dialect::Anthropic {
        for (name, _) in properties(schema).filter(|(name, _)| !keys::is_plain(name)) {
            let message = format!("\"{name}\" is not a name of 1 to 64 letters");
            findings.add("property-name", format!("{at}/properties/{}", escape(name)), message);
        }
    }
    if dialect == Dialect::OpenAiStrict {
        for message in limits::exceeded(schema) {
            findings.add("limit", at, message);
        }
    }
    if dialect != Dialect::Gemini && jsonschema::draft202012::meta::validate(schema).is_err() {
        findings.add("json-schema", at, "is not a valid JSON Schema 2020-12");
    }
    visit(dialect, schema, at, findings);
}

fn visit(dialect: Dialect, node: &Value, at: &str, findings: &mut Findings) {
    let Some(members) = node.as_object() else {
        findings.add("type", at, "must be an object");
        return;
    };
    let known: &[&str] = match dialect {
        Dialect::OpenAiStrict => &STRICT,
        Dialect::Gemini => &GEMINI,
        _ => &KEYWORDS,
    };
    for name in members.keys() {
        if matches!(name.as_str(), "$ref" | "$defs" | "definitions") {
            findings.add("reference", format!("{at}/{}", escape(name)), "references are dropped or refused");
        } else if !known.contains(&name.as_str()) {
            let message = format!("\"{name}\" is not taken in this dialect");
            findings.add("keyword", format!("{at}/{}", escape(name)), message);
        }
    }
    kinds(dialect, node, at, findings);
    values(dialect, node, at, findings);
    object(dialect, node, at, findings);
    for (name, member) in properties(node) {
        visit(dialect, member, &format!("{at}/properties/{}", escape(name)), findings);
    }
    if let Some(items) = node.get("items") {
        visit(dialect, items, &format!("{at}/items"), findings);
    }
    if let Some(further) = node.get("additionalProperties").filter(|further| !further.is_boolean()) {
        visit(dialect, further, &format!("{at}/additionalProperties"), findings);
    }
}

fn kinds(dialect: Dialect, node: &Value, at: &str, findings: &mut Findings) {
    let kinds = types(node);
    if kinds.is_empty() || kinds.iter().any(|kind| !TYPES.contains(kind)) {
        findings.add("type", at, "every node needs a type");
    }
    if kinds.contains(&"array") && !node.get("items").is_some_and(Value::is_object) {
        findings.add("items", at, "a list needs a schema of its items");
    }
    if dialect == Dialect::Gemini && node["type"].is_array() {
        findings.add("union", at, "a node has one type here, and nullable for null");
    }
    let mixed = kinds.iter().filter(|kind| **kind != "null").count() > 1
        && kinds.iter().any(|kind| matches!(*kind, "object" | "array"));
    if dialect == Dialect::OpenAiStrict && mixed {
        findings.add("union", at, "an object or a list can't be one of several types here");
    }
}

fn values(dialect: Dialect, node: &Value, at: &str, findings: &mut Findings) {
    let kinds = types(node);
    if let Some(values) = node.get("enum") {
        let values = values.as_array().map(Vec::as_slice).unwrap_or_default();
        let unique = values.iter().enumerate().all(|(index, value)| !values[..index].contains(value));
        if values.is_empty()
            || !unique
            || !values.iter().all(|value| kinds.iter().any(|kind| is(value, kind)))
        {
            findings.add("enum", at, "must list values of the node's type, each once");
        }
        let texts = values.iter().all(|value| value.as_str().is_some_and(|text| !text.is_empty()));
        if dialect == Dialect::Gemini && !texts {
            findings.add("enum-text", at, "only text that is not empty can be listed here");
        }
    }
    if let Some(format) = node.get("format") {
        let format = format.as_str().unwrap_or_default();
        let kind = kinds.first().copied().unwrap_or_default();
        let taken = match dialect {
            Dialect::Gemini => gemini::accepts(kind, format),
            Dialect::OpenAiStrict => strict::FORMATS.contains(&format),
            _ => true,
        };
        if !taken {
            findings.add("format", at, format!("the format \"{format}\" is not taken in this dialect"));
        }
    }
}

fn object(dialect: Dialect, node: &Value, at: &str, findings: &mut Findings) {
    let needed = required(node);
    let has = |name: &str| properties(node).any(|(other, _)| other == name);
    for name in needed.iter().filter(|name| !has(name)) {
        findings.add("required", at, format!("there is no property \"{name}\""));
    }
    if !types(node).contains(&"object") {
        return;
    }
    let depth = at.matches('/').count();
    match dialect {
        Dialect::OpenAiStrict => {
            if node.get("additionalProperties") != Some(&Value::Bool(false)) {
                findings.add("closed", at, "every object must forbid further properties");
            }
            for (name, _) in properties(node).filter(|(name, _)| !needed.contains(&name.as_str())) {
                findings.add("all-required", at, format!("\"{name}\" must be required, and may be nullable"));
            }
            // The root may be empty: a function without arguments.
            if is_free(node) && depth > 2 {
                findings.add("free-form", at, "an object without properties can only be empty here");
            }
        }
        Dialect::Gemini if is_free(node) => {
            findings.add("free-form", at, "an object needs properties here");
        }
        _ => {}
    }
}

fn is(value: &Value, kind: &str) -> bool {
    match kind {
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => value.is_null(),
    }
}
