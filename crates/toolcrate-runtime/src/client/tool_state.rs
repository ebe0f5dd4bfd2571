//! The part of a client's state that is needed to execute tools.

use crate::cursor::CursorKey;
use crate::error::Error;
use crate::host_arguments::HostArguments;
use crate::tool::ToolValidators;

/// Tool settings.
#[derive(Default)]
pub(super) struct ToolSettings {
    pub(super) cursor_key: Option<CursorKey>,
    pub(super) host_arguments: HostArguments,
}

/// A client's state for tools.
pub(super) struct ToolState {
    /// The key that signs list cursors.
    pub(super) cursor_key: CursorKey,
    /// Arguments that tools ignore.
    pub(super) host_arguments: HostArguments,
    /// Compiled schemas of the tools that have been called.
    pub(super) validators: ToolValidators,
}

impl ToolState {
    /// Creates the state.
    ///
    /// # Errors
    /// Returns `Configuration` if a key is needed and the system's random number generator fails.
    pub(super) fn new(settings: ToolSettings) -> Result<Self, Error> {
        Ok(Self {
            cursor_key: settings.cursor_key.map_or_else(CursorKey::random, Ok)?,
            host_arguments: settings.host_arguments,
            validators: ToolValidators::default(),
        })
    }
}
