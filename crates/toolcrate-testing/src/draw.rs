//! Generates random arguments from a tool's schema, valid enough to make a call.

use serde_json::{Map, Value, json};
use toolcrate_runtime::catalog::BodyFormat;
use toolcrate_runtime::{Tool, ToolRecord};

use crate::random::Random;

/// Returns arguments that `schema`, the schema of `tool`, allows.
pub fn arguments(tool: Tool, schema: &Value, random: &mut Random) -> Map<String, Value> {
    let record = tool.details();
    let mut arguments = random.arguments(schema);
    choose(&record, schema, random, &mut arguments);
    clear(&record, schema, random, &mut arguments);
    realistic(&mut arguments, tool.filter_fields().first().map(String::as_str));
    let required = schema["required"].as_array().map_or(0, Vec::len);
    if record.request.body == BodyFormat::Patch && arguments.len() <= required {
        // An update must change something.
        let members: Vec<(&String, &Value)> =
            schema["properties"].as_object().into_iter().flatten().collect();
        let (name, node) = members[members.len() - 1 - random.below(members.len() - required)];
        let mut more = Map::from_iter([(name.clone(), random.value(node))]);
        realistic(&mut more, None);
        arguments.extend(more);
        clear(&record, schema, random, &mut arguments);
    }
    arguments
}

/// Replaces the drawn names of fields to clear with fields that are absent.
pub fn clear(
    record: &ToolRecord<'_>,
    schema: &Value,
    random: &mut Random,
    arguments: &mut Map<String, Value>,
) {
    let Some(argument) = record.request.clear_argument() else { return };
    if !arguments.contains_key(argument) {
        return;
    }
    let targets = &record.request.arguments;
    let is_field =
        |name: &&String| !targets.contains_key(name.as_str()) && !arguments.contains_key(name.as_str());
    let fields: Vec<&String> = schema["properties"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, _)| name)
        .filter(is_field)
        .collect();
    let names: Vec<&String> = fields.get(random.below(fields.len())).copied().into_iter().collect();
    arguments.insert(argument.to_owned(), json!(names));
}

/// Of arguments that select an operation, keeps those of the main one; of arguments of which one is required,
/// keeps one.
pub fn choose(
    record: &ToolRecord<'_>,
    schema: &Value,
    random: &mut Random,
    arguments: &mut Map<String, Value>,
) {
    for rule in &record.input.any_of {
        let name = &rule.arguments[random.below(rule.arguments.len())];
        let node = &schema["properties"][name.as_ref()];
        arguments.insert(name.to_string(), if rule.is_true { json!(true) } else { random.value(node) });
    }
    let choices: Vec<&str> = record.bindings.iter().map(|binding| binding.when.as_ref()).collect();
    if choices.is_empty() {
        return;
    }
    arguments.retain(|name, _| !choices.contains(&name.as_str()));
    for name in record.required() {
        let mut node = schema["properties"][name.as_ref()].clone();
        if let Some(first) = node["type"].get(0).cloned() {
            node["type"] = first;
        }
        arguments.insert(name.to_string(), random.value(&node));
    }
}

/// Fills in values that a schema can't describe: the fields of a filter, and text that is JSON or base64.
pub fn realistic(arguments: &mut Map<String, Value>, field: Option<&str>) {
    if let Some(filter) = arguments.get_mut("filter") {
        match (filter, field) {
            (filter @ Value::Array(_), Some(field)) => {
                *filter = json!([{"field": field, "op": "!=", "value": null}]);
            }
            (filter @ Value::Object(_), Some(field)) => *filter = json!({field: null}),
            _ => {}
        }
        // Raw conditions are combined with a filter, so they must be complete.
        for name in ["conditions", "childConditions", "customFieldConditions"] {
            if let Some(conditions) = arguments.get_mut(name).filter(|conditions| conditions.is_string()) {
                *conditions = json!("id > 0 and (name = \"a ) or (\" or id in (1, 2))");
            }
        }
    }
    arguments.values_mut().for_each(texts);
}

fn texts(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match name.as_str() {
                    "content_base64" => *member = json!("aGVsbG8="),
                    _ => texts(member),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(texts),
        _ => {}
    }
}
