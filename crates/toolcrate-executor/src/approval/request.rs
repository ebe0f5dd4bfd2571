//! A call that requires approval.

use serde_json::Value;
use toolcrate_runtime::Tool;

/// A call that needs approval, as an approver sees it.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ApprovalRequest<'a> {
    /// The account.
    pub account: &'a str,
    /// The tool.
    pub tool: Tool,
    /// The arguments that the request will be made of.
    pub arguments: &'a Value,
    /// Identifies this call and no other.
    pub digest: &'a str,
}
