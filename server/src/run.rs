//! The one place where tools are run for others: what is not offered is refused, and what is run is counted and
//! written down.

use std::sync::Arc;
use std::time::Instant;

use connectwise_psa::runtime::{Client, Error, ExecuteOptions, Outcome, Tool, Value};
use serde_json::json;

use crate::audit::{Audit, Call};
use crate::metrics::Metrics;
use crate::select::Selection;

/// Watches every call of a process.
pub struct Watch {
    /// What is counted.
    pub metrics: Metrics,
    /// Where calls are written down.
    pub audit: Audit,
}

/// Runs the tools of one account.
#[derive(Clone)]
pub struct Runner {
    account: Arc<str>,
    client: Client,
    /// What is offered.
    pub selection: Selection,
    watch: Arc<Watch>,
}

/// Why a tool was not run, or how it failed.
#[derive(Debug)]
pub enum Refusal {
    /// It is not among those that are offered.
    NotOffered(String),
    /// It could not be written down.
    NotAudited(std::io::Error),
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

impl Runner {
    /// Runs the tools of `selection` by `client`, for the account of this name.
    pub fn new(account: &str, client: Client, selection: Selection, watch: Arc<Watch>) -> Self {
        Self { account: account.into(), client, selection, watch }
    }

    /// The same for fewer tools.
    pub fn with(&self, selection: Selection) -> Self {
        Self { selection, ..self.clone() }
    }

    /// Runs a tool; `by` says how the call came.
    ///
    /// # Errors
    /// The tool is not offered, can't be written down, or failed.
    pub async fn run(
        &self,
        by: &str,
        tool: Tool,
        arguments: &Value,
        options: &ExecuteOptions,
    ) -> Result<Outcome, Refusal> {
        if !self.selection.has(tool) {
            let message = format!("{} is not among the tools that this server offers", tool.short_name());
            return Err(Refusal::NotOffered(message));
        }
        self.watch.audit.check().map_err(Refusal::NotAudited)?;
        let started = Instant::now();
        let result = self.client.execute_with(tool, arguments, options).await;
        let took = started.elapsed();
        self.watch.metrics.called(tool, result.as_ref().map(|outcome| outcome.rate_limit), took);
        let call = Call {
            account: &self.account,
            by,
            tool,
            arguments,
            result: result.as_ref().map(|outcome| outcome.status),
            took,
        };
        // It was made; that it could not be written down stops the next one.
        if let Err(error) = self.watch.audit.write(&call) {
            eprintln!("the audit log can't be written: {error}");
        }
        result.map_err(Refusal::Failed)
    }
}
