//! Scalars of YAML.

use serde_json::json;

/// `text` as a YAML scalar, which JSON's strings are.
pub fn quoted(text: &str) -> String {
    json!(text.split_whitespace().collect::<Vec<_>>().join(" ")).to_string()
}
