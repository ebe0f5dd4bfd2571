//! Approval errors.

use serde_json::{Value, json};
use toolcrate_runtime::Tool;
use toolcrate_store::StoreError;

use super::pending::PendingApproval;

/// The kind of an [`ApprovalError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ApprovalErrorKind {
    /// An approver must decide first.
    Required,
    /// The token isn't valid for this call.
    Refused,
    /// The call was declined, or not decided in time.
    Declined,
    /// No approver is available.
    Unavailable,
    /// The client's user must approve first.
    Asked,
}

impl ApprovalErrorKind {
    /// Returns the kind as shown in errors and in the audit log.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Required => "approval_required",
            Self::Refused => "approval_refused",
            Self::Declined => "approval_declined",
            Self::Unavailable => "approval_unavailable",
            Self::Asked => "approval_requested",
        }
    }
}

/// The reason why a call isn't approved.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
pub struct ApprovalError {
    pub(super) kind: ApprovalErrorKind,
    pub(super) message: String,
    pub(super) next_step: Option<String>,
    pub(super) pending: Option<PendingApproval>,
    pub(super) can_elicit: bool,
}

impl ApprovalError {
    pub(super) fn new(kind: ApprovalErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), next_step: None, pending: None, can_elicit: false }
    }

    pub(super) fn with_next_step(self, next_step: impl Into<String>) -> Self {
        Self { next_step: Some(next_step.into()), ..self }
    }

    /// Creates the error for a call of `tool` that the user declined or didn't decide on in time.
    pub fn declined(tool: Tool) -> Self {
        let message = format!("{} was not approved; nothing was done", tool.short_name());
        Self::new(ApprovalErrorKind::Declined, message)
            .with_next_step("Do not retry unless the user asks you to.")
    }

    /// Creates the error for a call of `tool` whose arguments are too long to display.
    pub fn too_long(tool: Tool) -> Self {
        let message =
            format!("{} needs approval, but its arguments are too long to be displayed", tool.short_name());
        Self::new(ApprovalErrorKind::Unavailable, message)
            .with_next_step("Split it into several calls with fewer arguments.")
    }

    /// Returns the error kind.
    pub fn kind(&self) -> ApprovalErrorKind {
        self.kind
    }

    /// Returns the call that is now waiting for an approver.
    pub fn pending(&self) -> Option<&PendingApproval> {
        self.pending.as_ref()
    }

    /// Returns true if and only if the client's user may approve the call.
    pub fn can_elicit(&self) -> bool {
        self.can_elicit
    }

    /// Returns the error as JSON: `{error: {kind, message, approval?, next_step}}`.
    pub fn to_json(&self) -> Value {
        let mut error =
            json!({"kind": self.kind.as_str(), "message": self.message, "next_step": self.next_step});
        if let Some(pending) = &self.pending {
            error["approval"] = json!({
                "id": pending.id,
                "digest": pending.digest,
                "expires_at": pending.expires_at,
                "tool": pending.tool,
                "arguments": pending.arguments,
            });
        }
        json!({"error": error})
    }
}

impl From<StoreError> for ApprovalError {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "can't read approvals");
        let message = "can't read approvals, so nothing was done; try again later";
        Self::new(ApprovalErrorKind::Unavailable, message)
    }
}
