//! Converts catalog tools to MCP tool definitions.

use std::borrow::Cow;
use std::sync::Arc;

use rmcp::model::{Tool as McpTool, ToolAnnotations};
use serde_json::{Map, json};
use toolcrate_executor::{describe_tool, input_schema_for};
use toolcrate_runtime::{Account, Dialect, NameStyle, Tool, Value};

use crate::result;
use crate::tool_naming::rename_in_value;

/// Returns a catalog tool's definition for listings.
pub(crate) fn to_mcp_tool(
    tool: Tool,
    names: NameStyle,
    with_output: bool,
    account: Option<&Account>,
) -> McpTool {
    let name = tool.name_in(names);
    let declaration = tool.declaration_with(Dialect::Mcp, name, input_schema_for(account, tool, names)).value;
    let mut members = into_object(declaration);
    let mut text = |member: &str| match members.remove(member) {
        Some(Value::String(text)) => text,
        _ => String::new(),
    };
    let (title, description) = (text("title"), text("description"));
    let schema = members.remove("inputSchema").map(into_object).unwrap_or_default();
    let hints = tool.annotations();
    let annotations = ToolAnnotations::new()
        .read_only(hints.read_only_hint)
        .destructive(hints.destructive_hint)
        .idempotent(hints.idempotent_hint)
        .open_world(hints.open_world_hint);
    let definition = McpTool::new(name, Cow::Owned(description), Arc::new(schema))
        .with_title(title)
        .with_annotations(annotations);
    if !with_output {
        return definition;
    }
    definition.with_raw_output_schema(Arc::new(result::output_schema(tool.output_schema())))
}

/// Returns a catalog tool with everything that helps to call it.
pub(crate) fn describe(tool: Tool, names: NameStyle, account: Option<&Account>) -> Value {
    let mut entry = describe_tool(tool, names, account);
    for (member, value) in entry.as_object_mut().into_iter().flatten() {
        match member.as_str() {
            "name" => *value = json!(tool.name_in(names)),
            "relations" | "prerequisites" | "lifecycle" => {
                rename_in_value(value, tool.catalog(), names);
            }
            _ => {}
        }
    }
    entry
}

fn into_object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}
