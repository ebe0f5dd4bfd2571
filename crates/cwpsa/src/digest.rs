//! A name for one call of one account: equal calls have equal digests, in every copy of the server and every version.

use connectwise_psa::runtime::{Tool, Value};
use serde_json::{Map, json};
use sha2::{Digest, Sha256};

/// The SHA-256 of tool, arguments and account as JSON whose members are in order, in hexadecimal.
pub fn of_call(account: &str, tool: Tool, arguments: &Value) -> String {
    of(&ordered(&json!({"account": account, "arguments": arguments, "tool": tool.name()})).to_string())
}

/// The SHA-256 of a text, in hexadecimal.
pub fn of(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The first 64 bits of the SHA-256 of a text, in hexadecimal: enough to see that something changed by chance.
pub fn short(text: &str) -> String {
    let mut digest = of(text);
    digest.truncate(16);
    digest
}

fn ordered(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut members: Vec<(&String, &Value)> = members.iter().collect();
            members.sort_unstable_by_key(|(name, _)| *name);
            Value::Object(
                members
                    .into_iter()
                    .map(|(name, value)| (name.clone(), ordered(value)))
                    .collect::<Map<_, _>>(),
            )
        }
        Value::Array(items) => items.iter().map(ordered).collect(),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use connectwise_psa::CATALOG;

    #[test]
    fn only_the_same_call_has_the_same_digest() {
        let tool = CATALOG.get("create_a_ticket_note").unwrap();
        let arguments = json!({"ticketId": 7, "text": "a", "deep": {"b": [1, {"d": 1, "c": 2}], "a": null}});
        let other_order: Value = serde_json::from_str(
            r#"{"deep": {"a": null, "b": [1, {"c": 2, "d": 1}]}, "text": "a", "ticketId": 7}"#,
        )
        .unwrap();
        let digest = of_call("acme", tool, &arguments);
        assert_eq!(digest, of_call("acme", tool, &other_order));
        let mut all = vec![digest.clone()];
        let mut changed = arguments.clone();
        changed["deep"]["b"][0] = json!("1");
        all.push(of_call("acme", tool, &changed));
        all.push(of_call("other", tool, &arguments));
        all.push(of_call("acme", CATALOG.get("create_a_ticket").unwrap(), &arguments));
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 4);
        // Copies of different versions share a store, so what is digested never changes.
        assert_eq!(of(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }
}
