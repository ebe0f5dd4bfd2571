//! The one place where tools are run for others: what is not offered or lacks an approval is refused, and what is run
//! is counted and written down.

use std::sync::Arc;
use std::time::Instant;

use connectwise_psa::runtime::{Client, Error, ErrorKind, ExecuteOptions, Outcome, Tool, Value};
use serde_json::json;

use crate::approve::{self, Approvals, Approved, Consent, Refused};
use crate::audit::{Audit, Call};
use crate::metrics::Metrics;
use crate::select::Selection;

/// Watches every call of a process.
pub struct Watch {
    /// What is counted.
    pub metrics: Metrics,
    /// Where calls are written down.
    pub audit: Audit,
    /// Which calls need a person's approval, and which have it.
    pub approvals: Approvals,
}

/// Runs the tools of one account.
#[derive(Clone)]
pub struct Runner {
    account: Arc<str>,
    client: Client,
    /// What is offered.
    pub selection: Selection,
    watch: Arc<Watch>,
    /// Whether the account has people who approve calls.
    approvers: bool,
}

/// Why a tool was not run, or how it failed.
#[derive(Debug)]
pub enum Refusal {
    /// It is not among those that are offered.
    NotOffered(String),
    /// It could not be written down.
    NotAudited(std::io::Error),
    /// It needs a person's approval and has none.
    Approval(Box<Refused>),
    /// It failed.
    Failed(Error),
}

/// The object of an outcome: `result`, and where there is more `next`, the arguments that give it.
pub fn value(outcome: &Outcome) -> Value {
    let mut value = json!({"result": outcome.value});
    if let Some(next) = outcome.next_arguments() {
        value["next"] = json!(next);
    }
    if let Some(omitted) = &outcome.omitted {
        value["omitted"] = json!(omitted.count);
    }
    if let Some(notice) = &outcome.notice {
        value["notice"] = json!(notice);
    }
    value
}

/// Whether a call that failed was certainly not made, so that it can be made again without harm.
pub fn was_not_made(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::InvalidArguments
            | ErrorKind::UnknownTool
            | ErrorKind::Configuration
            | ErrorKind::Unreachable
            | ErrorKind::Unauthorized
            | ErrorKind::RateLimited
    )
}

impl Runner {
    /// Runs the tools of `selection` by `client`, for the account of this name.
    pub fn new(account: &str, client: Client, selection: Selection, watch: Arc<Watch>) -> Self {
        Self { account: account.into(), client, selection, watch, approvers: false }
    }

    /// The same for an account with people who approve calls: then nobody else does.
    #[must_use]
    pub fn approved_by(self, approvers: bool) -> Self {
        Self { approvers, ..self }
    }

    /// Knows which calls need approval.
    pub fn approvals(&self) -> &Approvals {
        &self.watch.approvals
    }

    /// A call of a tool for this account.
    pub fn call<'a>(&'a self, tool: Tool, arguments: &'a Value) -> approve::Call<'a> {
        approve::Call { account: &self.account, tool, arguments }
    }

    /// The same for fewer tools.
    pub fn with(&self, selection: Selection) -> Self {
        Self { selection, ..self.clone() }
    }

    /// Runs a tool; `by` says how the call came.
    ///
    /// # Errors
    /// The tool is not offered, needs approval, can't be written down, or failed.
    pub async fn run(
        &self,
        by: &str,
        tool: Tool,
        arguments: &Value,
        options: &ExecuteOptions,
    ) -> Result<Outcome, Refusal> {
        self.run_with(by, tool, arguments, options, Consent::None).await
    }

    /// Runs a tool for a caller who shows an approval, if it needs one.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub async fn run_with(
        &self,
        by: &str,
        tool: Tool,
        arguments: &Value,
        options: &ExecuteOptions,
        consent: Consent<'_>,
    ) -> Result<Outcome, Refusal> {
        if !self.selection.has(tool) {
            let message = format!("{} is not among the tools that this server offers", tool.short_name());
            return Err(Refusal::NotOffered(message));
        }
        self.watch.audit.check().map_err(Refusal::NotAudited)?;
        let needs = self.watch.approvals.needs(tool);
        // Nobody is asked about a call that can't be made.
        let wrong = if needs { self.client.prepare_with(tool, arguments, options).err() } else { None };
        let approved = match (needs, &wrong) {
            (true, None) => Some(self.approve(by, tool, arguments, consent).await?),
            _ => None,
        };
        let started = Instant::now();
        let result = match wrong {
            Some(error) => Err(error),
            None => self.client.execute_with(tool, arguments, options).await,
        };
        let took = started.elapsed();
        self.watch.metrics.called(tool, result.as_ref().map(|outcome| outcome.rate_limit), took);
        let call = Call {
            account: &self.account,
            by,
            tool,
            arguments,
            result: result.as_ref().map(|outcome| outcome.status),
            took,
            approved_by: approved.as_ref().map(|approved| &*approved.by),
        };
        // It was made; that it could not be written down stops the next one.
        if let Err(error) = self.watch.audit.write(&call) {
            eprintln!("the audit log can't be written: {error}");
        }
        if let (Err(error), Some(approved)) = (&result, approved)
            && was_not_made(error)
        {
            self.watch.approvals.give_back(approved).await;
        }
        result.map_err(Refusal::Failed)
    }

    /// Uses up the call's approval.
    async fn approve(
        &self,
        by: &str,
        tool: Tool,
        arguments: &Value,
        consent: Consent<'_>,
    ) -> Result<Approved, Refusal> {
        let taken = self.watch.approvals.take(self.call(tool, arguments), consent, self.approvers).await;
        taken.map_err(|refused| {
            let written = self.watch.audit.refused(&self.account, by, tool, arguments, refused.kind);
            written.map_or_else(Refusal::NotAudited, |()| Refusal::Approval(Box::new(refused)))
        })
    }
}
