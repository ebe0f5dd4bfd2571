//! Arguments of meta tools. They are checked against the tool's schema before anything is done, like those of any other
//! tool: a misspelled argument must not become a call without it.

use serde_json::{Map, json};
use toolcrate_runtime::{ArgumentSchema, Error, Value};

/// Reads and checks arguments.
///
/// # Errors
/// Returns `InvalidArguments` with each problem.
pub(super) fn validate(
    input_schema: &Map<String, Value>,
    schema: &ArgumentSchema,
    mut arguments: Map<String, Value>,
) -> Result<Map<String, Value>, Error> {
    // Null means that an argument is not given.
    arguments.retain(|_, value| !value.is_null());
    let properties = input_schema.get("properties");
    for (name, value) in &mut arguments {
        let expected = properties.and_then(|properties| properties[name]["type"].as_str());
        if let (Some(expected @ ("array" | "object")), Some(text)) = (expected, value.as_str()) {
            *value = read_text(expected, text);
        }
    }
    let arguments = Value::Object(arguments);
    schema.check(&arguments)?;
    match arguments {
        Value::Object(arguments) => Ok(arguments),
        _ => Ok(Map::new()),
    }
}

/// The value that is meant by a text where an array or an object is expected. Some models write it as JSON text, and a
/// list of one item as that item.
fn read_text(expected: &str, text: &str) -> Value {
    match (expected, serde_json::from_str(text)) {
        ("array", Ok(value @ Value::Array(_))) | ("object", Ok(value @ Value::Object(_))) => value,
        ("array", _) => json!([text]),
        _ => json!(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_read_as_what_the_schema_expects() {
        assert_eq!(read_text("array", "a"), json!(["a"]));
        assert_eq!(read_text("array", "[\"a\", \"b\"]"), json!(["a", "b"]));
        assert_eq!(read_text("array", "{\"a\": 1}"), json!(["{\"a\": 1}"]));
        assert_eq!(read_text("object", "{\"id\": 1}"), json!({"id": 1}));
        assert_eq!(read_text("object", "id=1"), json!("id=1"));
    }
}
