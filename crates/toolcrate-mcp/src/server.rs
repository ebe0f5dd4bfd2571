//! The server: one for all sessions of a client, sharing the account's client and the search index.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use toolcrate_executor::{InFlight, Product, ToolExecutor, ToolListChanges};
use toolcrate_runtime::Tool;

use crate::event_feed::EventFeed;
use crate::listing::ExposureMode;
use crate::meta_tools::MetaTools;
use crate::options::McpOptions;
use crate::tool_context::ToolContext;

/// Offers the tools of one account over the Model Context Protocol. Clones share their state.
#[derive(Clone)]
pub struct McpServer(Arc<McpServerState>);

struct McpServerState {
    context: ToolContext,
    meta_tools: MetaTools,
    changes: ToolListChanges,
    events: Option<EventFeed>,
    /// Whether a client asked what the server can do, which it may do before all else and leave.
    discovered: AtomicBool,
}

impl McpServer {
    /// Creates a server that offers the tools of `product` that `executor` runs.
    pub fn new(product: &'static Product, executor: ToolExecutor, options: McpOptions) -> Self {
        let McpOptions { listing, word_lists, changes, events } = options;
        Self(Arc::new(McpServerState {
            context: ToolContext::new(product, executor, listing, word_lists),
            meta_tools: MetaTools::new(product, listing.output_schemas),
            changes,
            events,
            discovered: AtomicBool::new(false),
        }))
    }

    /// The calls of the process that are in flight.
    pub fn in_flight(&self) -> &InFlight {
        self.context().executor.in_flight()
    }

    /// Returns true if and only if a client has asked what the server can do.
    pub(crate) fn was_discovered(&self) -> bool {
        self.0.discovered.load(Ordering::Relaxed)
    }

    pub(crate) fn set_discovered(&self) {
        self.0.discovered.store(true, Ordering::Relaxed);
    }

    pub(crate) fn context(&self) -> &ToolContext {
        &self.0.context
    }

    pub(crate) fn meta_tools(&self) -> &MetaTools {
        &self.0.meta_tools
    }

    pub(crate) fn changes(&self) -> &ToolListChanges {
        &self.0.changes
    }

    pub(crate) fn events(&self) -> Option<&EventFeed> {
        self.0.events.as_ref()
    }

    /// The tools of the catalog that are listed.
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
