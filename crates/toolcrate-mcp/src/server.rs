//! The MCP server. One instance can serve several sessions, which share the account's HTTP client and the search index.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use toolcrate_executor::{InFlight, Product, ToolExecutor, ToolListChanges};
use toolcrate_runtime::Tool;

use crate::event_feed::EventFeed;
use crate::listing::ExposureMode;
use crate::meta_tools::MetaTools;
use crate::options::McpOptions;
use crate::shown_list::ShownList;
use crate::tool_context::ToolContext;

/// Exposes the tools of one account over the Model Context Protocol. Clones share their state.
#[derive(Clone)]
pub struct McpServer {
    state: Arc<McpServerState>,
    /// The list shown to this session's client.
    shown: Arc<ShownList>,
}

struct McpServerState {
    context: ToolContext,
    meta_tools: MetaTools,
    changes: ToolListChanges,
    events: Option<EventFeed>,
    /// True if a client has sent a discovery request. A client may send one first and then disconnect.
    discovered: AtomicBool,
}

impl McpServer {
    /// Creates a server that exposes the tools in `product` that `executor` runs.
    pub fn new(product: &'static Product, executor: ToolExecutor, options: McpOptions) -> Self {
        let McpOptions { listing, word_lists, changes, events } = options;
        let meta_tools = MetaTools::new(product, executor.filter(), listing.output_schemas);
        let state = Arc::new(McpServerState {
            context: ToolContext::new(product, executor, listing, word_lists),
            meta_tools,
            changes,
            events,
            discovered: AtomicBool::new(false),
        });
        Self { state, shown: Arc::default() }
    }

    /// Returns the same server for another session.
    #[must_use]
    pub(crate) fn for_session(&self) -> Self {
        Self { state: Arc::clone(&self.state), shown: Arc::default() }
    }

    /// Returns the list shown to this session's client.
    pub(crate) fn shown(&self) -> &Arc<ShownList> {
        &self.shown
    }

    /// Returns the process's in-flight calls.
    pub fn in_flight(&self) -> &InFlight {
        self.context().executor.in_flight()
    }

    /// Returns true if and only if a client has sent a discovery request.
    pub(crate) fn was_discovered(&self) -> bool {
        self.state.discovered.load(Ordering::Relaxed)
    }

    pub(crate) fn set_discovered(&self) {
        self.state.discovered.store(true, Ordering::Relaxed);
    }

    pub(crate) fn context(&self) -> &ToolContext {
        &self.state.context
    }

    pub(crate) fn meta_tools(&self) -> &MetaTools {
        &self.state.meta_tools
    }

    pub(crate) fn changes(&self) -> &ToolListChanges {
        &self.state.changes
    }

    pub(crate) fn events(&self) -> Option<&EventFeed> {
        self.state.events.as_ref()
    }

    /// Returns the listed catalog tools.
    pub(crate) fn listed_tools(&self) -> Vec<Tool> {
        let ToolContext { product, executor, listing, .. } = self.context();
        match listing.mode {
            ExposureMode::MetaTools => {
                let featured = product.featured_tools.iter().filter_map(|name| product.catalog.get(name));
                featured.filter(|tool| executor.filter().allows(*tool)).collect()
            }
            ExposureMode::Filtered | ExposureMode::All => executor.filter().tools().collect(),
        }
    }
}
