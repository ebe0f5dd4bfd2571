//! What is given to the three tools that find, describe and call the others. It is checked against their schemas before
//! anything is done, as what is given to any other tool: a misspelt member must not become a call without it. And what is
//! wrong with requests that the protocol does not have.

use std::collections::HashMap;
use std::sync::LazyLock;

use connectwise_psa::runtime::{ArgumentSchema, Error, Value};
use rmcp::ErrorData;
use rmcp::model::ErrorCode;
use serde_json::{Map, json};

use super::offer;

/// The schemas of the three, by name, made ready at the first call.
static SCHEMAS: LazyLock<HashMap<String, ArgumentSchema>> = LazyLock::new(|| {
    let ready = |schema: &Map<String, Value>| ArgumentSchema::new(Value::Object(schema.clone()));
    let three = offer::three().into_iter();
    three
        .map(|tool| (tool.name.into_owned(), ready(&tool.input_schema).expect("a schema of our own")))
        .collect()
});

/// The requests with parameters that are answered.
const METHODS: [&str; 9] = [
    "completion/complete",
    "prompts/get",
    "prompts/list",
    "resources/list",
    "resources/read",
    "resources/templates/list",
    "subscriptions/listen",
    "tools/call",
    "tools/list",
];

/// What is wrong with a request that none of the protocol's fits: its method is unknown, or does not have such parameters.
pub fn misfit(method: String) -> ErrorData {
    if !METHODS.contains(&&*method) {
        return ErrorData::new(ErrorCode::METHOD_NOT_FOUND, method, None);
    }
    ErrorData::invalid_params(
        format!("the parameters are not those that the protocol has for {method}"),
        None,
    )
}

/// The arguments of one of the three, as its schema has them.
///
/// # Errors
/// `InvalidArguments`, with each member that is wrong.
pub fn checked(tool: &str, mut given: Map<String, Value>) -> Result<Map<String, Value>, Error> {
    // As elsewhere: null is nothing.
    given.retain(|_, value| !value.is_null());
    // Models that mean one tool write one name.
    if let Some(name @ Value::String(_)) = given.get_mut("names") {
        *name = json!([name.take()]);
    }
    // Some write the object as text.
    if let Some(arguments) = given.get_mut("arguments")
        && let Some(text) = arguments.as_str()
        && let Ok(read @ Value::Object(_)) = serde_json::from_str(text)
    {
        *arguments = read;
    }
    let given = Value::Object(given);
    if let Some(schema) = SCHEMAS.get(tool) {
        schema.check(&given)?;
    }
    match given {
        Value::Object(given) => Ok(given),
        _ => Ok(Map::new()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The members that are wrong, each with what is said of it.
    fn wrong(tool: &str, given: Value) -> Vec<String> {
        let Value::Object(given) = given else { panic!("no object") };
        match checked(tool, given) {
            Ok(_) => Vec::new(),
            Err(error) => {
                error.fields().iter().map(|field| format!("{} {}", field.pointer, field.message)).collect()
            }
        }
    }

    #[test]
    fn what_the_schemas_do_not_have_is_named() {
        let many: Vec<String> = (0..12).map(|number| format!("tool_{number}")).collect();
        for (tool, given, said) in [
            (offer::CALL, json!({"name": "x", "args": {}}), "/args there is no argument \"args\""),
            (
                offer::CALL,
                json!({"name": "x", "all_pages": "true"}),
                "/all_pages must be true or false, but is",
            ),
            (offer::CALL, json!({"name": "x", "arguments": "id=1"}), "/arguments must be an object, but is"),
            (offer::CALL, json!({"name": "x", "arguments": [1]}), "/arguments must be an object, but is"),
            (offer::CALL, json!({"arguments": {}}), "/name \"name\" is required"),
            (offer::SEARCH, json!({"query": "x", "limit": "abc"}), "/limit must be"),
            (offer::SEARCH, json!({"query": "x", "limit": 51}), "/limit is 51, but at most 50"),
            (offer::SEARCH, json!({"query": 5}), "/query must be"),
            (offer::DESCRIBE, json!({"names": many}), "/names has more than the 10 items"),
            (offer::DESCRIBE, json!({"names": ["a", 5]}), "/names/1 must be"),
            (offer::DESCRIBE, json!({"names": []}), "/names needs at least 1"),
            (offer::DESCRIBE, json!({"names": ["a"], "output": "yes"}), "/output must be"),
        ] {
            let found = wrong(tool, given.clone());
            assert!(found.len() == 1 && found[0].starts_with(said), "{given}: {found:?}");
        }
        assert_eq!(wrong(offer::CALL, json!({"nam": "x", "args": {}})).len(), 3, "all at once");
    }

    #[test]
    fn what_models_write_for_it_is_taken() {
        for (tool, given) in [
            (offer::CALL, json!({"name": "x", "arguments": "{\"id\": 1}", "all_pages": true})),
            (offer::CALL, json!({"name": "x", "arguments": null, "all_pages": null})),
            (offer::DESCRIBE, json!({"names": "x"})),
            (offer::SEARCH, json!({"query": "x", "limit": 50})),
        ] {
            assert_eq!(wrong(tool, given.clone()), Vec::<String>::new(), "{given}");
        }
        let given = checked(offer::DESCRIBE, Map::from_iter([("names".to_owned(), json!("x"))])).unwrap();
        assert_eq!(given["names"], json!(["x"]));
    }
}
