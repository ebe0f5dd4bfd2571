//! `call_tool`: calls any tool in the catalog.

use async_trait::async_trait;
use rmcp::model::{CallToolResponse, Tool, ToolAnnotations};
use serde_json::{Map, json};
use toolcrate_executor::{Product, ToolFilter};
use toolcrate_runtime::Value;

use super::by_name::{NamedCall, input_schema};
use super::meta_tool::{MetaTool, definition};
use crate::caller::Caller;
use crate::result;
use crate::tool_context::{CALL_TOOL, READ_TOOL, ToolContext};

pub(super) struct CallAnyTool;

#[async_trait]
impl MetaTool for CallAnyTool {
    fn definition(&self, product: &Product) -> Tool {
        let description = format!(
            "Call any {} tool by name. Use it for writes; use {READ_TOOL} for reads. Returns the tool's result.",
            product.title
        );
        let annotations = ToolAnnotations::new().read_only(false).destructive(true).open_world(true);
        definition(CALL_TOOL, "Call a tool", description, input_schema(), annotations)
    }

    /// If nothing can be changed, [`READ_TOOL`](super::read_tool) can do everything that this tool could,
    /// without agent hosts prompting their user.
    fn is_listed(&self, filter: &ToolFilter) -> bool {
        filter.allows_writes()
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
        let call = NamedCall::from_arguments(arguments);
        match context.resolve_call(call.name, &call.arguments, caller) {
            Ok(tool) => call.execute(tool, context, caller).await,
            Err(failure) => (*failure).into(),
        }
    }
}
