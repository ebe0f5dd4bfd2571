//! The state of a client for the execution of tools.

use crate::cursor::CursorKey;
use crate::error::Error;
use crate::host_arguments::HostArguments;
use crate::tool::ToolValidators;

/// Settings for tools.
#[derive(Default)]
pub(super) struct ToolSettings {
    pub(super) cursor_key: Option<CursorKey>,
    pub(super) host_arguments: HostArguments,
}

/// State of a client for tools.
pub(super) struct ToolState {
    /// The key that signs the cursors of lists.
    pub(super) cursor_key: CursorKey,
    /// Arguments that tools ignore.
    pub(super) host_arguments: HostArguments,
    /// Compiled schemas of the tools that were called.
    pub(super) validators: ToolValidators,
}

impl ToolState {
    /// Creates the state.
    ///
    /// # Errors
    /// `Configuration` if a key is needed and the system has no random numbers.
    pub(super) fn new(settings: ToolSettings) -> Result<Self, Error> {
        Ok(Self {
            cursor_key: settings.cursor_key.map_or_else(CursorKey::random, Ok)?,
            host_arguments: settings.host_arguments,
            validators: ToolValidators::default(),
        })
    }
}
