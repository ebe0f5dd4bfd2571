//! `describe_tools`: shows complete tool definitions.

use async_trait::async_trait;
use rmcp::model::{CallToolResponse, Tool};
use serde_json::{Map, json};
use toolcrate_executor::Product;
use toolcrate_runtime::Value;

use super::meta_tool::{MetaTool, definition, read_only};
use crate::caller::Caller;
use crate::result;
use crate::tool_context::ToolContext;
use crate::tool_definition::describe;

/// Maximum number of tools described by one call.
const MAX_TOOLS: usize = 10;

pub(super) struct DescribeTools;

#[async_trait]
impl MetaTool for DescribeTools {
    fn definition(&self, _: &Product) -> Tool {
        let schema = json!({
            "type": "object",
            "properties": {
                "names": {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": MAX_TOOLS},
                "output": {"type": "boolean", "description": "Also return the schema of the result."},
            },
            "required": ["names"],
            "additionalProperties": false,
        });
        let description = "Show tools in full: input schema, filterable fields, and which tools provide the IDs that they need. Use it before the first call of a tool.";
        definition("describe_tools", "Describe tools", description.to_owned(), schema, read_only())
    }

    async fn call(
        &self,
        arguments: &Map<String, Value>,
        context: &ToolContext,
        _: &Caller<'_>,
    ) -> CallToolResponse {
        let names = arguments.get("names").and_then(Value::as_array).into_iter().flatten();
        let with_output = arguments.get("output") == Some(&Value::Bool(true));
        let style = context.listing.names;
        let account = context.executor.account().await;
        let mut tools = Vec::new();
        for name in names.filter_map(Value::as_str) {
            let tool = match context.resolve(name) {
                Ok(tool) => tool,
                Err(failure) => return (*failure).into(),
            };
            let mut entry = describe(tool, style, account.as_ref());
            if let Some(members) = entry.as_object_mut() {
                members.retain(|member, _| !matches!(member.as_str(), "tags" | "relations" | "short_name"));
            }
            if with_output {
                entry["output_schema"] = tool.output_schema();
            }
            tools.push(entry);
        }
        result::success(json!({"tools": tools})).into()
    }
}
