//! Human approval of calls. An approval is valid once, for one tool, one account and one set of arguments.
//!
//! If the account has approvers, only they can approve: a call that requires approval is stored, an approver's decision
//! creates a token, and when the caller repeats the call with that token, it is executed. Otherwise, the client's user
//! is prompted. A call that nobody can approve is rejected. All state is in the store, so any replica can continue.

mod approvals;
mod consent;
mod error;
mod pending;
mod policy;
mod prompt;
mod request;

pub use approvals::{Approval, Approvals};
pub use consent::{APPROVAL_TTL, Consent};
pub use error::{ApprovalError, ApprovalErrorKind};
pub use pending::{ApprovalDecision, PendingApproval};
pub use policy::{ApprovalPolicy, ApprovalPolicyError};
pub use prompt::approval_prompt;
pub use request::ApprovalRequest;

#[cfg(test)]
mod tests;
