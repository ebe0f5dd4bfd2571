//! The tools that a client is shown.

use std::borrow::Cow;
use std::sync::Arc;

use connectwise_psa::runtime::{self, Account, Dialect, Value};
use rmcp::model::{Tool, ToolAnnotations};
use serde_json::{Map, json};

use super::{answer, named};
use toolcrate_executor::input_schema_for;

use crate::commands::describe;
use crate::exposure::NameStyle;

/// The name of the tool that finds others.
pub const SEARCH: &str = "search_tools";
/// The name of the tool that shows others.
pub const DESCRIBE: &str = "describe_tools";
/// The name of the tool that runs others.
pub const CALL: &str = "call_tool";
/// Tools that most jobs begin with: they are shown beside the three.
pub const PINNED: [&str; 2] = ["list_all_tickets", "list_all_company_companies"];
/// The most tools that one call describes.
pub const MOST_DESCRIBED: usize = 10;

/// The three tools that give access to all others.
pub fn three() -> Vec<Tool> {
    let text = |about: &str| json!({"type": "string", "description": about});
    let search = json!({
        "type": "object",
        "properties": {
            "query": text("What you want to do, e.g. \"add a note to a ticket\"."),
            "limit": {"type": "integer", "minimum": 1, "maximum": 50, "description": "10 by default."},
        },
        "required": ["query"],
        "additionalProperties": false,
    });
    let describe = json!({
        "type": "object",
        "properties": {
            "names": {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": MOST_DESCRIBED},
            "output": {"type": "boolean", "description": "Also the schema of the answer."},
        },
        "required": ["names"],
        "additionalProperties": false,
    });
    let call = json!({
        "type": "object",
        "properties": {
            "name": text("The tool's name."),
            "arguments": {"type": "object", "description": "As the tool's input schema says."},
            "all_pages": {"type": "boolean", "description": "Follow the pages of a list to the end."},
        },
        "required": ["name"],
        "additionalProperties": false,
    });
    let reads = || ToolAnnotations::new().read_only(true).open_world(false);
    vec![
        tool(SEARCH, "Search tools", "Finds ConnectWise PSA tools by what they do. Answers names and titles, best first.", search)
            .with_annotations(reads()),
        tool(
            DESCRIBE,
            "Describe tools",
            "Shows tools in full: input schema, fields of the filter, and which tools give the ids that they need. Do this before the first call of a tool.",
            describe,
        )
        .with_annotations(reads()),
        tool(
            CALL,
            "Call a tool",
            "Runs any ConnectWise PSA tool. Answers its result; a list comes by pages, and `next` holds the arguments of the next one.",
            call,
        )
        .with_annotations(ToolAnnotations::new().read_only(false).destructive(true).open_world(true)),
    ]
}

fn tool(name: &'static str, title: &str, about: &'static str, schema: Value) -> Tool {
    Tool::new(name, about, Arc::new(object(schema))).with_title(title)
}

/// A tool of the catalog.
pub fn of_catalog(
    tool: runtime::Tool,
    names: NameStyle,
    with_output: bool,
    account: Option<&Account>,
) -> Tool {
    let name = shown(tool, names);
    let mut declaration = tool.declaration_with(Dialect::Mcp, name, input_schema_for(account, tool)).value;
    named::descriptions(&mut declaration, names);
    let Value::Object(mut declaration) = declaration else { unreachable!("a declaration is an object") };
    let mut text = |member: &str| match declaration.remove(member) {
        Some(Value::String(text)) => text,
        _ => String::new(),
    };
    let (title, description) = (text("title"), text("description"));
    let schema = declaration.remove("inputSchema").map(object).unwrap_or_default();
    let hints = tool.annotations();
    let mut made =
        Tool::new(name, Cow::Owned(description), Arc::new(schema)).with_title(title).with_annotations(
            ToolAnnotations::new()
                .read_only(hints.read_only_hint)
                .destructive(hints.destructive_hint)
                .idempotent(hints.idempotent_hint)
                .open_world(hints.open_world_hint),
        );
    if with_output {
        let mut schema = tool.output_schema();
        named::descriptions(&mut schema, names);
        made = made.with_raw_output_schema(Arc::new(answer::schema(schema)));
    }
    made
}

/// A tool of the catalog with all that helps to call it.
pub fn in_full(tool: runtime::Tool, names: NameStyle, account: Option<&Account>) -> Value {
    let mut entry = describe::entry(tool, account);
    if let Some(members) = entry.as_object_mut() {
        for (member, value) in members {
            match member.as_str() {
                "name" => *value = json!(shown(tool, names)),
                "description" | "relations" | "prerequisites" | "lifecycle" => {
                    named::everywhere(value, names)
                }
                "input_schema" => named::descriptions(value, names),
                _ => {}
            }
        }
    }
    entry
}

/// The name that a client is shown.
pub fn shown(tool: runtime::Tool, names: NameStyle) -> &'static str {
    match names {
        NameStyle::Prefixed => tool.name(),
        NameStyle::Short => tool.short_name(),
    }
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}
