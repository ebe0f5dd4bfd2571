//! Truto's list of tools: arguments apart by query and body, a resource and a method in place of a path, and a
//! cursor for lists. Values of the query come back as text, so they are read by the tool's schema.

use serde_json::{Map, Value, json};

use super::{Source, keys, properties, required, types};
use toolcrate_catalog::{ArgumentLocation, Method, ToolRecord};

use crate::Tool;
use crate::tool::ArgumentLocations;

/// Names that stand for something else in every call.
pub(super) const RESERVED: [&str; 2] = ["resource", "integrated_account_id"];
/// The argument that asks for the next page of a list.
pub(crate) const CURSOR: &str = "next_cursor";
/// The member of a cursor that says how many rows of the page are done. No argument has such a name.
pub(crate) const SKIP: &str = "+skip";
/// Methods with a form of their own.
pub(super) const METHODS: [&str; 5] = ["list", "get", "create", "update", "delete"];

/// How a tool is called.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Route {
    /// The path without its values, as one word: a single underscore for a slash, one more for each value.
    pub resource: String,
    /// `list`, `get`, `create`, `update`, `delete`, or another word for everything else.
    pub method: String,
}

/// How a tool is called.
pub fn route(tool: Tool) -> Route {
    let record = tool.details();
    let locations = tool.argument_locations(&record);
    route_of(&record, &locations)
}

/// Whether a tool is a list, whose next page a cursor asks for.
pub(crate) fn is_list(details: &ToolRecord<'_>, locations: &ArgumentLocations) -> bool {
    route_of(details, locations).method == "list"
}

fn route_of(details: &ToolRecord<'_>, locations: &ArgumentLocations) -> Route {
    let mut resource = String::new();
    let segments: Vec<&str> = details.http.path.split('/').filter(|segment| !segment.is_empty()).collect();
    let is_value = |segment: &&str| segment.contains('{');
    let ends_in_value = segments.last().is_some_and(is_value);
    let kept = if ends_in_value { &segments[..segments.len() - 1] } else { &segments[..] };
    for segment in kept {
        if !resource.is_empty() {
            resource.push('_');
        }
        let mut rest = *segment;
        while let Some((before, after)) = rest.split_once('{') {
            resource.push_str(before);
            // A value that is a whole segment has its underscore already.
            resource.extend((!before.is_empty()).then_some('_'));
            rest = after.split_once('}').map_or("", |(_, after)| after);
        }
        resource.push_str(rest);
    }
    let resource = resource.replace(|c: char| !c.is_ascii_alphanumeric() && c != '_', "-");
    let by_id = ends_in_value && segments.last().is_some_and(|last| locations.segment("id") == Some(*last));
    let bodiless = !locations.has_body();
    let method = match (details.http.method, details.verb()) {
        (Method::Get, "list") if bodiless => "list",
        (Method::Get, "get") if by_id && bodiless => "get",
        (Method::Post, "create") if !ends_in_value => "create",
        (Method::Patch, "update") if by_id => "update",
        (Method::Delete, "delete") if by_id && bodiless => "delete",
        // Without the form of its word, a tool needs another word.
        (_, "list") => "find",
        (_, "get") => "fetch",
        (_, "create") => "add",
        (_, "update") => "change",
        (_, "delete") => "remove",
        (_, "replace") if !ends_in_value => "replace_all",
        (_, verb) => verb,
    };
    Route { resource, method: method.to_owned() }
}

/// The tool in Truto's words.
pub(super) fn declare(source: &Source<'_>) -> Value {
    let locations = source.tool.argument_locations(&source.details);
    let Route { resource, method } = route_of(&source.details, &locations);
    let pairs = names(&source.schema);
    let schema = keys::rename(&source.schema, &pairs);
    let mut query = Map::new();
    let mut body = Map::new();
    for ((own, _), (name, member)) in properties(&source.schema).zip(properties(&schema)) {
        let side = if locations.location(own) == ArgumentLocation::Body { &mut body } else { &mut query };
        side.insert(name.clone(), member.clone());
    }
    if method == "list" {
        let about = "Cursor of the next page, from the answer before; without it, the first page.";
        query.insert(CURSOR.to_owned(), json!({"type": "string", "description": about}));
    }
    let needed = required(&schema);
    let side = |members: Map<String, Value>| match members.is_empty() {
        true => Value::Null,
        false => {
            let needed: Vec<&&str> = needed.iter().filter(|name| members.contains_key(**name)).collect();
            json!({"type": "object", "required": needed, "properties": members})
        }
    };
    json!({
        "name": source.name,
        "description": source.description(),
        "resource": resource,
        "method": method,
        "query_schema": side(query),
        "body_schema": side(body),
        "required": needed,
    })
}

/// For each argument whose name stands for something else: its name and what it is declared as.
pub(super) fn names(schema: &Value) -> Vec<(String, String)> {
    keys::reserved(schema, &[RESERVED[0], RESERVED[1], CURSOR])
}

/// The arguments as the tool itself takes them. A cursor is none of them, and was taken out before.
pub(super) fn restore(schema: &Value, mut arguments: Map<String, Value>) -> Map<String, Value> {
    // The account is the connection's, and not an argument.
    arguments.shift_remove(RESERVED[1]);
    let mut arguments = keys::restore(arguments, &names(schema));
    for (name, value) in &mut arguments {
        let node = properties(schema).find(|(other, _)| *other == name).map(|(_, node)| node);
        *value = read(node.unwrap_or(&Value::Null), value.take());
    }
    arguments
}

/// Lists of plain values for arguments that are one text, as the API takes them: `fields[0]=id&fields[1]=summary` is
/// `id,summary`. Only what goes to the query, where there is no other list: a list as text of a record is a mistake.
pub(crate) fn join(schema: &Value, arguments: &mut Map<String, Value>, is_query: impl Fn(&str) -> bool) {
    for (name, value) in arguments {
        let Value::Array(items) = &*value else { continue };
        let Some((_, node)) = properties(schema).find(|(other, _)| *other == name) else { continue };
        let kinds = types(node);
        if !kinds.contains(&"string") || kinds.contains(&"array") || !is_query(name) {
            continue;
        }
        let plain = |item: &Value| match item {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
        if let Some(texts) = items.iter().map(plain).collect::<Option<Vec<String>>>() {
            *value = Value::from(texts.join(","));
        }
    }
}

/// A value that may have become text on its way.
fn read(node: &Value, value: Value) -> Value {
    let kinds = types(node);
    let takes = |kind: &str| kinds.contains(&kind);
    match value {
        Value::String(text) if !takes("string") => {
            let parsed = match text.as_str() {
                "true" | "false" if takes("boolean") => Some(Value::from(text == "true")),
                number if takes("integer") || takes("number") => {
                    serde_json::from_str(number).ok().filter(Value::is_number)
                }
                object if takes("object") || takes("array") => serde_json::from_str(object)
                    .ok()
                    .filter(|value: &Value| value.is_object() || value.is_array()),
                _ => None,
            };
            parsed.unwrap_or(Value::String(text))
        }
        Value::Object(members) => {
            let known = |name: &str| properties(node).find(|(other, _)| *other == name).map(|(_, node)| node);
            let items = |index: &str| index.parse::<usize>().is_ok().then(|| node.get("items")).flatten();
            let members: Map<String, Value> = members
                .into_iter()
                .map(|(name, value)| {
                    let node = known(&name).or_else(|| items(&name)).unwrap_or(&Value::Null);
                    let value = read(node, value);
                    (name, value)
                })
                .collect();
            list(members)
        }
        Value::Array(items) => {
            let node = node.get("items").unwrap_or(&Value::Null);
            items.into_iter().map(|item| read(node, item)).collect()
        }
        value => value,
    }
}

/// An object whose members are called 0, 1, 2 … was a list before it became a query.
fn list(members: Map<String, Value>) -> Value {
    let is_list =
        !members.is_empty() && members.keys().enumerate().all(|(index, name)| *name == index.to_string());
    match is_list {
        true => members.into_iter().map(|(_, value)| value).collect(),
        false => Value::Object(members),
    }
}
