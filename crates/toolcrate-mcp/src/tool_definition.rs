//! Tools of the catalog as clients are shown them.

use std::borrow::Cow;
use std::sync::Arc;

use rmcp::model::{Tool as McpTool, ToolAnnotations};
use serde_json::{Map, json};
use toolcrate_executor::{describe_tool, input_schema_for};
use toolcrate_runtime::{Account, Dialect, Tool, Value};

use crate::listing::NameStyle;
use crate::result;
use crate::tool_naming::{display_name, rename_in_descriptions, rename_in_value};

/// A tool of the catalog, as it is listed.
pub(crate) fn to_mcp_tool(
    tool: Tool,
    names: NameStyle,
    with_output: bool,
    account: Option<&Account>,
) -> McpTool {
    let (name, catalog) = (display_name(tool, names), tool.catalog());
    let mut declaration = tool.declaration_with(Dialect::Mcp, name, input_schema_for(account, tool)).value;
    rename_in_descriptions(&mut declaration, catalog, names);
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
    let mut schema = tool.output_schema();
    rename_in_descriptions(&mut schema, catalog, names);
    definition.with_raw_output_schema(Arc::new(result::output_schema(schema)))
}

/// A tool of the catalog with everything that helps to call it.
pub(crate) fn describe(tool: Tool, names: NameStyle, account: Option<&Account>) -> Value {
    let mut entry = describe_tool(tool, account);
    for (member, value) in entry.as_object_mut().into_iter().flatten() {
        match member.as_str() {
            "name" => *value = json!(display_name(tool, names)),
            "description" | "relations" | "prerequisites" | "lifecycle" => {
                rename_in_value(value, tool.catalog(), names);
            }
            "input_schema" => rename_in_descriptions(value, tool.catalog(), names),
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
