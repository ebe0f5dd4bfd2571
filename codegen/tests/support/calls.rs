//! Calls of tools, drawn from the schemas of their arguments, and whether another release takes them.

use serde_json::{Map, Value, json};
use toolcrate_runtime::{Client, Credentials, Error, HeaderMap, Tool};

struct Nobody;

impl Credentials for Nobody {
    fn apply(&self, _: &mut HeaderMap) -> Result<(), Error> {
        Ok(())
    }
}

/// A client that checks calls and sends none.
pub fn client(tool: Tool) -> Client {
    Client::builder(tool.catalogue().api())
        .base_url("https://localhost/")
        .credentials(Nobody)
        .build()
        .unwrap()
}

/// Whether the runtime takes these arguments.
pub fn takes(client: &Client, tool: Tool, arguments: &Value) -> bool {
    client.prepare(tool, arguments).is_ok()
}

/// Calls of `tool`: with as little as it takes, with everything, and each argument in turn with each value
/// that says something of its schema. Those that the tool itself refuses are left out.
pub fn of(client: &Client, tool: Tool) -> Vec<Value> {
    let mut schema = tool.input_schema_value();
    let line: Value = serde_json::from_str(tool.line()).unwrap();
    // A filter is checked by a grammar of its own, which no release changes.
    let filters = line["request"]["arguments"].as_object().into_iter().flatten();
    let filters: Vec<String> =
        filters.filter(|(_, to)| to["in"] == "filter").map(|(name, _)| name.clone()).collect();
    for filter in filters {
        schema["properties"].as_object_mut().unwrap().shift_remove(&filter);
    }
    let mut calls = samples(&schema);
    calls.retain(|call| takes(client, tool, call));
    calls
}

/// Values of a schema, of which the first has everything and the second as little as it takes.
fn samples(schema: &Value) -> Vec<Value> {
    if let Some(values) = schema["enum"].as_array() {
        return values.clone();
    }
    let kinds: Vec<&str> = match &schema["type"] {
        Value::String(kind) => vec![kind.as_str()],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => vec!["string", "object", "number"],
    };
    kinds.into_iter().flat_map(|kind| of_kind(schema, kind)).collect()
}

fn of_kind(schema: &Value, kind: &str) -> Vec<Value> {
    match kind {
        "boolean" => vec![json!(true), json!(false)],
        "integer" | "number" => numbers(schema, kind == "number"),
        "string" => texts(schema),
        "array" => {
            let items = samples(&schema["items"]);
            let least = schema["minItems"].as_u64().unwrap_or(0).max(1) as usize;
            let lists = items.iter().map(|item| Value::Array(vec![item.clone(); least]));
            let mut lists: Vec<Value> = lists.collect();
            if schema["minItems"].as_u64().unwrap_or(0) == 0 {
                lists.push(json!([]));
            }
            if let Some(most) = schema["maxItems"].as_u64().filter(|most| *most < 200) {
                lists.extend(items.first().map(|item| Value::Array(vec![item.clone(); most as usize])));
            }
            lists
        }
        "object" => objects(schema),
        "null" => vec![Value::Null],
        other => panic!("no schema of ours has the type {other}"),
    }
}

fn numbers(schema: &Value, fractions: bool) -> Vec<Value> {
    let (least, most) = (schema["minimum"].as_f64(), schema["maximum"].as_f64());
    let whole = |number: f64| if number.fract() == 0.0 { json!(number as i64) } else { json!(number) };
    let mut numbers: Vec<Value> = [least, most].into_iter().flatten().map(whole).collect();
    let middle = least.unwrap_or(0.0).max(most.map_or(7.0, |most| most.min(7.0)));
    numbers.insert(0, whole(middle.round()));
    if least.is_none() {
        numbers.push(json!(-3));
    }
    if most.is_none() {
        numbers.push(json!(1_000_000));
    }
    if fractions {
        numbers.push(json!(middle + 0.5));
    }
    numbers
}

/// Texts of the least and the greatest length, and some of the forms that a format asks for.
fn texts(schema: &Value) -> Vec<Value> {
    let least = schema["minLength"].as_u64().unwrap_or(0) as usize;
    let most = schema["maxLength"].as_u64().unwrap_or(400) as usize;
    let mut texts = vec!["x".repeat(least.max(1).min(most)), "x".repeat(most), "x".repeat(least)];
    let forms = ["2025-01-31T00:00:00Z", "2025-01-31", "00000000-0000-4000-8000-000000000000", "aGk="];
    texts.extend(forms.map(str::to_owned));
    texts.into_iter().map(Value::from).collect()
}

fn objects(schema: &Value) -> Vec<Value> {
    let empty = Map::new();
    let properties = schema["properties"].as_object().unwrap_or(&empty);
    let members: Vec<(&String, Vec<Value>)> =
        properties.iter().map(|(name, node)| (name, samples(node))).collect();
    let required: Vec<&str> =
        schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let first = |is_in: &dyn Fn(&str) -> bool| -> Map<String, Value> {
        let chosen = members.iter().filter(|(name, values)| is_in(name) && !values.is_empty());
        chosen.map(|(name, values)| ((*name).clone(), values[0].clone())).collect()
    };
    let (full, least) = (first(&|_| true), first(&|name| required.contains(&name)));
    let mut objects = vec![Value::Object(full), Value::Object(least.clone())];
    for (name, values) in &members {
        for value in values {
            let mut object = least.clone();
            object.insert((*name).clone(), value.clone());
            objects.push(Value::Object(object));
        }
    }
    if schema["additionalProperties"].is_object() {
        for value in samples(&schema["additionalProperties"]) {
            let mut object = least.clone();
            object.insert("anything".to_owned(), value);
            objects.push(Value::Object(object));
        }
    } else if schema["additionalProperties"] != false {
        let mut object = least;
        object.insert("anything".to_owned(), json!("x"));
        objects.push(Value::Object(object));
    }
    objects
}
