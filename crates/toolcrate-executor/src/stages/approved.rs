//! The second stage: a call that has been approved, if it requires approval.

use super::prepared::Prepared;
use crate::approval::{Approval, ApprovalError, Consent};
use crate::error::{ExecuteError, Rejection};

/// A prepared call that may be sent: it needs no approval, or has one.
#[derive(Debug)]
pub struct Approved {
    prepared: Prepared,
    approval: Option<Approval>,
}

/// A prepared call that may not be sent, and why. If the person behind the client may be asked, the call can be approved
/// again with their answer.
#[derive(Debug)]
pub struct Unapproved {
    /// Why the call isn't approved.
    pub rejection: Rejection,
    /// The call.
    pub prepared: Box<Prepared>,
}

impl Approved {
    /// Redeems the approval of a call, if it needs one. The audit log records why a call isn't approved.
    pub(crate) async fn approve(
        prepared: Prepared,
        consent: Consent<'_>,
        has_approvers: bool,
    ) -> Result<Self, Unapproved> {
        let approvals = &prepared.record().context.approvals;
        if !approvals.is_required(prepared.tool()) {
            return Ok(Self { prepared, approval: None });
        }
        match approvals.redeem(prepared.approval_request(), consent, has_approvers).await {
            Ok(approval) => Ok(Self { prepared, approval: Some(approval) }),
            Err(error) => Err(Unapproved::new(prepared, error)),
        }
    }

    /// Takes the call apart for the next stage.
    pub(super) fn into_parts(self) -> (Prepared, Option<Approval>) {
        (self.prepared, self.approval)
    }
}

impl Unapproved {
    fn new(prepared: Prepared, error: ApprovalError) -> Self {
        let recorded = prepared.record().reject(error.kind().as_str());
        let rejection =
            recorded.map_or_else(|rejection| rejection, |()| Rejection::Approval(Box::new(error)));
        Self { rejection, prepared: Box::new(prepared) }
    }

    /// Returns true if and only if the person behind the client may be asked.
    pub fn can_elicit(&self) -> bool {
        matches!(&self.rejection, Rejection::Approval(error) if error.can_elicit())
    }
}

impl From<Unapproved> for ExecuteError {
    fn from(unapproved: Unapproved) -> Self {
        Self::Rejected(unapproved.rejection)
    }
}
