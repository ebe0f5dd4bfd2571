//! The second stage: a call that doesn't require approval or has been approved.

use super::prepared::Prepared;
use crate::approval::{Approval, ApprovalError, Consent};
use crate::error::{ExecuteError, Rejection};

/// A prepared call that may be sent: it either requires no approval or has been approved.
#[derive(Debug)]
pub struct Approved {
    prepared: Prepared,
    approval: Option<Approval>,
}

/// A prepared call that may not be sent, and the reason. If the client's user can be prompted, the call can be approved
/// with their response.
#[derive(Debug)]
pub struct Unapproved {
    /// The reason why the call isn't approved.
    pub rejection: Rejection,
    /// The call.
    pub prepared: Box<Prepared>,
}

impl Approved {
    /// Redeems the call's approval, if it requires one. If the call isn't approved, the reason is recorded in the audit
    /// log.
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

    /// Returns true if and only if the client's user can be prompted.
    pub fn can_elicit(&self) -> bool {
        matches!(&self.rejection, Rejection::Approval(error) if error.can_elicit())
    }
}

impl From<Unapproved> for ExecuteError {
    fn from(unapproved: Unapproved) -> Self {
        Self::Rejected(unapproved.rejection)
    }
}
