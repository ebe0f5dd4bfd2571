//! Rewrites every reference to refer to a component by its plain name, which is the only form that later stages can
//! follow.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::location::DocumentLocation;
use crate::diagnostic::{Repair, Report};

/// Maximum length of a chain of references before it is considered a cycle.
const MAX_STEPS: usize = 16;

/// Keys whose value is a schema, and keys whose properties are schemas.
const SCHEMA_KEYS: [&str; 5] = ["schema", "items", "additionalProperties", "not", "contains"];
const SCHEMA_GROUPS: [&str; 9] = [
    "schemas",
    "properties",
    "patternProperties",
    "allOf",
    "anyOf",
    "oneOf",
    "prefixItems",
    "$defs",
    "definitions",
];

/// Expands path items that are references, gives names in `components` to schemas that are referenced in
/// other places, and replaces references to references with their target.
pub fn normalize(tree: &mut Value, report: &mut Report) {
    path_items(tree, report);
    let mut known = BTreeMap::new();
    for _ in 0..MAX_STEPS {
        let mut found = PendingReferences::default();
        collect(tree, &mut Vec::new(), &mut found, tree);
        if found.is_empty() {
            break;
        }
        let mut names: BTreeMap<String, String> = BTreeMap::new();
        for reference in found.schemas {
            if let Some(name) = hoist(tree, &reference, &mut known, report) {
                names.insert(reference, name);
            }
        }
        // A copy that contains a reference to be replaced would grow in each round.
        let is_flat = |value: &Value| !found.others.iter().any(|reference| holds(value, reference));
        let copies: BTreeMap<String, Value> = found
            .others
            .iter()
            .filter_map(|reference| Some((reference.clone(), follow(tree, reference)?.clone())))
            .filter(|(_, value)| is_flat(value))
            .collect();
        if names.is_empty() && copies.is_empty() {
            break;
        }
        replace(tree, &mut Vec::new(), &names, &copies);
    }
}

/// The references that need to be changed, by the kind of their target.
#[derive(Default)]
struct PendingReferences {
    schemas: Vec<String>,
    others: Vec<String>,
}

impl PendingReferences {
    fn is_empty(&self) -> bool {
        self.schemas.is_empty() && self.others.is_empty()
    }
}

fn is_schema(path: &[String]) -> bool {
    let last = path.last().map(String::as_str).unwrap_or_default();
    let group = path.len().checked_sub(2).map(|at| path[at].as_str()).unwrap_or_default();
    // A parameter or a response may be called `items`.
    if ["parameters", "responses", "requestBodies", "headers", "paths", "pathItems"].contains(&group) {
        return false;
    }
    SCHEMA_KEYS.contains(&last) || SCHEMA_GROUPS.contains(&group)
}

/// Returns the section of `components` for the value at `path`, if known.
fn section_of(path: &[String]) -> Option<&str> {
    let last = path.last().map(String::as_str).unwrap_or_default();
    let group = path.len().checked_sub(2).map(|at| path[at].as_str()).unwrap_or_default();
    match (group, last) {
        ("responses" | "requestBodies" | "parameters", _) => Some(group),
        (_, "requestBody") => Some("requestBodies"),
        _ => None,
    }
}

/// Returns true if later stages can follow the `reference` at `path` unchanged.
fn is_plain(tree: &Value, reference: &str, path: &[String]) -> bool {
    let schema = is_schema(path);
    let Some((section, name)) = reference.strip_prefix("#/components/").and_then(|rest| rest.split_once('/'))
    else {
        return false;
    };
    let Some(target) = tree["components"][section].get(name) else { return false };
    if schema {
        return section == "schemas";
    }
    let is_expected = section_of(path).map_or(section != "schemas", |expected| section == expected);
    is_expected && target.get("$ref").is_none()
}

fn collect(value: &Value, path: &mut Vec<String>, found: &mut PendingReferences, tree: &Value) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(reference)) = members.get("$ref") {
                let schema = is_schema(path);
                if !is_plain(tree, reference, path) && follow(tree, reference).is_some() {
                    let list = if schema { &mut found.schemas } else { &mut found.others };
                    if !list.contains(reference) {
                        list.push(reference.clone());
                    }
                }
            }
            for (key, member) in members {
                if matches!(member, Value::Object(_) | Value::Array(_)) && !is_sample(key, path) {
                    path.push(key.clone());
                    collect(member, path, found, tree);
                    path.pop();
                }
            }
        }
        Value::Array(items) => {
            for item in items {
                if matches!(item, Value::Object(_) | Value::Array(_)) {
                    path.push(String::new());
                    collect(item, path, found, tree);
                    path.pop();
                }
            }
        }
        _ => {}
    }
}

/// Returns true if `key` contains sample data, in which a `$ref` has no meaning.
fn is_sample(key: &str, path: &[String]) -> bool {
    let is_name = path.last().is_some_and(|group| SCHEMA_GROUPS.contains(&group.as_str()));
    !is_name && (matches!(key, "example" | "examples" | "default" | "enum") || key.starts_with("x-"))
}

/// Returns true if `value` contains `reference` anywhere.
fn holds(value: &Value, reference: &str) -> bool {
    match value {
        Value::Object(members) => {
            members.get("$ref").is_some_and(|other| other == reference)
                || members.values().any(|member| holds(member, reference))
        }
        Value::Array(items) => items.iter().any(|item| holds(item, reference)),
        _ => false,
    }
}

fn replace(
    value: &mut Value,
    path: &mut Vec<String>,
    names: &BTreeMap<String, String>,
    copies: &BTreeMap<String, Value>,
) {
    let reference = value.get("$ref").and_then(Value::as_str).map(str::to_owned);
    if let Some(reference) = reference {
        if is_schema(path) {
            if let Some(name) = names.get(&reference) {
                value["$ref"] = json!(format!("#/components/schemas/{name}"));
            }
        } else if let Some(copy) = copies.get(&reference) {
            *value = copy.clone();
            return;
        }
    }
    match value {
        Value::Object(members) => {
            for (key, member) in members.iter_mut() {
                if matches!(member, Value::Object(_) | Value::Array(_)) && !is_sample(key, path) {
                    path.push(key.clone());
                    replace(member, path, names, copies);
                    path.pop();
                }
            }
        }
        Value::Array(items) => {
            for item in items {
                path.push(String::new());
                replace(item, path, names, copies);
                path.pop();
            }
        }
        _ => {}
    }
}

/// Follows `reference` within the document to a value that isn't a reference.
fn follow<'a>(tree: &'a Value, reference: &str) -> Option<&'a Value> {
    let mut reference = reference.to_owned();
    for _ in 0..MAX_STEPS {
        let target = target(tree, &reference)?;
        match target.get("$ref").and_then(Value::as_str) {
            Some(next) => reference = next.to_owned(),
            None => return Some(target),
        }
    }
    None
}

/// Returns the value that `reference` points to. The reference is a JSON pointer, possibly percent-encoded.
pub(super) fn target<'a>(tree: &'a Value, reference: &str) -> Option<&'a Value> {
    let pointer = reference.strip_prefix('#')?;
    tree.pointer(pointer).or_else(|| tree.pointer(&percent_decoded(pointer)?))
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let code = (*first == b'%').then(|| std::str::from_utf8(tail.get(..2)?).ok()).flatten();
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8(bytes).ok()
}

/// Returns the name of the schema at `reference`, which becomes a component if necessary.
fn hoist(
    tree: &mut Value,
    reference: &str,
    known: &mut BTreeMap<String, String>,
    report: &mut Report,
) -> Option<String> {
    if let Some(name) = known.get(reference) {
        return Some(name.clone());
    }
    // A name with escapes is the component's name once they are decoded.
    let decoded = percent_decoded(reference.strip_prefix("#/")?)?;
    if let Some(name) = decoded.strip_prefix("components/schemas/") {
        let name = name.replace("~1", "/").replace("~0", "~");
        if tree["components"]["schemas"].get(&name).is_some() {
            return Some(name);
        }
    }
    // Anything nearer to the root contains schemas, but isn't one.
    if decoded.split('/').count() < 3 {
        return None;
    }
    let schema = target(tree, reference)?.clone();
    if !tree["components"].is_object() {
        tree["components"] = json!({});
    }
    if !tree["components"]["schemas"].is_object() {
        tree["components"]["schemas"] = Value::Object(Map::new());
    }
    let schemas = tree["components"]["schemas"].as_object_mut()?;
    let mut name = component_name(&decoded);
    while schemas.contains_key(&name) {
        name.push_str("Part");
    }
    schemas.insert(name.clone(), schema);
    known.insert(reference.to_owned(), name.clone());
    let message = format!("a reference points into the middle of the spec; the schema is named `{name}`");
    report.repairs.push(Repair::new("R030", format!("/{decoded}"), message));
    Some(name)
}

/// Returns a name built from a pointer's meaningful segments.
fn component_name(pointer: &str) -> String {
    let silent = ["components", "schemas", "properties", "schema", "parameters", "content", "paths", "$defs"];
    let segments = pointer.split('/').filter(|segment| !silent.contains(segment));
    let mut name = String::new();
    for segment in segments {
        let words = segment.replace("~1", "/").replace("~0", "~");
        for word in words.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()) {
            let (first, rest) = word.split_at(1);
            name.push_str(&first.to_ascii_uppercase());
            name.push_str(rest);
        }
    }
    if name.is_empty() { "Part".to_owned() } else { name }
}

/// Expands the path items that are references.
fn path_items(tree: &mut Value, report: &mut Report) {
    let Some(paths) = tree["paths"].as_object() else { return };
    let references: Vec<(String, String)> = paths
        .iter()
        .filter_map(|(path, item)| Some((path.clone(), item.get("$ref")?.as_str()?.to_owned())))
        .collect();
    for (path, reference) in references {
        let Some(mut item) = follow(tree, &reference).cloned() else { continue };
        let location = DocumentLocation::ROOT;
        let location = location.key("paths");
        report.repairs.push(Repair::new(
            "R030",
            location.key(&path).to_string(),
            format!("the path is a reference to `{reference}`, which is inlined"),
        ));
        if let (Some(item), Some(own)) = (item.as_object_mut(), tree["paths"][&path].as_object()) {
            let own = own.iter().filter(|(key, _)| *key != "$ref");
            item.extend(own.map(|(key, value)| (key.clone(), value.clone())));
        }
        tree["paths"][&path] = item;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deep_references_become_components() {
        let mut tree = json!({
            "paths": {"/a": {"$ref": "#/components/pathItems/A"}},
            "components": {
                "pathItems": {"A": {"get": {
                    "parameters": [{"$ref": "#/components/parameters/Again"}],
                    "responses": {"200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Pet/properties/owner"}}}}},
                }}},
                "parameters": {"Again": {"$ref": "#/components/parameters/Limit"}, "Limit": {"name": "limit"}},
                "schemas": {"Pet": {"properties": {"owner": {"type": "object"}}}},
            },
        });
        let mut report = Report::default();
        normalize(&mut tree, &mut report);
        let get = &tree["paths"]["/a"]["get"];
        assert_eq!(get["parameters"][0], json!({"name": "limit"}));
        assert_eq!(
            get["responses"]["200"]["content"]["application/json"]["schema"]["$ref"],
            "#/components/schemas/PetOwner"
        );
        assert_eq!(tree["components"]["schemas"]["PetOwner"], json!({"type": "object"}));
        assert_eq!(report.repairs.len(), 2);
    }

    #[test]
    fn response_can_reference_a_request_body() {
        let mut tree = json!({
            "paths": {"/a": {"get": {"responses": {"200": {"$ref": "#/components/requestBodies/A"}}}}},
            "components": {"requestBodies": {"A": {"content": {"text/plain": {}}}}},
        });
        normalize(&mut tree, &mut Report::default());
        assert_eq!(tree["paths"]["/a"]["get"]["responses"]["200"], json!({"content": {"text/plain": {}}}));
    }

    #[test]
    fn reference_cycles_terminate() {
        let mut tree = json!({"paths": {}, "components": {
            "parameters": {"A": {"$ref": "#/components/parameters/B"}, "B": {"$ref": "#/components/parameters/A"}},
            "schemas": {"S": {"properties": {"s": {"$ref": "#/components/schemas/S/properties/s"}}}},
        }});
        normalize(&mut tree, &mut Report::default());
        assert!(tree["components"]["schemas"]["S"].is_object());
    }

    #[test]
    fn self_references_do_not_grow() {
        let mut tree = json!({"paths": {"/a": {"get": {
            "parameters": [{"$ref": "#/paths/~1a"}, {"$ref": "#"}],
            "responses": {"200": {"content": {"a/b": {"schema": {"$ref": "#/components"}}}}, "201": {"$ref": "#/paths"}},
        }}}, "components": {"schemas": {"A": {"$ref": "#/components/schemas"}}}});
        let before = tree.to_string().len();
        normalize(&mut tree, &mut Report::default());
        assert!(tree.to_string().len() < before * 4, "{tree}");
    }
}
