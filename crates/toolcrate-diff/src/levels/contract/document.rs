//! Reads parts of the OpenAPI documents, such as references, that the comparison needs.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// Maximum length of a chain of references.
const MAX_REFERENCES: usize = 20;

/// Follows references from `value` to a value that isn't a reference. A dangling reference yields null.
pub fn resolve<'a>(document: &'a Value, mut value: &'a Value) -> &'a Value {
    for _ in 0..MAX_REFERENCES {
        let Some(target) = value["$ref"].as_str() else { return value };
        value = target.strip_prefix('#').and_then(|target| document.pointer(target)).unwrap_or(&Value::Null);
    }
    &Value::Null
}

/// Returns the name of the schema that `value` refers to, directly or as the only part of an `allOf`.
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

/// Returns true if a keyword is only explanatory.
pub fn is_word(keyword: &str) -> bool {
    ["description", "title", "example", "examples", "externalDocs", "summary", "xml"].contains(&keyword)
        || keyword.starts_with("x-")
}

/// Returns a media type without its parameters, in lower case.
pub fn media_type(text: &str) -> String {
    text.split(';').next().unwrap_or_default().trim().to_lowercase()
}

/// Returns the properties of a JSON object; none for any other value.
pub fn members(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().into_iter().flatten().map(|(name, value)| (name.as_str(), value))
}

/// Returns the strings in a list.
pub fn texts(value: &Value) -> BTreeSet<&str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

/// Returns the value without explanatory keywords.
pub fn without_words(value: &Value) -> Value {
    match value {
        Value::Object(_) => members(value)
            .filter(|(name, _)| !is_word(name))
            .map(|(name, value)| match name {
                // Properties may have the same name as a keyword.
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

/// Whether a schema is used in requests, in responses, or in both.
#[derive(Clone, Copy, Debug, Default)]
pub struct Direction {
    /// The schema is sent.
    pub sent: bool,
    /// The schema is returned.
    pub returned: bool,
}

/// Returns the directions of all schemas that operations use, directly or within another schema.
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

/// Propagates each schema's directions to the schemas it refers to.
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

/// Collects the names of the schemas that `value` refers to; other references are followed.
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
