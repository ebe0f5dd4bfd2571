//! Computes fingerprints of calls. Identical calls have identical digests across replicas and server versions.

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use toolcrate_runtime::Tool;

/// Returns the hexadecimal SHA-256 of account, tool and arguments, as JSON with sorted properties.
pub(crate) fn call_digest(account: &str, tool: Tool, arguments: &Value) -> String {
    sha256_hex(&sorted(&json!({"account": account, "arguments": arguments, "tool": tool.name()})).to_string())
}

/// Returns the hexadecimal SHA-256 of a string.
pub fn sha256_hex(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Returns the first 64 bits of a string's SHA-256, in hexadecimal: enough to detect accidental changes.
pub fn short_fingerprint(text: &str) -> String {
    let mut digest = sha256_hex(text);
    digest.truncate(16);
    digest
}

fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(properties) => {
            let mut properties: Vec<(&String, &Value)> = properties.iter().collect();
            properties.sort_unstable_by_key(|(name, _)| *name);
            let properties = properties.into_iter().map(|(name, value)| (name.clone(), sorted(value)));
            Value::Object(properties.collect::<Map<_, _>>())
        }
        Value::Array(items) => items.iter().map(sorted).collect(),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::CATALOG;

    #[test]
    fn only_equal_calls_have_equal_digests() {
        let tool = CATALOG.get("create_a_loan").unwrap();
        let arguments = json!({"bookId": 7, "text": "a", "deep": {"b": [1, {"d": 1, "c": 2}], "a": null}});
        let other_order: Value = serde_json::from_str(
            r#"{"deep": {"a": null, "b": [1, {"c": 2, "d": 1}]}, "text": "a", "bookId": 7}"#,
        )
        .unwrap();
        let digest = call_digest("acme", tool, &arguments);
        assert_eq!(digest, call_digest("acme", tool, &other_order));
        let mut all = vec![digest.clone()];
        let mut changed = arguments.clone();
        changed["deep"]["b"][0] = json!("1");
        all.push(call_digest("acme", tool, &changed));
        all.push(call_digest("other", tool, &arguments));
        all.push(call_digest("acme", CATALOG.get("create_a_book").unwrap(), &arguments));
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 4);
        // Replicas with different versions share a store, so digests must never change.
        assert_eq!(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }
}
