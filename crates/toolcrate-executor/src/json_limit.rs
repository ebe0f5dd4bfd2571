//! Limits the size of JSON that callers or an API could make arbitrarily large.

use serde_json::{Map, Value, json};
use toolcrate_runtime::json_size;

/// Maximum size of an error in bytes of JSON.
pub const MAX_ERROR_BYTES: usize = 32 << 10;
/// Maximum depth of a shortened value.
const MAX_DEPTH: usize = 64;
/// Maximum string lengths and list sizes, for successive attempts.
const ATTEMPTS: [(usize, usize); 7] =
    [(4000, 400), (2000, 100), (1000, 50), (500, 20), (200, 10), (100, 5), (40, 3)];

/// Returns `value` if it is at most `max_bytes` long. Otherwise, truncates long strings and lists, noting how much was
/// omitted, while preserving the structure.
pub fn limit_json(value: Value, max_bytes: usize) -> Value {
    if json_size(&value) <= max_bytes {
        return value;
    }
    for (max_characters, max_entries) in ATTEMPTS {
        let shorter = shorten(&value, max_characters, max_entries, MAX_DEPTH);
        if json_size(&shorter) <= max_bytes {
            return shorter;
        }
    }
    let bytes = json_size(&value);
    json!({"warnings": [format!("{bytes} bytes omitted (limit: {max_bytes})")]})
}

/// Truncates a string, noting how many characters were omitted.
pub fn limit_text(text: &str, max_characters: usize) -> String {
    match text.char_indices().nth(max_characters) {
        Some((end, _)) => {
            format!("{}… ({} more characters)", &text[..end], text[end..].chars().count())
        }
        None => text.to_owned(),
    }
}

fn shorten(value: &Value, max_characters: usize, max_entries: usize, depth: usize) -> Value {
    let inner = |value: &Value| shorten(value, max_characters, max_entries, depth - 1);
    match value {
        Value::String(text) => json!(limit_text(text, max_characters)),
        Value::Array(_) | Value::Object(_) if depth == 0 => json!("…"),
        Value::Array(items) => {
            let mut shorter: Vec<Value> = items.iter().take(max_entries).map(inner).collect();
            if items.len() > max_entries {
                shorter.push(json!(format!("… ({} more)", items.len() - max_entries)));
            }
            Value::Array(shorter)
        }
        Value::Object(properties) => {
            let first = properties.iter().take(max_entries);
            let mut shorter: Map<String, Value> =
                first.map(|(name, value)| (limit_text(name, max_characters), inner(value))).collect();
            if properties.len() > max_entries {
                shorter.insert("…".to_owned(), json!(format!("{} more", properties.len() - max_entries)));
            }
            Value::Object(shorter)
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn value_within_the_limit_stays_as_it_is() {
        let value = json!({"error": {"message": "x".repeat(5000)}});
        assert_eq!(limit_json(value.clone(), MAX_ERROR_BYTES), value);
    }

    #[test]
    fn value_of_any_shape_is_cut_to_the_limit() {
        let nested = (0..100).fold(json!(1), |inner, _| json!([inner, "xxxxxxxxxx"]));
        for value in [
            json!({"error": {"message": "é".repeat(5_000_000), "kind": "rejected"}}),
            json!({"fields": (0..100_000).map(|n| json!({"pointer": format!("/{n}"), "message": "m"})).collect::<Vec<_>>()}),
            json!({"x".repeat(1_000_000): "y".repeat(1_000_000)}),
            (0..100_000).map(|n| (n.to_string(), json!("a"))).collect::<Map<_, _>>().into(),
            json!((0..200).map(|_| (0..200).collect::<Vec<_>>()).collect::<Vec<_>>()),
        ] {
            let limited = limit_json(value, MAX_ERROR_BYTES);
            assert!(json_size(&limited) <= MAX_ERROR_BYTES, "{}", json_size(&limited));
            assert!(json_size(&limited) > 100, "{limited}");
        }
        let limited = limit_json(nested, 1000);
        assert!(json_size(&limited) <= 1000, "{limited}");
        let error = json!({"error": {"kind": "rejected", "message": "x".repeat(1_000_000)}});
        assert_eq!(limit_json(error, 10_000)["error"]["kind"], "rejected");
    }
}
