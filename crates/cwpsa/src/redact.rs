//! What is nobody's business is taken out of arguments before they are written down: the values of members whose names
//! say that they are secret, wherever such a name stands, and the rest of long texts.

use connectwise_psa::runtime::Value;
use serde_json::{Map, json};

/// What stands in the place of a secret.
const HIDDEN: &str = "***";
/// Texts are cut to so many characters.
const LONGEST: usize = 200;
/// Longer texts are not looked at for JSON.
const LONGEST_JSON: usize = 64 << 10;

/// A name that holds one of these, in any case and whatever stands between its words, is one of a secret.
const HOLDS: [&str; 12] = [
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
/// So is a name with one of these as a word.
const WORDS: [&str; 6] = ["pin", "ssn", "cvv", "cvc", "otp", "jwt"];
/// And one that ends in `key` behind another word, but for these, which are no secrets.
const OPEN_KEYS: [&str; 14] = [
    "primary", "foreign", "public", "type", "sort", "group", "hot", "short", "tur", "mon", "don", "hoc",
    "whis", "jersey",
];
/// Members that name what another member of the same object is the value of: a JSON Patch operation's path, the caption
/// of a field of the account's own, the question that is answered.
const NAMING: [&str; 7] = ["path", "from", "caption", "question", "name", "field", "key"];
/// And those values.
const NAMED: [&str; 2] = ["value", "answer"];

/// The value without what is secret and what is long.
pub fn redacted(value: &Value) -> Value {
    match value {
        Value::String(text) => json!(shortened(text)),
        Value::Object(members) => {
            let names_secret = members.iter().any(|(name, value)| {
                NAMING.contains(&&*name.to_ascii_lowercase()) && value.as_str().is_some_and(is_secret_path)
            });
            let members = members.iter().map(|(name, value)| {
                let named = names_secret && NAMED.contains(&&*name.to_ascii_lowercase());
                let hidden = can_be_secret(value) && (named || is_secret(name));
                (name.clone(), if hidden { json!(HIDDEN) } else { redacted(value) })
            });
            Value::Object(members.collect::<Map<_, _>>())
        }
        Value::Array(items) => items.iter().map(redacted).collect(),
        other => other.clone(),
    }
}

/// `null` says that there is none, and a yes or no about a secret is none.
fn can_be_secret(value: &Value) -> bool {
    !matches!(value, Value::Null | Value::Bool(_))
}

/// The beginning of a text. Some models write objects and lists as text.
fn shortened(text: &str) -> String {
    let is_json = text.len() <= LONGEST_JSON && text.trim_start().starts_with(['{', '[']);
    let inner = is_json.then(|| serde_json::from_str::<Value>(text).ok()).flatten();
    let inner = inner.map(|inner| redacted(&inner).to_string());
    let text = inner.as_deref().unwrap_or(text);
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Whether a part of a path names a secret, or a caption of some words does.
fn is_secret_path(path: &str) -> bool {
    path.len() <= LONGEST_JSON && path.split(['/', '.']).any(is_secret)
}

/// Whether the value of a member of this name is a secret.
fn is_secret(name: &str) -> bool {
    let words = words(name);
    let whole = words.concat();
    if HOLDS.iter().any(|part| whole.contains(part)) || words.iter().any(|word| WORDS.contains(&&**word)) {
        return true;
    }
    let before = whole.strip_suffix("key").or_else(|| whole.strip_suffix("keys"));
    before.is_some_and(|before| !before.is_empty() && !OPEN_KEYS.iter().any(|open| before.ends_with(open)))
}

/// The words of a name in lower case: `portalPassword`, `portal_password`, `Portal Password`.
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
    fn names_of_secrets_are_known_and_others_are_left() {
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
    fn a_secret_is_hidden_whatever_names_it() {
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
            "customFields": [{"caption": "Door PIN", "value": 4711}, {"caption": "Colour", "value": "red"}],
            "questions": [{"question": "Admin password", "answer": "HUSH"}],
            "written": r#"[{"path": "/pin", "value": "HUSH"}]"#,
            "disableFlag": {"token": null},
        });
        let told = redacted(&arguments);
        let text = told.to_string();
        assert!(!text.contains("HUSH") && !text.contains("4711"), "{text}");
        assert_eq!(
            told["operations"][0],
            json!({"op": "replace", "path": "/portalPassword", "value": "***"})
        );
        assert_eq!(told["operations"][2]["value"], json!({"licenseKey": "***", "name": "Ada"}));
        assert_eq!(told["operations"][4]["value"], "a");
        assert_eq!(told["operations"][5]["value"], true);
        assert_eq!(told["customFields"][1], json!({"caption": "Colour", "value": "red"}));
        assert_eq!(told["disableFlag"], json!({"token": null}));
    }

    #[test]
    fn long_texts_are_cut() {
        let told = redacted(&json!({"text": "é".repeat(500), "short": "a"}));
        assert_eq!(told["text"].as_str().unwrap().chars().count(), LONGEST + 1);
        assert_eq!(told["short"], "a");
    }
}
