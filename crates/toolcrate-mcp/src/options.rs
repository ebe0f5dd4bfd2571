//! Options for the MCP server.

use toolcrate_executor::ToolListChanges;
use toolcrate_search::WordLists;

use crate::event_feed::EventFeed;
use crate::listing::ToolListing;

/// Options of an [`McpServer`](crate::McpServer).
#[derive(Clone)]
pub struct McpOptions {
    /// How tools are listed.
    pub listing: ToolListing,
    /// The API's search vocabulary. Plain English by default.
    pub word_lists: &'static WordLists,
    /// Announces changes to the tool list.
    pub changes: ToolListChanges,
    /// The events that sessions may read and subscribe to.
    pub events: Option<EventFeed>,
}

impl Default for McpOptions {
    fn default() -> Self {
        Self {
            listing: ToolListing::default(),
            word_lists: &WordLists::ENGLISH,
            changes: ToolListChanges::default(),
            events: None,
        }
    }
}
