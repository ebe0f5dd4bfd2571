//! The context in which meta-tools are executed, such as the caller and the executor.

use std::sync::{Arc, OnceLock};

use rmcp::model::{CallToolResponse, CallToolResult};
use serde_json::json;
use toolcrate_executor::{MAX_ERROR_BYTES, Product, Rejection, ToolExecutor, outcome_to_json};
use toolcrate_runtime::{ExecuteOptions, Tool, Value, cpu_permit};
use toolcrate_search::{SearchEngine, SearchHit, WordLists};

use crate::caller::Caller;
use crate::listing::ToolListing;
use crate::{elicitation, result};

/// The name of the meta-tool that finds other tools. Errors refer to it.
pub(crate) const SEARCH_TOOLS: &str = "search_tools";
/// The name of the meta-tool that runs tools that change nothing.
pub(crate) const READ_TOOL: &str = "read_tool";
/// The name of the meta-tool that runs any tool.
pub(crate) const CALL_TOOL: &str = "call_tool";
/// Maximum size of a result, unless the executor has a limit.
const MAX_RESULT_BYTES: usize = 60_000;
/// Minimum size limit for errors. A shorter error would not be useful.
const MIN_ERROR_BYTES: usize = 1000;

/// State shared by a server's tools.
pub(crate) struct ToolContext {
    pub(crate) product: &'static Product,
    pub(crate) executor: ToolExecutor,
    pub(crate) listing: ToolListing,
    word_lists: &'static WordLists,
    search: Arc<OnceLock<SearchEngine>>,
}

impl ToolContext {
    pub(crate) fn new(
        product: &'static Product,
        executor: ToolExecutor,
        listing: ToolListing,
        word_lists: &'static WordLists,
    ) -> Self {
        Self { product, executor, listing, word_lists, search: Arc::default() }
    }

    /// Finds the exposed tools that match a query, best first. The first call builds the search index, which is slow;
    /// both run on a separate thread, so other requests don't wait for them.
    pub(crate) async fn search(&self, query: String, limit: usize) -> Vec<SearchHit> {
        let (search, filter) = (Arc::clone(&self.search), self.executor.filter().clone());
        let (catalog, word_lists) = (self.product.catalog, self.word_lists);
        let permit = cpu_permit().await;
        let find = move || {
            // The thread keeps the permit until it is done, even if the caller has been dropped.
            let _permit = permit;
            let engine = search.get_or_init(|| SearchEngine::new(catalog, word_lists));
            engine.find(&query, limit, |tool| filter.allows(tool))
        };
        // This only fails if the search panicked or the runtime is shutting down.
        tokio::task::spawn_blocking(find).await.unwrap_or_default()
    }

    /// Returns the maximum size of a result. Data that doesn't fit is omitted, with the arguments that fetch it.
    pub(crate) fn max_result_bytes(&self) -> usize {
        self.executor.limits().max_bytes.unwrap_or(MAX_RESULT_BYTES)
    }

    /// Returns the maximum size of an error.
    pub(crate) fn max_error_bytes(&self) -> usize {
        MAX_ERROR_BYTES.min(self.max_result_bytes()).max(MIN_ERROR_BYTES)
    }

    /// Returns the tool with this name.
    ///
    /// # Errors
    /// Returns the result of the call if the tool doesn't exist or isn't exposed.
    pub(crate) fn resolve(&self, name: &str) -> Result<Tool, Box<CallToolResult>> {
        self.executor.resolve(name).map_err(resolve_failure)
    }

    /// Like [`resolve`](Self::resolve), for a call: calling a tool that isn't exposed is recorded in the audit log.
    pub(crate) fn resolve_call(
        &self,
        name: &str,
        arguments: &Value,
        caller: &Caller<'_>,
    ) -> Result<Tool, Box<CallToolResult>> {
        let tool = self.executor.resolve_call(caller.principal(), name, arguments);
        tool.map_err(resolve_failure)
    }

    /// Runs a catalog tool.
    pub(crate) async fn execute(
        &self,
        tool: Tool,
        arguments: &Value,
        caller: &Caller<'_>,
    ) -> CallToolResponse {
        let max_bytes = Some(self.max_result_bytes());
        let options = ExecuteOptions { max_bytes, ..ExecuteOptions::default() };
        match elicitation::execute(&self.executor, tool, arguments, &options, caller).await {
            Ok(outcome) => result::success(outcome_to_json(&outcome)).into(),
            Err(response) => *response,
        }
    }
}

/// Returns the result of a call to a tool that doesn't exist or isn't exposed.
fn resolve_failure(rejection: Rejection) -> Box<CallToolResult> {
    Box::new(match rejection {
        Rejection::NotOffered(tool) => result::failure(json!({"error": {
            "kind": "not_offered",
            "message": format!("{tool} is not exposed by this server"),
            "next_step": format!("Find an exposed tool with {SEARCH_TOOLS}."),
        }})),
        rejection => result::execute_failure(&rejection.into()),
    })
}
