//! The third stage: a call whose start is recorded in the audit log. Only such a call can be sent.

use std::time::Instant;

use toolcrate_runtime::{Error, Outcome, PreparedCall, RateLimit};
use tracing::Instrument;

use super::approved::Approved;
use crate::approval::Approval;
use crate::call_outcome::CallOutcome;
use crate::call_record::CallRecord;
use crate::error::{ExecuteError, Rejection};
use crate::outcome::truncate_outcome;

/// An approved call whose start has been recorded. Sending consumes it. If it is dropped before its result is known, it
/// is recorded as canceled.
pub struct Started {
    request: PreparedCall,
    approval: Option<Approval>,
    max_bytes: Option<usize>,
    running: RunningCall,
}

impl Started {
    /// Records the start of a call in the audit log.
    pub(crate) async fn start(approved: Approved) -> Result<Self, Rejection> {
        let (prepared, approval) = approved.into_parts();
        let (mut record, max_bytes, request) = prepared.into_parts();
        record.approved_by = approval.as_ref().map(|approval| approval.by().to_owned());
        if let Err(error) = record.context.audit.start(&record.audit_entry()) {
            if let Some(approval) = approval {
                record.context.approvals.restore(approval).await;
            }
            return Err(Rejection::Audit(error));
        }
        Ok(Self { request, approval, max_bytes, running: RunningCall::new(record) })
    }

    /// Sends the request, limits the response, and records the outcome. If the call changed nothing, its approval can
    /// be used again.
    ///
    /// # Errors
    /// Returns an error whose variant indicates whether anything happened.
    pub async fn send(self) -> Result<Outcome, ExecuteError> {
        let Self { request, approval, max_bytes, running } = self;
        let result = request.send().instrument(running.span.clone()).await;
        let result = result.map(|outcome| truncate_outcome(outcome, max_bytes));
        let context = running.record.context.clone();
        running.end(result.as_ref());
        if let (Err(error), Some(approval)) = (&result, approval)
            && error.changed_nothing()
        {
            context.approvals.restore(approval).await;
        }
        result.map_err(ExecuteError::from_sent)
    }
}

/// A call in progress, whose end is recorded even if nobody waits for it.
struct RunningCall {
    record: CallRecord,
    started: Instant,
    span: tracing::Span,
    has_ended: bool,
}

impl RunningCall {
    fn new(record: CallRecord) -> Self {
        let span = record.span();
        Self { record, started: Instant::now(), span, has_ended: false }
    }

    fn end(mut self, result: Result<&Outcome, &Error>) {
        self.has_ended = true;
        match result {
            Ok(outcome) => self.publish(CallOutcome::Success(outcome.status), outcome.rate_limit),
            Err(error) => self.publish(CallOutcome::Error(error), error.rate_limit()),
        }
    }

    fn publish(&self, outcome: CallOutcome<'_>, limit: RateLimit) {
        let Self { record, started, span, .. } = self;
        record.publish(span, outcome, limit, *started);
        // The call was made; if its entry can't be written, the next call is prevented.
        if let Err(error) = record.context.audit.end(&record.audit_entry(), outcome, started.elapsed()) {
            tracing::error!(%error, "cannot write the audit log");
        }
    }
}

impl Drop for RunningCall {
    fn drop(&mut self) {
        if !self.has_ended {
            self.publish(CallOutcome::Canceled, RateLimit::default());
        }
    }
}
