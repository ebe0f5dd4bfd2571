//! Client state for executing tools.

use std::sync::{Arc, PoisonError, RwLock};

use crate::cursor::CursorKey;
use crate::custom_fields::AccountFields;
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
    /// The account's custom fields, once they have been fetched.
    account_fields: RwLock<Option<Arc<AccountFields>>>,
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
            account_fields: RwLock::default(),
        })
    }

    pub(super) fn account_fields(&self) -> Option<Arc<AccountFields>> {
        self.account_fields.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn set_account_fields(&self, fields: Arc<AccountFields>) {
        *self.account_fields.write().unwrap_or_else(PoisonError::into_inner) = Some(fields);
    }
}
