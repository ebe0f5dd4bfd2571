//! A call that requires approval.

use serde_json::Value;
use toolcrate_runtime::Tool;

/// A call that requires approval, as shown to an approver.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ApprovalRequest<'a> {
    /// The account.
    pub account: &'a str,
    /// The tool.
    pub tool: Tool,
    /// The arguments that the request is built from.
    pub arguments: &'a Value,
    /// Uniquely identifies this call.
    pub digest: &'a str,
}
