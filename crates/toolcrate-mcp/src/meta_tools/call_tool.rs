//! `call_tool`: calls any tool of the catalog.

use async_trait::async_trait;
use rmcp::model::{CallToolResponse, Tool, ToolAnnotations};
use serde_json::{Map, json};
use toolcrate_executor::Product;
use toolcrate_runtime::Value;

use super::all_pages;
use super::meta_tool::{MetaTool, definition};
use crate::caller::Caller;
use crate::result;
use crate::tool_context::ToolContext;

pub(super) struct CallAnyTool;

#[async_trait]
impl MetaTool for CallAnyTool {
    fn definition(&self, product: &Product) -> Tool {
        let schema = json!({
            "type": "object",
            "properties": {
                "name": {"type": "string", "description": "The tool's name."},
                "arguments": {"type": "object", "description": "As in the tool's input schema."},
                "all_pages": {"type": "boolean", "description": "Follow the pages of a list to the end."},
            },
            "required": ["name"],
            "additionalProperties": false,
        });
        let description = format!(
            "Call any {} tool by name. Returns its result; lists are paginated, and `next` holds the arguments of the next page.",
            product.title
        );
        let annotations = ToolAnnotations::new().read_only(false).destructive(true).open_world(true);
        definition("call_tool", "Call a tool", description, schema, annotations)
    }

    fn output_schema(&self) -> Option<Map<String, Value>> {
        Some(result::output_schema(json!({})))
    }

    async fn call(
        &self,
        arguments: &Map<String, Value>,
        context: &ToolContext,
        caller: &Caller<'_>,
    ) -> CallToolResponse {
        let name = arguments.get("name").and_then(Value::as_str).unwrap_or_default();
        let tool_arguments = arguments.get("arguments").cloned().unwrap_or_else(|| json!({}));
        match context.resolve_call(name, &tool_arguments, caller) {
            Ok(tool) if arguments.get("all_pages") == Some(&Value::Bool(true)) => {
                all_pages::execute(context, tool, tool_arguments, caller).await
            }
            Ok(tool) => context.execute(tool, &tool_arguments, caller).await,
            Err(failure) => (*failure).into(),
        }
    }
}
