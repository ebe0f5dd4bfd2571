//! Why a call isn't approved.

use serde_json::{Value, json};
use toolcrate_runtime::Tool;
use toolcrate_store::StoreError;

use super::pending::PendingApproval;

/// What is missing for a call to be approved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ApprovalErrorKind {
    /// An approver has to decide first.
    Required,
    /// The token isn't valid for this call.
    Refused,
    /// A person declined the call, or didn't answer.
    Declined,
    /// Nobody can be asked.
    Unavailable,
    /// The person behind the client has to be asked first.
    Asked,
}

impl ApprovalErrorKind {
    /// The kind as it appears in errors and in the audit log.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Required => "approval_required",
            Self::Refused => "approval_refused",
            Self::Declined => "approval_declined",
            Self::Unavailable => "approval_unavailable",
            Self::Asked => "approval_asked",
        }
    }
}

/// Why a call isn't approved.
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

    /// The person who was asked about a call of `tool` declined or didn't answer.
    pub fn declined(tool: Tool) -> Self {
        let message = format!("{} was not approved, so it was not run", tool.short_name());
        Self::new(ApprovalErrorKind::Declined, message)
            .with_next_step("Do not try again unless the user asks for it.")
    }

    /// A call of `tool` has more arguments than a person can be shown.
    pub fn too_long(tool: Tool) -> Self {
        let message = format!(
            "{} needs a person's approval, and its arguments are too long to be shown to one",
            tool.short_name()
        );
        Self::new(ApprovalErrorKind::Unavailable, message)
            .with_next_step("Make several calls with fewer arguments each.")
    }

    /// What is missing.
    pub fn kind(&self) -> ApprovalErrorKind {
        self.kind
    }

    /// The call that is waiting for an approver now.
    pub fn pending(&self) -> Option<&PendingApproval> {
        self.pending.as_ref()
    }

    /// Returns true if and only if the person behind the client may be asked.
    pub fn can_elicit(&self) -> bool {
        self.can_elicit
    }

    /// The error as JSON: `{error: {kind, message, approval?, next_step}}`.
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
        tracing::error!(%error, "approvals can't be looked up");
        let message = "approvals can't be looked up at the moment, so nothing was run";
        Self::new(ApprovalErrorKind::Unavailable, message)
    }
}
