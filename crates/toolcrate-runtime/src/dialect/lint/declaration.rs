//! Lint rules for everything in a declaration except the argument schema: names, descriptions, and properties.

use serde_json::{Map, Value};

use super::finding::LintFindings;
use crate::dialect::tool_dialect::ToolDialect;

/// Checks a declaration except for its schemas, which are returned with their pointers.
pub(super) fn check<'d>(
    dialect: &dyn ToolDialect,
    declaration: &'d Value,
    findings: &mut LintFindings,
) -> Vec<(String, &'d Value)> {
    let Some((members, pointer)) = open_envelope(dialect, declaration, findings) else { return Vec::new() };
    let rules = dialect.rules();
    check_properties(members, rules.properties, &pointer, findings);
    check_name(dialect, members, &pointer, findings);
    check_description(rules.max_description, members, &pointer, findings);
    dialect.check_declaration(declaration, findings);
    let mut schemas = Vec::new();
    for name in rules.schemas {
        let pointer = format!("{pointer}/{name}");
        match members.get(*name) {
            Some(Value::Null) | None if rules.schemas_are_optional => {}
            Some(schema) => schemas.push((pointer, schema)),
            None => findings.add("declaration", pointer, "is missing"),
        }
    }
    schemas
}

/// Returns a declaration's properties with their pointer, or `None` if there are none to check.
fn open_envelope<'d>(
    dialect: &dyn ToolDialect,
    declaration: &'d Value,
    findings: &mut LintFindings,
) -> Option<(&'d Map<String, Value>, String)> {
    let Some(members) = declaration.as_object() else {
        findings.add("declaration", "", "expected an object");
        return None;
    };
    let Some(envelope) = dialect.rules().envelope else { return Some((members, String::new())) };
    check_properties(members, &["type", envelope], "", findings);
    if declaration["type"] != envelope {
        findings.add("declaration", "/type", format!("must be \"{envelope}\""));
    }
    let pointer = format!("/{envelope}");
    let Some(members) = declaration[envelope].as_object() else {
        findings.add("declaration", pointer, "expected an object");
        return None;
    };
    Some((members, pointer))
}

fn check_properties(
    members: &Map<String, Value>,
    allowed: &[&str],
    pointer: &str,
    findings: &mut LintFindings,
) {
    for name in members.keys().filter(|name| !allowed.contains(&name.as_str())) {
        findings.add("declaration", format!("{pointer}/{name}"), format!("unknown property \"{name}\""));
    }
}

fn check_name(
    dialect: &dyn ToolDialect,
    members: &Map<String, Value>,
    pointer: &str,
    findings: &mut LintFindings,
) {
    let name = members.get("name").and_then(Value::as_str).unwrap_or_default();
    if !dialect.accepts_name(name) {
        let message = format!("\"{name}\" must have 1 to 64 letters");
        findings.add("name", format!("{pointer}/name"), message);
    }
}

fn check_description(
    max_characters: Option<usize>,
    members: &Map<String, Value>,
    pointer: &str,
    findings: &mut LintFindings,
) {
    let text = members.get("description").and_then(Value::as_str).unwrap_or_default();
    let pointer = format!("{pointer}/description");
    if text.trim().is_empty() {
        findings.add("description", pointer, "is missing");
    } else if let Some(max) = max_characters.filter(|max| text.chars().count() > *max) {
        findings.add("description", pointer, format!("expected at most {max} characters"));
    }
}
