//! Parses a JSON or YAML document into a single tree.

use std::cell::RefCell;

use serde::de::DeserializeSeed as _;
use serde_json::Value;

use super::value_seed::ValueSeed;
use crate::diagnostic::{CodegenError, Report};

/// Parses `text`, which is JSON if it starts with a brace. Parts that are nested too deeply, or that are
/// specified twice, are reported.
///
/// # Errors
/// - `E002` if it is neither JSON nor YAML, or isn't an object.
/// - `E007` if it has infinitely recursive YAML aliases.
pub fn read(text: &str, report: &mut Report) -> Result<Value, CodegenError> {
    if text.trim_start().starts_with('{') { json(text, report) } else { yaml(text, report) }
}

fn json(text: &str, report: &mut Report) -> Result<Value, CodegenError> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let own = RefCell::default();
    let read = ValueSeed::new(&own).deserialize(&mut deserializer);
    match read.and_then(|value| deserializer.end().map(|()| value)) {
        Ok(value) => {
            report.extend(own.into_inner());
            Ok(value)
        }
        Err(error) => {
            // YAML that starts with a brace is a superset of JSON.
            if let Ok(value) = yaml(text, report) {
                return Ok(value);
            }
            let location = format!("line {} column {}", error.line(), error.column());
            let what = if error.is_eof() { "ends too early (is it truncated?)" } else { "is not valid JSON" };
            Err(CodegenError::new("E002", format!("the spec {what}: {error}")).at(location))
        }
    }
}

fn yaml(text: &str, report: &mut Report) -> Result<Value, CodegenError> {
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
    let own = RefCell::default();
    let value = ValueSeed::new(&own).deserialize(serde_yaml::Deserializer::from_str(text)).map_err(syntax)?;
    if !value.is_object() {
        let message = "the spec is not an object; expected an OpenAPI document in JSON or YAML";
        return Err(CodegenError::new("E002", message).at("line 1"));
    }
    report.extend(own.into_inner());
    Ok(value)
}
