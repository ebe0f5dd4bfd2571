//! Reads parts of a document as OpenAPI 3.0.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// The maximum number of references that lead from one to the next.
const MAX_REFERENCES: usize = 20;

/// Follows references from `value` to what is no reference. One that leads nowhere is null.
pub fn resolve<'a>(document: &'a Value, mut value: &'a Value) -> &'a Value {
    for _ in 0..MAX_REFERENCES {
        let Some(target) = value["$ref"].as_str() else { return value };
        value = target.strip_prefix('#').and_then(|target| document.pointer(target)).unwrap_or(&Value::Null);
    }
    &Value::Null
}

/// The name of the schema that `value` refers to, also as the only part of an `allOf`.
pub fn schema_name(value: &Value) -> Option<&str> {
    let value = match value["allOf"].as_array().map(Vec::as_slice) {
        Some([part])
            if value
                .as_object()
                .is_some_and(|members| members.keys().all(|name| is_word(name) || name == "allOf")) =>
        {
            part
        }
        _ => value,
    };
    value["$ref"].as_str()?.strip_prefix("#/components/schemas/")
}

/// Returns true if a keyword only explains.
pub fn is_word(keyword: &str) -> bool {
    ["description", "title", "example", "examples", "externalDocs", "summary", "xml"].contains(&keyword)
        || keyword.starts_with("x-")
}

/// A media type without its parameters, lower case.
pub fn media_type(text: &str) -> String {
    text.split(';').next().unwrap_or_default().trim().to_lowercase()
}

/// The fields of a JSON object; none for anything else.
pub fn members(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().into_iter().flatten().map(|(name, value)| (name.as_str(), value))
}

/// The texts in a list.
pub fn texts(value: &Value) -> BTreeSet<&str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

/// The value without keywords that only explain.
pub fn without_words(value: &Value) -> Value {
    match value {
        Value::Object(_) => members(value)
            .filter(|(name, _)| !is_word(name))
            .map(|(name, value)| match name {
                // Properties may be called like a keyword.
                "properties" => {
                    let properties =
                        members(value).map(|(name, value)| (name.to_owned(), without_words(value)));
                    (name.to_owned(), properties.collect())
                }
                _ => (name.to_owned(), without_words(value)),
            })
            .collect(),
        Value::Array(items) => items.iter().map(without_words).collect(),
        value => value.clone(),
    }
}

/// Whether a schema is part of requests and of responses.
#[derive(Clone, Copy, Debug, Default)]
pub struct Direction {
    /// It is sent.
    pub sent: bool,
    /// It is returned.
    pub returned: bool,
}

/// The directions of all schemas that operations use, directly or within another schema.
pub fn directions(document: &Value) -> BTreeMap<String, Direction> {
    let mut found: BTreeMap<String, Direction> = BTreeMap::new();
    for (_, item) in members(&document["paths"]) {
        let operations =
            members(item).filter(|(name, _)| *name != "parameters").map(|(_, operation)| operation);
        let mut sent: BTreeSet<&str> = BTreeSet::new();
        let mut returned: BTreeSet<&str> = BTreeSet::new();
        collect(document, &item["parameters"], &mut sent);
        for operation in operations {
            collect(document, &operation["parameters"], &mut sent);
            collect(document, &operation["requestBody"], &mut sent);
            collect(document, &operation["responses"], &mut returned);
        }
        for name in sent {
            found.entry(name.to_owned()).or_default().sent = true;
        }
        for name in returned {
            found.entry(name.to_owned()).or_default().returned = true;
        }
    }
    spread(document, found)
}

/// Hands the directions of each schema on to those that it refers to.
fn spread(document: &Value, mut found: BTreeMap<String, Direction>) -> BTreeMap<String, Direction> {
    let mut open: Vec<String> = found.keys().cloned().collect();
    while let Some(name) = open.pop() {
        let direction = found[&name];
        let mut inner = BTreeSet::new();
        collect(document, &document["components"]["schemas"][&name], &mut inner);
        for name in inner {
            let known = found.entry(name.to_owned()).or_default();
            let joined = Direction {
                sent: known.sent || direction.sent,
                returned: known.returned || direction.returned,
            };
            if (joined.sent, joined.returned) != (known.sent, known.returned) {
                *known = joined;
                open.push(name.to_owned());
            }
        }
    }
    found
}

/// Adds the names of the schemas that `value` refers to; other references are followed.
fn collect<'a>(document: &'a Value, value: &'a Value, names: &mut BTreeSet<&'a str>) {
    let mut open = vec![value];
    let mut followed: BTreeSet<&str> = BTreeSet::new();
    while let Some(value) = open.pop() {
        match value {
            Value::Array(items) => open.extend(items),
            Value::Object(object) => {
                open.extend(object.values());
                let Some(target) = object.get("$ref").and_then(Value::as_str) else { continue };
                match target.strip_prefix("#/components/schemas/") {
                    Some(name) => drop(names.insert(name)),
                    None if followed.insert(target) => {
                        open.extend(target.strip_prefix('#').and_then(|target| document.pointer(target)));
                    }
                    None => {}
                }
            }
            _ => {}
        }
    }
}
