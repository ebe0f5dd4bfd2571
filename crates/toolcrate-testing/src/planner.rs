//! Creates arguments for calling a tool on a server with records. Arguments are drawn from the tool's input schema,
//! with the IDs of existing records. The tool's relations determine which tool lists those records.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use toolcrate_runtime::catalog::{ArgumentLocation, PathType};
use toolcrate_runtime::{Catalog, Error, Method, OperationVariant, Tool, ToolRecord};

use crate::sample;

/// Calls a tool and returns the result, or `None` if it failed.
pub type CallTool<'a> = dyn FnMut(Tool, &Map<String, Value>) -> Option<Value> + 'a;

/// Finds arguments. Lists that have been read are remembered until [`forget`](Self::forget) is called.
pub struct ArgumentPlanner {
    catalog: &'static Catalog,
    lists: BTreeMap<String, Vec<Value>>,
    /// Tools that create a record, by path.
    creators: BTreeMap<String, Tool>,
    /// Tools that list records, by path.
    listers: BTreeMap<String, Tool>,
}

/// Query parameters, with values that any list accepts.
const QUERY: [(&str, &str); 8] = [
    ("conditions", ""),
    ("childConditions", ""),
    ("customFieldConditions", ""),
    ("orderBy", ""),
    ("fields", "id,_info"),
    ("columns", "id"),
    ("pageId", ""),
    ("filter", ""),
];

/// Maximum number of parents that are tried until one has children.
const PARENTS: usize = 12;

impl ArgumentPlanner {
    /// Creates a planner for the tools in `catalog`.
    pub fn new(catalog: &'static Catalog) -> Self {
        let with = |method: Method| {
            let tools = catalog.tools().filter(move |tool| tool.method() == method);
            tools.map(|tool| (normal(tool.path()), tool)).collect()
        };
        Self { catalog, lists: BTreeMap::new(), creators: with(Method::Post), listers: with(Method::Get) }
    }

    /// Forgets all lists that have been read.
    pub fn forget(&mut self) {
        self.lists.clear();
    }

    /// Returns arguments for a tool. A deletion gets a new record, if the API can create one.
    pub fn arguments(&mut self, tool: Tool, call: &mut CallTool<'_>) -> Map<String, Value> {
        let mut arguments = self.drawn(tool, call);
        let item = normal(tool.path());
        // A record of a list that is identified in the query.
        if tool.method() == Method::Delete
            && arguments.contains_key("id")
            && !in_path(tool, "id")
            && let Some(lister) = self.listers.get(&item).copied()
        {
            let given: Map<String, Value> = arguments
                .iter()
                .filter(|(name, _)| in_path(lister, name))
                .map(|(n, v)| (n.clone(), v.clone()))
                .collect();
            if let Some((record, _)) = self.records(lister, &given, call).into_iter().next() {
                arguments.insert("id".to_owned(), record["id"].clone());
            }
        }
        if tool.method() == Method::Delete
            && let Some(creator) = item.strip_suffix("/{}").and_then(|list| self.creators.get(list)).copied()
        {
            let own = identity(tool);
            let mut made = self.drawn(creator, call);
            for (name, value) in &arguments {
                if made.contains_key(name) && Some(name.as_str()) != own.as_deref() && in_path(creator, name)
                {
                    made.insert(name.clone(), value.clone());
                }
            }
            let id = call(creator, &made).and_then(|record| record.get("id").cloned());
            if let (Some(id), Some(own)) = (id, own) {
                arguments.insert(own, id);
            }
        }
        arguments
    }

    /// Returns arguments drawn from the schema, with IDs from the relations.
    fn drawn(&mut self, tool: Tool, call: &mut CallTool<'_>) -> Map<String, Value> {
        let schema = tool.input_schema_value();
        let mut arguments = sample::arguments(&schema);
        let record = tool.details();
        for binding in &record.bindings {
            arguments.remove(binding.when.as_ref());
        }
        let shape = tool.shape(&record);
        let in_query = shape.is_some_and(|shape| shape.location == ArgumentLocation::Query);
        if in_query || tool.variant() == Some(OperationVariant::Search) {
            for (name, value) in QUERY {
                if value.is_empty() {
                    arguments.retain(|known, _| !known.eq_ignore_ascii_case(name));
                } else if arguments.contains_key(name) {
                    arguments.insert(name.to_owned(), json!(value));
                }
            }
            if arguments.contains_key("page") {
                arguments.insert("page".to_owned(), json!(1));
            }
        }
        if arguments.get("url").is_some_and(Value::is_string) {
            arguments.insert("url".to_owned(), json!("https://example.com/hook?recordId="));
        }
        // Some dates are plain strings in the spec.
        for (name, value) in &mut arguments {
            let chosen = schema["properties"][name.as_str()]["enum"].is_array();
            let name = name.to_lowercase();
            if value.is_string()
                && !chosen
                && ["start", "end", "date"].iter().any(|ending| name.ends_with(ending))
            {
                *value = json!("2025-01-31T08:30:00Z");
            }
        }
        // A field that is set isn't cleared.
        if let Some(clear) = record.request.clear_argument() {
            arguments.remove(clear);
        }
        // Raw patches would refer to fields that no record has.
        if schema["properties"]["operations"].is_object() {
            let changes_nothing = json!([{"op": "replace", "path": "id", "value": 1}]);
            match schema["required"]
                .as_array()
                .is_some_and(|names| names.iter().any(|name| name == "operations"))
            {
                true => arguments.insert("operations".to_owned(), changes_nothing),
                false => arguments.remove("operations"),
            };
        }
        let needed: Vec<String> = schema["required"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|n| n.as_str().map(str::to_owned))
            .collect();
        self.path(tool, &record, &mut arguments, call);
        self.own_ids(tool, &record, &mut arguments, call);
        let mut relations = tool.relations();
        relations.sort_by_key(|relation| relation.with.len());
        for relation in relations {
            let mut path: Vec<&str> = relation.argument.split('/').collect();
            // A body field with the same name as a parameter has a different argument.
            let renamed = record.request.arguments.iter().find(|(_, target)| {
                target.location == ArgumentLocation::Body && target.name.as_deref() == Some(path[0])
            });
            if let Some((argument, _)) = renamed {
                path[0] = argument;
            }
            if !arguments.contains_key(path[0]) || in_path(tool, path[0]) {
                continue;
            }
            let Some(source) = self.catalog.get(&relation.tool) else { continue };
            let mut given = Map::new();
            for (argument, member) in &relation.with {
                let mut at = Value::Object(arguments.clone());
                for segment in member.split('/') {
                    at = at.get_mut(segment).map(Value::take).unwrap_or_default();
                }
                if !at.is_null() {
                    given.insert(argument.to_string(), at);
                }
            }
            let found = self.records(source, &given, call).into_iter().next();
            let record = found.map(|(record, _)| record);
            let value = record.as_ref().and_then(|record| record.get("id")).cloned();
            if value.is_none() && path.len() == 1 && !needed.iter().any(|name| name == path[0]) {
                arguments.remove(path[0]);
                continue;
            }
            let mut at = Value::Object(std::mem::take(&mut arguments));
            set(&mut at, &path, value.as_ref(), record.as_ref());
            if let Value::Object(members) = at {
                arguments = members;
            }
        }
        arguments
    }

    /// Fills in lists of IDs without a relation that identify records like the one in the path, such as a
    /// ticket's `childTicketIds`. They get another record from that list.
    fn own_ids(
        &mut self,
        tool: Tool,
        record: &ToolRecord<'_>,
        arguments: &mut Map<String, Value>,
        call: &mut CallTool<'_>,
    ) {
        let Some(own) = parents(record).pop() else { return };
        let Some(relation) = tool.relations().into_iter().find(|relation| relation.argument == own.as_str())
        else {
            return;
        };
        let Some(source) = self.catalog.get(&relation.tool) else { return };
        let noun = source
            .path()
            .trim_end_matches('/')
            .rsplit('/')
            .next()
            .unwrap_or_default()
            .trim_end_matches('s')
            .to_lowercase();
        let named: Vec<String> = arguments
            .iter()
            .filter(|(name, value)| value[0].is_i64() && name.to_lowercase().ends_with(&format!("{noun}ids")))
            .map(|(name, _)| name.clone())
            .collect();
        for name in named {
            let records = self.records(source, &Map::new(), call);
            let other = records.iter().map(|(record, _)| &record["id"]).find(|id| **id != arguments[&own]);
            arguments.insert(name, other.map_or(json!([]), |id| json!([id])));
        }
    }

    /// Fills in the path arguments, from the outermost in: the first parent that has the requested child.
    fn path(
        &mut self,
        tool: Tool,
        details: &ToolRecord<'_>,
        arguments: &mut Map<String, Value>,
        call: &mut CallTool<'_>,
    ) {
        let relations = tool.relations();
        let ordered = parents(details);
        for argument in ordered.iter().rev() {
            let Some(relation) = relations.iter().find(|relation| relation.argument == argument.as_str())
            else {
                arguments.entry(argument.clone()).and_modify(|value| *value = plain(value));
                continue;
            };
            let Some(source) = self.catalog.get(&relation.tool) else { continue };
            // Values set by an inner argument are kept.
            let Some((record, outer)) = self.records(source, &Map::new(), call).into_iter().next() else {
                arguments.entry(argument.clone()).and_modify(|value| *value = plain(value));
                continue;
            };
            let text = details.request.arguments[argument.as_str()].path_type == PathType::Text;
            let value = if text {
                ["identifier", "name", "id"]
                    .iter()
                    .find_map(|name| record.get(*name))
                    .map(|v| json!(v.as_str().map_or(v.to_string(), str::to_owned)))
            } else {
                record.get("id").cloned()
            };
            arguments.insert(argument.clone(), value.unwrap_or(json!(1)));
            if parents(&source.details()).is_empty() {
                continue;
            }
            // The record's parents are the arguments before this one, in path order.
            let before: Vec<&String> = ordered.iter().take_while(|known| *known != argument).collect();
            for (argument, value) in before.into_iter().rev().zip(outer.iter().rev()) {
                arguments.insert(argument.clone(), value.clone());
            }
            break;
        }
    }

    /// Returns a list's records, each with the IDs of its parents; the lists below several parents are tried.
    fn records(
        &mut self,
        tool: Tool,
        given: &Map<String, Value>,
        call: &mut CallTool<'_>,
    ) -> Vec<(Value, Vec<Value>)> {
        let relations = tool.relations();
        let path = parents(&tool.details());
        let Some((argument, relation)) =
            path.iter().filter(|argument| !given.contains_key(argument.as_str())).find_map(|argument| {
                Some((argument, relations.iter().find(|relation| relation.argument == argument.as_str())?))
            })
        else {
            let mut arguments = given.clone();
            for argument in &path {
                arguments.entry(argument.clone()).or_insert(json!(1));
            }
            let key = format!("{} {}", tool.name(), Value::Object(arguments.clone()));
            if !self.lists.contains_key(&key) {
                let answered = call(tool, &arguments);
                let list = answered.and_then(|value| value.as_array().cloned()).unwrap_or_default();
                self.lists.insert(key.clone(), list);
            }
            let ids: Vec<Value> = path.iter().filter_map(|name| arguments.get(name).cloned()).collect();
            return self.lists[&key].iter().map(|record| (record.clone(), ids.clone())).collect();
        };
        let Some(source) = self.catalog.get(&relation.tool) else { return Vec::new() };
        // Known outer parents also apply to the list of parents.
        let known: Map<String, Value> = given
            .iter()
            .filter(|(name, _)| in_path(source, name))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        for (parent, _) in self.records(source, &known, call).into_iter().take(PARENTS) {
            let mut inner = given.clone();
            inner.insert((*argument).clone(), parent["id"].clone());
            let found = self.records(tool, &inner, call);
            if !found.is_empty() {
                return found;
            }
        }
        Vec::new()
    }
}

/// Returns the arguments without the fields that a rejection lists, as a caller would correct them; `None` if
/// the rejection lists no fields, or a required one. A record can contradict another in ways that no schema
/// describes.
pub fn corrected(tool: Tool, arguments: &Map<String, Value>, refusal: &Value) -> Option<Map<String, Value>> {
    let schema = tool.input_schema_value();
    let needed =
        |name: &str| schema["required"].as_array().is_some_and(|names| names.iter().any(|n| n == name));
    let mut corrected = arguments.clone();
    for fault in refusal["errors"].as_array()? {
        let name = fault["field"].as_str()?.split(['/', '.', '[']).next()?;
        if needed(name) {
            return None;
        }
        corrected.shift_remove(name)?;
    }
    Some(corrected)
}

/// Returns an error in the API's format, in which the planner looks for invalid arguments.
pub fn refusal(error: &Error) -> Value {
    let errors: Vec<Value> = error
        .fields()
        .iter()
        .map(|field| {
            let name = field.pointer.trim_start_matches('/');
            json!({"code": field.code, "message": field.message, "field": name})
        })
        .collect();
    json!({"code": error.code(), "message": error.message(), "errors": errors})
}

/// Returns a template without names.
fn normal(path: &str) -> String {
    let segments = path.split('/').filter(|segment| !segment.is_empty());
    let segments = segments
        .map(|segment| if segment.starts_with('{') { "{}".to_owned() } else { segment.to_lowercase() });
    format!("/{}", segments.collect::<Vec<_>>().join("/"))
}

/// Returns the last argument in the path.
fn identity(tool: Tool) -> Option<String> {
    parents(&tool.details()).pop()
}

/// Returns the arguments in a tool's path, in order.
fn parents(record: &ToolRecord<'_>) -> Vec<String> {
    record.path_arguments().map(|(argument, _)| argument.to_owned()).collect()
}

fn in_path(tool: Tool, argument: &str) -> bool {
    let record = tool.details();
    record.request.arguments.get(argument).is_some_and(|target| target.location == ArgumentLocation::Path)
}

/// Returns a value of the same type for an ID without a known source.
fn plain(value: &Value) -> Value {
    if value.is_number() { json!(1) } else { json!("1") }
}

/// Stores an ID, or a reference to a record, at the path of an argument, through lists.
fn set(at: &mut Value, path: &[&str], id: Option<&Value>, record: Option<&Value>) {
    if let Value::Array(items) = at {
        items.iter_mut().for_each(|item| set(item, path, id, record));
        return;
    }
    if let Some((first, rest)) = path.split_first() {
        if let Some(below) = at.get_mut(*first) {
            set(below, rest, id, record);
        }
        return;
    }
    match (at, id) {
        (Value::Object(members), Some(id)) => {
            members.retain(|name, _| name == "id");
            members.insert("id".to_owned(), id.clone());
        }
        (at @ Value::Object(_), None) => *at = json!({}),
        (at @ Value::Number(_), Some(id)) => *at = id.clone(),
        (at @ Value::String(_), Some(_)) => {
            let name = record.and_then(|record| record.get("identifier").or(record.get("name")));
            if let Some(Value::String(name)) = name {
                *at = json!(name);
            }
        }
        _ => {}
    }
}
