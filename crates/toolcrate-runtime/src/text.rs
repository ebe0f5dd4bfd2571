//! Converts values to text, and limits the length of text from external sources.

use serde_json::Value;

/// Returns a value as text for a URL, a header or a form: a string unchanged, anything else as JSON.
pub(crate) fn to_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Returns the items of a list that is sent as a single value.
pub(crate) fn joined(items: &[Value], separator: char) -> String {
    let items: Vec<String> = items.iter().map(to_text).collect();
    items.join(separator.encode_utf8(&mut [0; 4]))
}

/// Returns the first characters of a text, with an ellipsis instead of the rest.
pub(crate) fn bounded(text: &str, max_characters: usize) -> String {
    match text.char_indices().nth(max_characters) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
