//! Looks up the tool that is given as an argument to a command.

use connectwise_psa::CATALOG;
use connectwise_psa::runtime::Tool;

use crate::error::CliError;

/// Returns the tool with a full or short name.
///
/// # Errors
/// Returns an error with similar names if it doesn't exist.
pub(super) fn find_tool(name: &str) -> Result<Tool, CliError> {
    Ok(CATALOG.resolve(name)?)
}
