//! Truto's tool format: separate schemas for query and body, a resource and a method instead of a path, and a cursor
//! for lists. Query values arrive as text and are parsed according to the tool's schema.

use serde_json::{Map, Value, json};

use super::argument_names::ArgumentNames;
use super::declaration::Declaration;
use super::declaration_rules::DeclarationRules;
use super::lint::finding::LintFindings;
use super::schema_keywords::{properties, property, required, types};
use super::tool_dialect::ToolDialect;
use super::tool_source::{CalledTool, ToolSource};
use toolcrate_catalog::{ArgumentLocation, Method, ToolRecord};

use crate::tool::{ArgumentLocations, Tool};

/// The argument that identifies the account for a call.
const ACCOUNT: &str = "integrated_account_id";
/// Names with a different meaning in every call.
const RESERVED: [&str; 2] = ["resource", ACCOUNT];
/// The argument that requests the next page of a list.
const CURSOR: &str = "next_cursor";

pub(super) struct TrutoDialect;

static RULES: DeclarationRules = DeclarationRules {
    schemas_are_optional: true,
    ..DeclarationRules::new(
        &["name", "description", "resource", "method", "query_schema", "body_schema", "required"],
        &["query_schema", "body_schema"],
    )
};

impl ToolDialect for TrutoDialect {
    fn name(&self) -> &'static str {
        "truto"
    }

    fn declare(&self, tool: &ToolSource<'_>) -> Declaration {
        Declaration::new(declaration(tool))
    }

    fn argument_names(&self, tool: &CalledTool<'_>) -> ArgumentNames {
        argument_names(tool.schema())
    }

    fn denormalize(&self, tool: &CalledTool<'_>, arguments: Map<String, Value>) -> Map<String, Value> {
        let schema = tool.schema();
        let mut arguments = parse_arguments(schema, arguments);
        if arguments.values().any(Value::is_array) {
            let locations = tool.tool.argument_locations(tool.record);
            join_lists(schema, &mut arguments, |name| locations.location(name) == ArgumentLocation::Query);
        }
        arguments
    }

    fn cursor_argument(&self) -> Option<&'static str> {
        Some(CURSOR)
    }

    fn rules(&self) -> &'static DeclarationRules {
        &RULES
    }

    fn check_declaration(&self, declaration: &Value, findings: &mut LintFindings) {
        check_route(declaration, findings);
        check_names(declaration, findings);
        check_required(declaration, findings);
        check_method(declaration, findings);
    }
}

/// The resource and method through which a tool is called.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Route {
    /// The path without its values, as one word: an underscore for each slash, plus one for each value.
    pub resource: String,
    /// `list`, `get`, `create`, `update`, `delete`, or another word for anything else.
    pub method: String,
}

/// Returns the resource and method through which a tool is called.
pub fn route(tool: Tool) -> Route {
    let record = tool.details();
    let locations = tool.argument_locations(&record);
    route_to(&record, &locations)
}

/// Returns true if and only if a tool is a list that can be continued with a cursor.
pub(crate) fn is_list(details: &ToolRecord<'_>, locations: &ArgumentLocations) -> bool {
    route_to(details, locations).method == "list"
}

fn route_to(details: &ToolRecord<'_>, locations: &ArgumentLocations) -> Route {
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
            // A value that fills a complete segment already has its underscore.
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
        // A tool that doesn't have the form implied by its word needs another word.
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

fn declaration(source: &ToolSource<'_>) -> Value {
    let locations = source.tool.argument_locations(&source.record);
    let Route { resource, method } = route_to(&source.record, &locations);
    let schema = argument_names(&source.schema).rename(&source.schema);
    let mut query = Map::new();
    let mut body = Map::new();
    for ((own, _), (name, member)) in properties(&source.schema).zip(properties(&schema)) {
        let side = if locations.location(own) == ArgumentLocation::Body { &mut body } else { &mut query };
        side.insert(name.clone(), member.clone());
    }
    if method == "list" {
        let about = "Cursor from the previous response. Omit it for the first page.";
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

/// Returns replacement names for arguments whose names have a different meaning.
fn argument_names(schema: &Value) -> ArgumentNames {
    let is_accepted = |name: &str| name != CURSOR && !RESERVED.contains(&name);
    ArgumentNames::replace(schema, is_accepted, |name| format!("{name}_value"))
}

/// Converts the arguments to the types declared in the schema.
pub(super) fn parse_arguments(schema: &Value, mut arguments: Map<String, Value>) -> Map<String, Value> {
    // The connection determines the account.
    arguments.shift_remove(ACCOUNT);
    let mut arguments = argument_names(schema).restore(arguments);
    for (name, value) in &mut arguments {
        let node = property(schema, name).unwrap_or(&Value::Null);
        *value = parse(node, value.take());
    }
    arguments
}

/// Joins lists of plain values passed for a text argument into the format that the API expects:
/// `fields[0]=id&fields[1]=summary` becomes `id,summary`. This applies only to the query: in a body, a list instead of
/// text is an error to report.
fn join_lists(schema: &Value, arguments: &mut Map<String, Value>, is_query: impl Fn(&str) -> bool) {
    for (name, value) in arguments {
        let Value::Array(items) = &*value else { continue };
        let Some(node) = property(schema, name) else { continue };
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

/// Parses a value that may have been converted to text in transit.
fn parse(node: &Value, value: Value) -> Value {
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
            let items = |index: &str| index.parse::<usize>().is_ok().then(|| node.get("items")).flatten();
            let members: Map<String, Value> = members
                .into_iter()
                .map(|(name, value)| {
                    let node = property(node, &name).or_else(|| items(&name)).unwrap_or(&Value::Null);
                    let value = parse(node, value);
                    (name, value)
                })
                .collect();
            restore_list(members)
        }
        Value::Array(items) => {
            let node = node.get("items").unwrap_or(&Value::Null);
            items.into_iter().map(|item| parse(node, item)).collect()
        }
        value => value,
    }
}

/// Returns the list that an object with the properties 0, 1, 2 … was before it was encoded as a query.
fn restore_list(members: Map<String, Value>) -> Value {
    let is_list =
        !members.is_empty() && members.keys().enumerate().all(|(index, name)| *name == index.to_string());
    match is_list {
        true => members.into_iter().map(|(_, value)| value).collect(),
        false => Value::Object(members),
    }
}

/// Returns the parts of the declaration that contain properties, with their schemas.
fn sides(declaration: &Value) -> [(&'static str, &Value); 2] {
    [("query_schema", &declaration["query_schema"]), ("body_schema", &declaration["body_schema"])]
}

fn check_route(declaration: &Value, findings: &mut LintFindings) {
    // Both are URL segments and aren't encoded.
    let is_accepted = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    for name in ["resource", "method"] {
        let word = declaration[name].as_str().unwrap_or_default();
        if word.is_empty() || !word.chars().all(is_accepted) {
            findings.add(
                "route",
                format!("/{name}"),
                format!("expected a single word (letters, digits, _ and -), got \"{word}\""),
            );
        }
    }
}

fn check_names(declaration: &Value, findings: &mut LintFindings) {
    for name in RESERVED {
        for (side, _) in sides(declaration).into_iter().filter(|(_, schema)| property(schema, name).is_some())
        {
            let message = format!("\"{name}\" would override the call's route");
            findings.add("reserved", format!("/{side}/properties/{name}"), message);
        }
    }
    let [(_, query), (_, body)] = sides(declaration);
    for (name, _) in properties(query).filter(|(name, _)| property(body, name).is_some()) {
        let message = format!("\"{name}\" is in both the query and the body and would be sent twice");
        findings.add("clash", format!("/body_schema/properties/{name}"), message);
    }
}

fn check_required(declaration: &Value, findings: &mut LintFindings) {
    let Some(names) = declaration["required"].as_array() else {
        findings.add("required", "/required", "must be an array; the arrays in the schemas are ignored");
        return;
    };
    for (index, name) in names.iter().enumerate() {
        let name = name.as_str().unwrap_or_default();
        if sides(declaration).iter().all(|(_, schema)| property(schema, name).is_none()) {
            let message = format!("unknown property \"{name}\"");
            findings.add("required", format!("/required/{index}"), message);
        }
    }
    for (side, schema) in sides(declaration) {
        for name in required(schema).into_iter().filter(|name| !names.iter().any(|other| other == name)) {
            let message = format!(
                "\"{name}\" must be listed in the tool's `required`; `required` in {side} is ignored"
            );
            findings.add("required", "/required", message);
        }
    }
}

fn check_method(declaration: &Value, findings: &mut LintFindings) {
    let method = declaration["method"].as_str().unwrap_or_default();
    let (query, body) = (&declaration["query_schema"], &declaration["body_schema"]);
    // If the list of required names is missing, only that is reported.
    if let Some(names) = declaration["required"].as_array()
        && matches!(method, "get" | "update" | "delete")
        && (property(query, "id").is_none() || !names.iter().any(|name| name == "id"))
    {
        findings.add("id", "/query_schema/properties/id", "the ID must be a required query parameter");
    }
    if method == "list" && property(query, CURSOR).is_none() {
        let message = "required to request pages after the first";
        findings.add("cursor", format!("/query_schema/properties/{CURSOR}"), message);
    }
    if matches!(method, "list" | "get" | "delete") && properties(body).next().is_some() {
        findings.add("body", "/body_schema", format!("{method} is sent without a body"));
    }
}
