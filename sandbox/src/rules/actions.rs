//! Actions that change records.

use serde_json::Value;

use super::ActionCall;
use crate::problem::Problem;
use crate::write::Writing;

/// Answers the declared shape.
pub(super) fn nothing(_writing: &mut Writing<'_>, _call: &ActionCall<'_>) -> Result<Option<Value>, Problem> {
    Ok(None)
}
