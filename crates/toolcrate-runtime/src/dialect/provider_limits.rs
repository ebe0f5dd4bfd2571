//! Documented provider limits on names, descriptions, and the schemas of strict functions. A provider rejects the
//! entire schema if it exceeds a limit, so schemas are measured before they are declared strict.

use serde_json::Value;

use super::schema_keywords::{properties, types};

/// Maximum length of a name in characters, which is the same for all providers.
pub(super) const MAX_NAME: usize = 64;
/// Maximum length of an OpenAI function's description in characters.
pub(super) const MAX_OPENAI_DESCRIPTION: usize = 1024;

/// Maximum number of properties in the schema of a strict function.
const MAX_PROPERTIES: usize = 5000;
/// Maximum nesting depth of objects and lists.
const MAX_LEVELS: usize = 10;
/// Maximum number of characters in all names and enums.
const MAX_CHARACTERS: usize = 120_000;
/// Maximum number of values in all enums.
const MAX_VALUES: usize = 1000;
/// An enum with more values than the first number is limited to the second number of characters.
const MAX_LONG_ENUM: (usize, usize) = (250, 15_000);

/// Returns true if and only if all providers accept a tool with this name.
pub(super) fn is_tool_name(name: &str) -> bool {
    let is_accepted = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    (1..=MAX_NAME).contains(&name.len()) && name.chars().all(is_accepted)
}

#[derive(Default)]
struct SchemaSize {
    properties: usize,
    levels: usize,
    characters: usize,
    values: usize,
    long_enum: Option<(usize, usize)>,
}

/// Returns the limits for strict functions that a schema exceeds, each as a sentence.
pub(super) fn exceeded_limits(schema: &Value) -> Vec<String> {
    let mut size = SchemaSize::default();
    measure(schema, 1, &mut size);
    let mut reasons = Vec::new();
    let mut over = |what: &str, value: usize, most: usize| {
        if value > most {
            reasons.push(format!("expected at most {most} {what}, got {value}"));
        }
    };
    over("properties", size.properties, MAX_PROPERTIES);
    over("levels", size.levels, MAX_LEVELS);
    over("characters in names and enums", size.characters, MAX_CHARACTERS);
    over("enum values", size.values, MAX_VALUES);
    if let Some((values, characters)) = size.long_enum {
        reasons.push(format!(
            "expected at most {} characters in an enum with {values} values, got {characters}",
            MAX_LONG_ENUM.1
        ));
    }
    reasons
}

fn measure(node: &Value, level: usize, size: &mut SchemaSize) {
    let is = |kind: &str| types(node).contains(&kind);
    if is("object") || is("array") {
        size.levels = size.levels.max(level);
    }
    if let Some(values) = node.get("enum").and_then(Value::as_array) {
        let characters = values.iter().filter_map(Value::as_str).map(|text| text.chars().count()).sum();
        size.values += values.len();
        size.characters += characters;
        if values.len() > MAX_LONG_ENUM.0 && characters > MAX_LONG_ENUM.1 {
            size.long_enum = Some((values.len(), characters));
        }
    }
    for (name, member) in properties(node) {
        size.properties += 1;
        size.characters += name.chars().count();
        measure(member, level + 1, size);
    }
    if let Some(items) = node.get("items") {
        measure(items, level + 1, size);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, json};

    use super::*;

    #[test]
    fn each_limit_is_reported() {
        let many: Map<String, Value> =
            (0..5001).map(|n| (format!("p{n}"), json!({"type": "string"}))).collect();
        let mut deep = json!({"type": "string"});
        for _ in 0..11 {
            deep = json!({"type": "object", "properties": {"x": deep}});
        }
        let long = "x".repeat(120_001);
        let values = |count: usize, length: usize| -> Vec<String> {
            (0..count).map(|n| format!("{n:0length$}")).collect()
        };
        for (schema, said) in [
            (json!({"type": "object", "properties": many}), "expected at most 5000 properties, got 5001"),
            (deep, "expected at most 10 levels, got 11"),
            (
                json!({"type": "object", "properties": {long: {"type": "string"}}}),
                "expected at most 120000 characters in names and enums, got 120001",
            ),
            (
                json!({"type": "string", "enum": values(1001, 4)}),
                "expected at most 1000 enum values, got 1001",
            ),
            (
                json!({"type": "string", "enum": values(251, 60)}),
                "expected at most 15000 characters in an enum with 251 values, got 15060",
            ),
        ] {
            assert_eq!(exceeded_limits(&schema), [said]);
        }
        assert!(
            exceeded_limits(&json!({"type": "object", "properties": {"a": {"type": "string"}}})).is_empty()
        );
    }
}
