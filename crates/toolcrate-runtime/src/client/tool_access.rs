//! The methods of the client and its builder that tools use.

use super::builder::ClientBuilder;
use super::handle::Client;
use crate::cursor::CursorKey;
use crate::host_arguments::HostArguments;
use crate::tool::ToolValidators;

impl ClientBuilder {
    /// Sets the key that signs list cursors. Clients with the same key accept each other's cursors; by default, a
    /// cursor is valid only for this client.
    #[must_use]
    pub fn cursor_key(mut self, key: CursorKey) -> Self {
        self.tools.cursor_key = Some(key);
        self
    }

    /// Sets the arguments that tools ignore because agent hosts add them. By default, these are the arguments added by
    /// known hosts.
    #[must_use]
    pub fn host_arguments(mut self, names: HostArguments) -> Self {
        self.tools.host_arguments = names;
        self
    }
}

impl Client {
    /// Returns the arguments that tools ignore because agent hosts add them.
    pub fn host_arguments(&self) -> &HostArguments {
        &self.state.tools.host_arguments
    }

    pub(crate) fn checks(&self) -> &ToolValidators {
        &self.state.tools.validators
    }

    pub(crate) fn cursor_key(&self) -> &CursorKey {
        &self.state.tools.cursor_key
    }
}
