//! Serializes tools as JSON for listings and descriptions, for both people and programs.

use serde_json::{Value, json};
use toolcrate_runtime::catalog::RawJson;
use toolcrate_runtime::{Account, NameStyle, Tool};

use crate::custom_fields::input_schema_for;

/// Returns a tool with its schema, annotations and relations. Text refers to tools in the given name style.
pub fn tool_to_json(tool: Tool, names: NameStyle) -> Value {
    let details = tool.details();
    let hints = details.annotations;
    let relations: Vec<Value> = tool
        .relations()
        .into_iter()
        .map(|relation| {
            let mut value =
                json!({"argument": relation.argument, "tool": relation.tool, "field": relation.field});
            if !relation.with.is_empty() {
                value["with"] = json!(relation.with);
            }
            value
        })
        .collect();
    let mut value = json!({
        "name": tool.name(),
        "short_name": tool.short_name(),
        "title": details.title,
        "description": tool.description_in(names),
        "class": details.class,
        "module": tool.module(),
        "tags": details.tags,
        "http": {"method": details.http.method, "path": details.http.path},
        "input_schema": tool.input_schema_value_in(names),
        "annotations": {
            "readOnlyHint": hints.read_only_hint,
            "destructiveHint": hints.destructive_hint,
            "idempotentHint": hints.idempotent_hint,
            "openWorldHint": hints.open_world_hint,
        },
        "relations": relations,
    });
    if !details.examples.is_empty() {
        value["examples"] = details.examples.iter().map(RawJson::to_value).collect();
    }
    value
}

/// Returns a tool with everything that helps to call it, including its filter fields, the lookups before it, its place
/// in a record's lifecycle, and the account's custom fields if they are known.
pub fn describe_tool(tool: Tool, names: NameStyle, account: Option<&Account>) -> Value {
    let mut value = tool_to_json(tool, names);
    if account.is_some() {
        value["input_schema"] = input_schema_for(account, tool, names);
    }
    let fields = tool.filter_fields();
    if !fields.is_empty() {
        value["filter_fields"] = json!(fields);
    }
    let prerequisites = tool.prerequisites();
    if !prerequisites.steps.is_empty() {
        value["prerequisites"] = json!(prerequisites);
    }
    let lifecycle = tool.lifecycle();
    if lifecycle.as_array().is_some_and(|steps| !steps.is_empty()) {
        value["lifecycle"] = lifecycle;
    }
    value
}
