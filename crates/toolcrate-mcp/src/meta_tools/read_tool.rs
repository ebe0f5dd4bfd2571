//! `read_tool`: calls any read-only tool in the catalog.
//!
//! Agent hosts prompt the user before calling a tool that may change data. With a separate tool for reads, they don't
//! need to prompt for each read.

use async_trait::async_trait;
use rmcp::model::{CallToolResponse, Tool, ToolAnnotations};
use serde_json::{Map, json};
use toolcrate_executor::Product;
use toolcrate_runtime::Value;

use super::by_name::{NamedCall, input_schema};
use super::meta_tool::{MetaTool, definition};
use crate::caller::Caller;
use crate::result;
use crate::tool_context::{CALL_TOOL, READ_TOOL, ToolContext};

pub(super) struct ReadAnyTool;

#[async_trait]
impl MetaTool for ReadAnyTool {
    fn definition(&self, product: &Product) -> Tool {
        let description = format!(
            "Call a read-only {} tool by name. Returns its result; lists are paginated, and `next` contains the arguments for the next page.",
            product.title
        );
        let annotations = ToolAnnotations::new().read_only(true).open_world(true);
        definition(READ_TOOL, "Call a read-only tool", description, input_schema(), annotations)
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
        let tool = match context.resolve_call(call.name, &call.arguments, caller) {
            Ok(tool) => tool,
            Err(failure) => return (*failure).into(),
        };
        if tool.annotations().read_only_hint {
            return call.execute(tool, context, caller).await;
        }
        context.executor.record_rejection(caller.principal(), tool, &call.arguments, "not_read_only");
        result::failure(json!({"error": {
            "kind": "not_read_only",
            "message": format!("{} can change data, but {READ_TOOL} runs only tools that can't", tool.short_name()),
            "next_step": format!("Nothing was sent. Call it with {CALL_TOOL}."),
        }}))
        .into()
    }
}
