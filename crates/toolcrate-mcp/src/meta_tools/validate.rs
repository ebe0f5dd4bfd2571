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

    fn checked(arguments: Value) -> Result<Map<String, Value>, Error> {
        let input_schema = json!({
            "type": "object",
            "properties": {
                "query": {"type": "string"},
                "limit": {"type": "integer", "minimum": 1, "maximum": 50},
                "names": {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 10},
                "arguments": {"type": "object"},
                "all_pages": {"type": "boolean"},
            },
            "required": ["query"],
            "additionalProperties": false,
        });
        let schema = ArgumentSchema::new(input_schema.clone()).unwrap();
        let (Value::Object(input_schema), Value::Object(mut arguments)) = (input_schema, arguments) else {
            panic!("no object")
        };
        arguments.entry("query").or_insert(json!("x"));
        validate(&input_schema, &schema, arguments)
    }

    /// Each invalid argument, with what is wrong with it.
    fn problems(arguments: Value) -> Vec<String> {
        match checked(arguments) {
            Ok(_) => Vec::new(),
            Err(error) => {
                error.fields().iter().map(|field| format!("{} {}", field.pointer, field.message)).collect()
            }
        }
    }

    #[test]
    fn what_the_schema_does_not_allow_is_reported() {
        let many: Vec<String> = (0..12).map(|number| format!("tool_{number}")).collect();
        for (arguments, pointer) in [
            (json!({"args": {}}), "/args "),
            (json!({"all_pages": "yes"}), "/all_pages "),
            (json!({"arguments": "id=1"}), "/arguments "),
            (json!({"arguments": [1]}), "/arguments "),
            (json!({"limit": "abc"}), "/limit "),
            (json!({"limit": 51}), "/limit "),
            (json!({"query": 5}), "/query "),
            (json!({"names": many}), "/names "),
            (json!({"names": ["a", 5]}), "/names/1 "),
            (json!({"names": []}), "/names "),
        ] {
            let found = problems(arguments.clone());
            assert!(found.len() == 1 && found[0].starts_with(pointer), "{arguments}: {found:?}");
        }
        assert_eq!(problems(json!({"nam": "x", "args": {}, "limit": 0})).len(), 3, "all at once");
    }

    #[test]
    fn what_models_write_instead_is_read() {
        let read = |arguments: Value| Value::Object(checked(arguments).unwrap());
        assert_eq!(read(json!({"names": "a"}))["names"], json!(["a"]));
        assert_eq!(read(json!({"names": "[\"a\", \"b\"]"}))["names"], json!(["a", "b"]));
        assert_eq!(read(json!({"arguments": "{\"id\": 1}"}))["arguments"], json!({"id": 1}));
        assert_eq!(read(json!({"arguments": null, "limit": null, "query": "x"})), json!({"query": "x"}));
    }
}
