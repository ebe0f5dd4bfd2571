//! The trait that meta-tools implement.

use std::sync::Arc;

use async_trait::async_trait;
use rmcp::model::{CallToolResponse, Tool, ToolAnnotations};
use serde_json::Map;
use toolcrate_executor::{Product, ToolFilter};
use toolcrate_runtime::Value;

use crate::caller::Caller;
use crate::tool_context::ToolContext;

/// A tool for working with the catalog's tools.
#[async_trait]
pub(crate) trait MetaTool: Send + Sync {
    /// Returns the tool's definition. Calls are dispatched by its name and validated against its input
    /// schema.
    fn definition(&self, product: &Product) -> Tool;

    /// Returns true if and only if the tool is listed when the tools in `filter` are exposed.
    fn is_listed(&self, _filter: &ToolFilter) -> bool {
        true
    }

    /// Returns the output schema, which is listed if the server lists output schemas.
    fn output_schema(&self) -> Option<Map<String, Value>> {
        None
    }

    /// Runs the tool. `arguments` have been validated against the input schema.
    async fn call(
        &self,
        arguments: &Map<String, Value>,
        context: &ToolContext,
        caller: &Caller<'_>,
    ) -> CallToolResponse;
}

/// Creates a definition whose input schema is an object with these properties.
pub(crate) fn definition(
    name: &'static str,
    title: &str,
    description: String,
    input_schema: Value,
    annotations: ToolAnnotations,
) -> Tool {
    let schema = match input_schema {
        Value::Object(schema) => schema,
        _ => Map::new(),
    };
    Tool::new(name, description, Arc::new(schema)).with_title(title).with_annotations(annotations)
}

/// Returns the annotations of a tool that only reads the catalog.
pub(crate) fn read_only() -> ToolAnnotations {
    ToolAnnotations::new().read_only(true).open_world(false)
}
