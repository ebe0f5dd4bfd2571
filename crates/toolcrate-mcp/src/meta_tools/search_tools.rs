//! `search_tools`: finds tools by what they do.

use async_trait::async_trait;
use rmcp::model::{CallToolResponse, Tool};
use serde_json::{Map, json};
use toolcrate_executor::Product;
use toolcrate_runtime::Value;

use super::meta_tool::{MetaTool, definition, read_only};
use crate::caller::Caller;
use crate::result;
use crate::tool_context::{SEARCH_TOOLS, ToolContext};

const DEFAULT_LIMIT: u64 = 10;
const MAX_LIMIT: u64 = 50;

pub(super) struct SearchTools;

#[async_trait]
impl MetaTool for SearchTools {
    fn definition(&self, product: &Product) -> Tool {
        let schema = json!({
            "type": "object",
            "properties": {
                "query": {"type": "string", "description": "What you want to do, e.g. \"add a note to a ticket\"."},
                "limit": {
                    "type": "integer",
                    "minimum": 1,
                    "maximum": MAX_LIMIT,
                    "description": format!("{DEFAULT_LIMIT} by default."),
                },
            },
            "required": ["query"],
            "additionalProperties": false,
        });
        let description = format!(
            "Find {} tools by what they do. Returns names and titles, best match first.",
            product.title
        );
        definition(SEARCH_TOOLS, "Search tools", description, schema, read_only())
    }

    async fn call(
        &self,
        arguments: &Map<String, Value>,
        context: &ToolContext,
        _: &Caller<'_>,
    ) -> CallToolResponse {
        let query = arguments.get("query").and_then(Value::as_str).unwrap_or_default();
        let limit = arguments.get("limit").and_then(Value::as_u64).unwrap_or(DEFAULT_LIMIT);
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let hits = context.search(query.to_owned(), limit).await;
        let tools: Vec<Value> = hits
            .iter()
            .map(|hit| {
                let score = (f64::from(hit.score) * 1000.0).round() / 1000.0;
                let name = hit.tool.name_in(context.listing.names);
                json!({"name": name, "title": hit.tool.title(), "score": score})
            })
            .collect();
        result::success(json!({"tools": tools})).into()
    }
}
