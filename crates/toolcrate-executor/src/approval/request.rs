//! A call that needs approval.

use serde_json::Value;
use toolcrate_runtime::Tool;

use crate::fingerprint::call_digest;

/// A call that needs approval.
#[derive(Clone, Copy, Debug)]
pub struct ApprovalRequest<'a> {
    /// The account.
    pub account: &'a str,
    /// The tool.
    pub tool: Tool,
    /// The arguments.
    pub arguments: &'a Value,
}

impl ApprovalRequest<'_> {
    /// Identifies this call and no other.
    pub fn digest(&self) -> String {
        call_digest(self.account, self.tool, self.arguments)
    }
}
