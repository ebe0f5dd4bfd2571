//! `search_tools`: finds tools by what they do.

use async_trait::async_trait;
use rmcp::model::{CallToolResponse, Tool};
use serde_json::{Map, json};
use toolcrate_executor::Product;
use toolcrate_runtime::Value;
use toolcrate_search::SearchHit;

use super::meta_tool::{MetaTool, definition, read_only};
use crate::caller::Caller;
use crate::result;
use crate::tool_context::{SEARCH_TOOLS, ToolContext};

const DEFAULT_LIMIT: u64 = 10;
const MAX_LIMIT: u64 = 50;
/// Result size beyond which tools have only a name and a title: about 1,200 tokens.
const MAX_DETAILED_BYTES: usize = 4800;
/// Maximum size of a tool description.
const MAX_DESCRIPTION_BYTES: usize = 240;
/// If the best tool covers a smaller share of what the query mentions, it is probably not the right one.
const MIN_COVERAGE: f32 = 0.3;

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
            "Find {} tools by what they do. Returns names, titles, when to use them and required arguments, best match \
             first.",
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
        let mut size = 0;
        let tools: Vec<Value> = hits
            .iter()
            .map(|hit| {
                let entry = entry(hit, context, size < MAX_DETAILED_BYTES);
                size += entry.to_string().len();
                entry
            })
            .collect();
        let mut found = json!({"tools": tools});
        if hits.first().is_none_or(|best| best.coverage < MIN_COVERAGE) {
            found["message"] = json!(
                "No tool fits the query well. Name the record and the action in other words, or use the names that the \
                 API has for them."
            );
        }
        result::success(found).into()
    }
}

/// Returns a tool as a search result, with everything that a caller needs to choose and call it.
fn entry(hit: &SearchHit, context: &ToolContext, is_detailed: bool) -> Value {
    let record = hit.tool.details();
    let score = (f64::from(hit.score) * 1000.0).round() / 1000.0;
    let name = hit.tool.name_in(context.listing.names);
    let mut entry = json!({"name": name, "title": record.title, "score": score});
    if is_detailed {
        let description = hit.tool.description_in(context.listing.names);
        entry["description"] = json!(first_sentences(&description));
        entry["required"] = json!(record.input.required);
    }
    entry
}

/// Returns as many of a description's first sentences as fit.
fn first_sentences(description: &str) -> &str {
    if description.len() <= MAX_DESCRIPTION_BYTES {
        return description;
    }
    let limit =
        (0..=MAX_DESCRIPTION_BYTES).rev().find(|at| description.is_char_boundary(*at)).unwrap_or_default();
    let end = description[..limit].rfind(". ").map_or(limit, |at| at + 1);
    &description[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_descriptions_end_with_a_whole_sentence() {
        assert_eq!(first_sentences("Create a book."), "Create a book.");
        let long = format!("Create a book. {}", "Then write it. ".repeat(30));
        let short = first_sentences(&long);
        assert!(short.len() <= MAX_DESCRIPTION_BYTES && short.ends_with("write it."), "{short}");
        assert_eq!(first_sentences(&"\u{e9}".repeat(200)).len(), MAX_DESCRIPTION_BYTES);
    }
}
