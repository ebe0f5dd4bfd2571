//! Calls that are waiting for an approver.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A call that is waiting for a decision.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PendingApproval {
    /// Identifies the call for the approver.
    pub id: String,
    /// The digest of the call.
    pub digest: String,
    /// The account.
    pub account: String,
    /// The short name of the tool.
    pub tool: String,
    /// The arguments.
    pub arguments: Value,
    /// The question for the approver.
    pub question: String,
    /// When the call expires (RFC 3339).
    pub expires_at: String,
}

/// An approver's decision.
#[derive(Clone, Debug)]
pub enum ApprovalDecision {
    /// The call was approved.
    Approved {
        /// The call.
        call: PendingApproval,
        /// The token that lets the call run once.
        token: String,
        /// When the token expires (RFC 3339).
        expires_at: String,
    },
    /// The call was declined.
    Declined(PendingApproval),
}
