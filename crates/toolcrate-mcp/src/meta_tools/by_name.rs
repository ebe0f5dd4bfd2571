//! Calls catalog tools by name, for `read_tool` and `call_tool`.

use rmcp::model::CallToolResponse;
use serde_json::{Map, json};
use toolcrate_runtime::{Tool, Value};

use super::all_pages;
use crate::caller::Caller;
use crate::tool_context::ToolContext;

/// The tool named in a call, and the arguments for it.
pub(super) struct NamedCall<'a> {
    pub(super) name: &'a str,
    pub(super) arguments: Value,
    all_pages: bool,
}

impl<'a> NamedCall<'a> {
    /// Reads the arguments of a meta-tool with the [`input_schema`].
    pub(super) fn from_arguments(arguments: &'a Map<String, Value>) -> Self {
        Self {
            name: arguments.get("name").and_then(Value::as_str).unwrap_or_default(),
            arguments: arguments.get("arguments").cloned().unwrap_or_else(|| json!({})),
            all_pages: arguments.get("all_pages") == Some(&Value::Bool(true)),
        }
    }

    /// Runs `tool`, which is the one named in the call.
    pub(super) async fn execute(
        self,
        tool: Tool,
        context: &ToolContext,
        caller: &Caller<'_>,
    ) -> CallToolResponse {
        if self.all_pages {
            all_pages::execute(context, tool, self.arguments, caller).await
        } else {
            context.execute(tool, &self.arguments, caller).await
        }
    }
}

/// Returns the schema of the arguments.
pub(super) fn input_schema() -> Value {
    json!({
        "type": "object",
        "properties": {
            "name": {"type": "string", "description": "The tool's name."},
            "arguments": {"type": "object", "description": "As in the tool's input schema."},
            "all_pages": {"type": "boolean", "description": "Follow the pages of a list to the end."},
        },
        "required": ["name"],
        "additionalProperties": false,
    })
}
