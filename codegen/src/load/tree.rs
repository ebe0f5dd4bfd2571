//! Parses a JSON or YAML document into a single tree.

use serde_json::Value;

use crate::diagnostic::CodegenError;

/// Maximum nesting of a document. Real documents have about twenty levels, and the time to reject a faulty
/// schema doubles with each level around it.
const MAX_NESTING: usize = 40;

/// Parses `text`, which is JSON if it starts with a brace.
///
/// # Errors
/// - `E002` if it is neither JSON nor YAML, or isn't an object.
/// - `E005` if it is nested too deeply.
/// - `E007` if it has infinitely recursive YAML aliases.
pub fn read(text: &str) -> Result<Value, CodegenError> {
    if text.trim_start().starts_with('{') { json(text) } else { yaml(text) }
}

fn json(text: &str) -> Result<Value, CodegenError> {
    check_depth(depth_of_text(text))?;
    serde_json::from_str(text).or_else(|error| {
        // YAML that starts with a brace is a superset of JSON.
        if let Ok(value) = yaml(text) {
            return Ok(value);
        }
        let location = format!("line {} column {}", error.line(), error.column());
        let what = if error.is_eof() { "ends too early (is it truncated?)" } else { "is not valid JSON" };
        Err(CodegenError::new("E002", format!("the spec {what}: {error}")).at(location))
    })
}

fn yaml(text: &str) -> Result<Value, CodegenError> {
    let syntax = |error: serde_yaml::Error| {
        let location = error.location().map(|at| format!("line {} column {}", at.line(), at.column()));
        let message = error.to_string();
        let diagnostic = if message.contains("recursion limit") || message.contains("repetition limit") {
            CodegenError::new("E007", format!("an alias refers to itself or expands endlessly: {message}"))
        } else {
            CodegenError::new("E002", format!("the spec is neither JSON nor valid YAML: {message}"))
        };
        match location {
            Some(location) => diagnostic.at(location),
            None => diagnostic,
        }
    };
    let mut value: serde_yaml::Value = serde_yaml::from_str(text).map_err(syntax)?;
    if !value.is_mapping() {
        let message = "the spec is not an object; expected an OpenAPI document in JSON or YAML";
        return Err(CodegenError::new("E002", message).at("line 1"));
    }
    value.apply_merge().map_err(syntax)?;
    check_depth(depth_of_value(&value))?;
    Ok(json_of(value))
}

fn check_depth(depth: usize) -> Result<(), CodegenError> {
    if depth <= MAX_NESTING {
        return Ok(());
    }
    let message = format!("the spec is nested {depth} levels deep (expected at most {MAX_NESTING})");
    Err(CodegenError::new("E005", message).at("/"))
}

/// Returns the nesting depth of objects and arrays in JSON text.
fn depth_of_text(text: &str) -> usize {
    let (mut depth, mut deepest, mut in_text, mut escaped) = (0usize, 0, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'{' | b'[' if !in_text => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

fn depth_of_value(value: &serde_yaml::Value) -> usize {
    1 + match value {
        serde_yaml::Value::Sequence(items) => items.iter().map(depth_of_value).max().unwrap_or(0),
        serde_yaml::Value::Mapping(members) => members.values().map(depth_of_value).max().unwrap_or(0),
        _ => 0,
    }
}

/// Converts YAML to JSON, in which every key is a string, including a status (`200:`).
fn json_of(value: serde_yaml::Value) -> Value {
    match value {
        serde_yaml::Value::Mapping(members) => {
            let member = |(key, value)| (key_of(json_of(key)), json_of(value));
            Value::Object(members.into_iter().map(member).collect())
        }
        serde_yaml::Value::Sequence(items) => items.into_iter().map(json_of).collect(),
        serde_yaml::Value::Tagged(tagged) => json_of(tagged.value),
        plain => serde_json::to_value(plain).unwrap_or_default(),
    }
}

fn key_of(key: Value) -> String {
    match key {
        Value::String(text) => text,
        other => other.to_string(),
    }
}
