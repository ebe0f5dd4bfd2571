//! Server options.

use toolcrate_executor::ToolListChanges;
use toolcrate_search::WordLists;

use crate::event_feed::EventFeed;
use crate::listing::ToolListing;

/// Options of an [`McpServer`](crate::McpServer).
#[derive(Clone)]
pub struct McpOptions {
    /// In which form tools are listed.
    pub listing: ToolListing,
    /// Search vocabulary of the API. Plain English by default.
    pub word_lists: &'static WordLists,
    /// Announces that the list of tools has changed.
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
