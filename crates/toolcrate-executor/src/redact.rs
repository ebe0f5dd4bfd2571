//! Redacts arguments for the audit log.
//!
//! Values whose property name suggests a secret are masked, at any depth and wherever the name appears, including
//! within expressions such as filters. Long strings are truncated.

use serde_json::{Map, Value, json};

use crate::redact_expression::mask_literals;
use crate::secret_names::{MASK, is_secret};

/// Length in characters to which strings are truncated.
const MAX_CHARACTERS: usize = 200;
/// Longer strings aren't parsed as JSON.
const MAX_JSON_BYTES: usize = 64 << 10;

/// Properties that name the value of another property in the same object: the path of a JSON Patch operation, the
/// caption of a custom field, the question of a survey response.
const NAMING_PROPERTIES: [&str; 7] = ["path", "from", "caption", "question", "name", "field", "key"];
/// The properties that contain such values.
const NAMED_PROPERTIES: [&str; 2] = ["value", "answer"];

/// Returns `value` with secrets masked and long strings truncated.
pub fn redact(value: &Value) -> Value {
    match value {
        Value::String(text) => json!(truncate(text)),
        Value::Object(members) => {
            let names_secret = members.iter().any(|(name, value)| {
                NAMING_PROPERTIES.contains(&&*name.to_ascii_lowercase())
                    && value.as_str().is_some_and(is_secret_path)
            });
            let members = members.iter().map(|(name, value)| {
                let named = names_secret && NAMED_PROPERTIES.contains(&&*name.to_ascii_lowercase());
                let hidden = can_be_secret(value) && (named || is_secret(name));
                (name.clone(), if hidden { json!(MASK) } else { redact(value) })
            });
            Value::Object(members.collect::<Map<_, _>>())
        }
        Value::Array(items) => items.iter().map(redact).collect(),
        other => other.clone(),
    }
}

/// Neither `null` nor a Boolean can be a secret.
fn can_be_secret(value: &Value) -> bool {
    !matches!(value, Value::Null | Value::Bool(_))
}

/// Truncates a string. Some models encode objects and arrays as JSON text, so such text is redacted too.
fn truncate(text: &str) -> String {
    let is_json = text.len() <= MAX_JSON_BYTES && text.trim_start().starts_with(['{', '[']);
    let inner = is_json.then(|| serde_json::from_str::<Value>(text).ok()).flatten();
    let masked = match inner {
        Some(inner) => Some(redact(&inner).to_string()),
        // Reads beyond the shown characters, because a name further on may cause a literal among them to be masked.
        None => mask_literals(&text[..floor(text, MAX_JSON_BYTES)]),
    };
    let text = masked.as_deref().unwrap_or(text);
    match text.char_indices().nth(MAX_CHARACTERS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Returns the largest character boundary that is at most `index`.
fn floor(text: &str, index: usize) -> usize {
    (0..=index.min(text.len())).rev().find(|index| text.is_char_boundary(*index)).unwrap_or(0)
}

/// Returns true if a path segment or a caption indicates a secret.
fn is_secret_path(path: &str) -> bool {
    path.len() <= MAX_JSON_BYTES && path.split(['/', '.']).any(is_secret)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secret_is_masked_in_every_position() {
        let arguments = json!({
            "id": 501,
            "operations": [
                {"op": "replace", "path": "/portalPassword", "value": "HUSH"},
                {"op": "add", "path": "/logins/0/encryptionKey", "value": {"any": "HUSH"}},
                {"op": "add", "path": "", "value": {"licenseKey": "HUSH", "name": "Ada"}},
                {"op": "move", "from": "/portalPassword", "path": "/notes"},
                {"op": "replace", "path": "/summary", "value": "a"},
                {"op": "replace", "path": "/portalPasswordFlag", "value": true},
            ],
            "customFields": [{"caption": "Door PIN", "value": 4711}, {"caption": "Color", "value": "red"}],
            "questions": [{"question": "Admin password", "answer": "HUSH"}],
            "written": r#"[{"path": "/pin", "value": "HUSH"}]"#,
            "disableFlag": {"token": null},
        });
        let redacted = redact(&arguments);
        let text = redacted.to_string();
        assert!(!text.contains("HUSH") && !text.contains("4711"), "{text}");
        assert_eq!(
            redacted["operations"][0],
            json!({"op": "replace", "path": "/portalPassword", "value": "***"})
        );
        assert_eq!(redacted["operations"][2]["value"], json!({"licenseKey": "***", "name": "Ada"}));
        assert_eq!(redacted["operations"][4]["value"], "a");
        assert_eq!(redacted["operations"][5]["value"], true);
        assert_eq!(redacted["customFields"][1], json!({"caption": "Color", "value": "red"}));
        assert_eq!(redacted["disableFlag"], json!({"token": null}));
    }

    #[test]
    fn secrets_in_expressions_are_masked() {
        let arguments = json!({
            "conditions": "portalPassword = 'HUSH' and id > 5",
            "customFieldConditions": "caption = \"Door PINs\" AND value = \"4711\"",
            "filter": {"login/apiKey": {"like": "HUSH*"}},
            "customFields": {"Pincode": "4711", "CVV2": 123, "Rack": "7"},
        });
        let redacted = redact(&arguments);
        let text = redacted.to_string();
        assert!(!text.contains("HUSH") && !text.contains("4711") && !text.contains("123"), "{text}");
        assert_eq!(redacted["customFieldConditions"], "caption = \"Door PINs\" AND value = \"***\"");
        assert_eq!(redacted["customFields"]["Rack"], "7");
    }

    #[test]
    fn long_strings_are_truncated() {
        let redacted = redact(&json!({"text": "é".repeat(500), "short": "a"}));
        assert_eq!(redacted["text"].as_str().unwrap().chars().count(), MAX_CHARACTERS + 1);
        assert_eq!(redacted["short"], "a");
    }
}
