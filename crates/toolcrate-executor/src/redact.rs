//! Redacts arguments for the audit log: values of properties whose names suggest a secret are masked, at any depth and
//! wherever the name is given, and long strings are truncated.

use serde_json::{Map, Value, json};

/// Replaces a secret.
const MASK: &str = "***";
/// Strings are truncated to this many characters.
const MAX_CHARACTERS: usize = 200;
/// Longer strings are not parsed as JSON.
const MAX_JSON_BYTES: usize = 64 << 10;

/// A name that contains one of these, ignoring case and separators, names a secret.
const SECRET_PARTS: [&str; 12] = [
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "pwd",
    "secret",
    "token",
    "credential",
    "base64",
    "cardnumber",
    "creditcard",
    "securitycode",
];
/// So does a name with one of these as a word.
const SECRET_WORDS: [&str; 6] = ["pin", "ssn", "cvv", "cvc", "otp", "jwt"];
/// So does a name that ends in `key` after another word, except these.
const HARMLESS_KEYS: [&str; 14] = [
    "primary", "foreign", "public", "type", "sort", "group", "hot", "short", "tur", "mon", "don", "hoc",
    "whis", "jersey",
];
/// Properties that name what another property of the same object is the value of: the path of a JSON Patch operation,
/// the caption of a custom field, the question of an answer.
const NAMING_PROPERTIES: [&str; 7] = ["path", "from", "caption", "question", "name", "field", "key"];
/// The properties that hold such values.
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

/// Neither `null` nor a boolean about a secret is one.
fn can_be_secret(value: &Value) -> bool {
    !matches!(value, Value::Null | Value::Bool(_))
}

/// Truncates a string. Some models write objects and arrays as JSON text, so that is redacted too.
fn truncate(text: &str) -> String {
    let is_json = text.len() <= MAX_JSON_BYTES && text.trim_start().starts_with(['{', '[']);
    let inner = is_json.then(|| serde_json::from_str::<Value>(text).ok()).flatten();
    let inner = inner.map(|inner| redact(&inner).to_string());
    let text = inner.as_deref().unwrap_or(text);
    match text.char_indices().nth(MAX_CHARACTERS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Returns true if a segment of a path, or a caption, names a secret.
fn is_secret_path(path: &str) -> bool {
    path.len() <= MAX_JSON_BYTES && path.split(['/', '.']).any(is_secret)
}

/// Returns true if the value of a property of this name is a secret.
fn is_secret(name: &str) -> bool {
    let words = words(name);
    let whole = words.concat();
    if SECRET_PARTS.iter().any(|part| whole.contains(part))
        || words.iter().any(|word| SECRET_WORDS.contains(&&**word))
    {
        return true;
    }
    let before = whole.strip_suffix("key").or_else(|| whole.strip_suffix("keys"));
    before
        .is_some_and(|before| !before.is_empty() && !HARMLESS_KEYS.iter().any(|open| before.ends_with(open)))
}

/// Splits a name such as `portalPassword`, `portal_password` or `Portal Password` into lower case words.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let (mut was_lower, mut goes_on) = (false, false);
    for c in name.chars() {
        if !c.is_alphanumeric() {
            goes_on = false;
            continue;
        }
        let begins = !goes_on || was_lower && c.is_uppercase();
        if begins {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.extend(c.to_lowercase());
        }
        (was_lower, goes_on) = (c.is_lowercase() || c.is_numeric(), true);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets_are_recognized() {
        for name in [
            "password",
            "portalPassword",
            "nAblePassword",
            "clientSecret",
            "token",
            "privateKey",
            "encryptionKey",
            "licenseKey",
            "productKey",
            "apiKey",
            "api_key",
            "API-KEY",
            "x-api-key",
            "accessKeys",
            "content_base64",
            "pin",
            "cardPin",
            "PIN Code",
            "ssn",
            "cvv",
            "creditCardNumber",
            "wifi passphrase",
            "ACCESSKEY",
            "userPWD",
        ] {
            assert!(is_secret(name), "{name}");
        }
        for name in [
            "keyword",
            "keywords",
            "key",
            "keys",
            "primaryKey",
            "foreignKey",
            "publicKey",
            "typeKey",
            "sortKey",
            "shippingInstructions",
            "spin",
            "mapping",
            "pinned",
            "opinion",
            "monkey",
            "turkey",
            "accountNumber",
            "serialNumber",
            "taxId",
            "reportCard",
            "path",
            "summary",
            "passenger",
            "compass",
            "pattern",
        ] {
            assert!(!is_secret(name), "{name}");
        }
    }

    #[test]
    fn secret_is_masked_whatever_names_it() {
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
    fn long_strings_are_truncated() {
        let redacted = redact(&json!({"text": "é".repeat(500), "short": "a"}));
        assert_eq!(redacted["text"].as_str().unwrap().chars().count(), MAX_CHARACTERS + 1);
        assert_eq!(redacted["short"], "a");
    }
}
