//! Lint rules for a declaration's argument schema, which are checked node by node.

use serde_json::Value;

use super::finding::LintFindings;
use crate::dialect::schema_keywords::{properties, property, required, types};
use crate::dialect::tool_dialect::ToolDialect;
use crate::patch::escape;

const TYPES: [&str; 7] = ["string", "number", "integer", "boolean", "array", "object", "null"];

/// Checks a schema, starting at its root.
pub(super) fn check(dialect: &dyn ToolDialect, schema: &Value, pointer: &str, findings: &mut LintFindings) {
    if schema.get("type").is_none_or(|kind| kind != "object") || !schema["properties"].is_object() {
        findings.add("root", pointer, "must be an object with properties");
    }
    dialect.check_root(schema, pointer, findings);
    if dialect.rules().is_json_schema && jsonschema::draft202012::meta::validate(schema).is_err() {
        findings.add("json-schema", pointer, "is not a valid JSON Schema 2020-12");
    }
    visit(dialect, schema, pointer, findings);
}

fn visit(dialect: &dyn ToolDialect, node: &Value, pointer: &str, findings: &mut LintFindings) {
    let Some(members) = node.as_object() else {
        findings.add("type", pointer, "expected an object");
        return;
    };
    for name in members.keys() {
        let at = || format!("{pointer}/{}", escape(name));
        if matches!(name.as_str(), "$ref" | "$defs" | "definitions") {
            findings.add("reference", at(), "references are not supported");
        } else if !dialect.rules().keywords.contains(&name.as_str()) {
            findings.add("keyword", at(), format!("\"{name}\" is not supported by this dialect"));
        }
    }
    check_type(node, pointer, findings);
    check_values(dialect, node, pointer, findings);
    for name in required(node).into_iter().filter(|name| property(node, name).is_none()) {
        findings.add("required", pointer, format!("unknown property \"{name}\""));
    }
    dialect.check_node(node, pointer, findings);
    for (name, member) in properties(node) {
        visit(dialect, member, &format!("{pointer}/properties/{}", escape(name)), findings);
    }
    if let Some(items) = node.get("items") {
        visit(dialect, items, &format!("{pointer}/items"), findings);
    }
    if let Some(further) = node.get("additionalProperties").filter(|further| !further.is_boolean()) {
        visit(dialect, further, &format!("{pointer}/additionalProperties"), findings);
    }
}

fn check_type(node: &Value, pointer: &str, findings: &mut LintFindings) {
    let kinds = types(node);
    if kinds.is_empty() || kinds.iter().any(|kind| !TYPES.contains(kind)) {
        findings.add("type", pointer, "every node needs a type");
    }
    if kinds.contains(&"array") && !node.get("items").is_some_and(Value::is_object) {
        findings.add("items", pointer, "an array needs an items schema");
    }
}

fn check_values(dialect: &dyn ToolDialect, node: &Value, pointer: &str, findings: &mut LintFindings) {
    let kinds = types(node);
    if let Some(values) = node.get("enum") {
        let values = values.as_array().map(Vec::as_slice).unwrap_or_default();
        let is_unique = values.iter().enumerate().all(|(index, value)| !values[..index].contains(value));
        let is_typed = values.iter().all(|value| kinds.iter().any(|kind| has_type(value, kind)));
        if values.is_empty() || !is_unique || !is_typed {
            findings.add("enum", pointer, "must list distinct values of the node's type");
        }
    }
    if let Some(format) = node.get("format") {
        let format = format.as_str().unwrap_or_default();
        let kind = kinds.first().copied().unwrap_or_default();
        if !dialect.accepts_format(kind, format) {
            let message = format!("the format \"{format}\" is not supported by this dialect");
            findings.add("format", pointer, message);
        }
    }
}

fn has_type(value: &Value, kind: &str) -> bool {
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
