//! How big the schema of a strict function may be, as OpenAI documents it. A schema beyond a limit is refused as
//! a whole, so it is measured before it is declared strict.

use serde_json::Value;

use super::properties;

/// Characters of a function's description.
pub(super) const DESCRIPTION: usize = 1024;
const PROPERTIES: usize = 5000;
const LEVELS: usize = 10;
const CHARACTERS: usize = 120_000;
const VALUES: usize = 1000;
/// An enum with more values than this may have no more than so many characters.
const LONG_ENUM: (usize, usize) = (250, 15_000);

#[derive(Default)]
struct Size {
    properties: usize,
    levels: usize,
    characters: usize,
    values: usize,
    long_enum: Option<(usize, usize)>,
}

/// The limits that a schema exceeds, each in a sentence.
pub(super) fn exceeded(schema: &Value) -> Vec<String> {
    let mut size = Size::default();
    measure(schema, 1, &mut size);
    let mut reasons = Vec::new();
    let mut over = |what: &str, value: usize, most: usize| {
        if value > most {
            reasons.push(format!("it has {value} {what}; {most} are allowed"));
        }
    };
    over("properties", size.properties, PROPERTIES);
    over("levels", size.levels, LEVELS);
    over("characters in names and enums", size.characters, CHARACTERS);
    over("enum values", size.values, VALUES);
    if let Some((values, characters)) = size.long_enum {
        reasons.push(format!(
            "an enum of {values} values has {characters} characters; {} are allowed",
            LONG_ENUM.1
        ));
    }
    reasons
}

fn measure(node: &Value, level: usize, size: &mut Size) {
    let is = |kind: &str| super::types(node).contains(&kind);
    if is("object") || is("array") {
        size.levels = size.levels.max(level);
    }
    if let Some(values) = node.get("enum").and_then(Value::as_array) {
        let characters = values.iter().filter_map(Value::as_str).map(|text| text.chars().count()).sum();
        size.values += values.len();
        size.characters += characters;
        if values.len() > LONG_ENUM.0 && characters > LONG_ENUM.1 {
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
    fn each_limit_is_told() {
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
            (json!({"type": "object", "properties": many}), "it has 5001 properties; 5000 are allowed"),
            (deep, "it has 11 levels; 10 are allowed"),
            (
                json!({"type": "object", "properties": {long: {"type": "string"}}}),
                "it has 120001 characters in names and enums; 120000 are allowed",
            ),
            (json!({"type": "string", "enum": values(1001, 4)}), "it has 1001 enum values; 1000 are allowed"),
            (
                json!({"type": "string", "enum": values(251, 60)}),
                "an enum of 251 values has 15060 characters; 15000 are allowed",
            ),
        ] {
            assert_eq!(exceeded(&schema), [said]);
        }
        assert!(exceeded(&json!({"type": "object", "properties": {"a": {"type": "string"}}})).is_empty());
    }
}
