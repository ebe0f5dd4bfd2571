//! The one place where tools are run for others: what is not offered or lacks an approval is refused, and what is run
//! is counted and written down.

use std::sync::Arc;
use std::time::{Duration, Instant};

use connectwise_psa::runtime::{
    Account, Client, Dialect, Error, ExecuteOptions, Outcome, RateLimit, Tool, Value, json_size,
};
use serde_json::json;
use tracing::Instrument;

use crate::approve::{self, Approvals, Approved, Consent, Refused};
use crate::audit::{Audit, By, Call, Ending};
use crate::fields::Fields;
use crate::metrics::Metrics;
use crate::reload::Reload;
use crate::select::Selection;
use crate::stop::Calls;
use crate::trace::Trace;

/// Watches every call of a process.
pub struct Watch {
    /// What is counted.
    pub metrics: Metrics,
    /// Where calls are written down.
    pub audit: Audit,
    /// Calls in flight.
    pub calls: Calls,
    /// How much an answer may hold.
    pub limits: Limits,
    /// Which calls need a person's approval, and which have it.
    pub approvals: Approvals,
}

/// The most bytes of an answer to a program, if nothing else was said.
const MOST_BYTES: usize = 16 << 20;

/// How much an answer may hold, and how long it may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Rows.
    pub rows: usize,
    /// Bytes of JSON; what fits who reads it if not given.
    pub bytes: Option<usize>,
    /// How long the API may take.
    pub wait: Duration,
}

impl Limits {
    /// Those limits for a call that no one else has limited more.
    fn on(self, options: &ExecuteOptions) -> ExecuteOptions {
        let bytes = self.bytes.unwrap_or(MOST_BYTES);
        ExecuteOptions {
            max_rows: Some(options.max_rows.map_or(self.rows, |rows| rows.min(self.rows))),
            max_bytes: options.max_bytes.or(Some(bytes)),
            ..*options
        }
    }
}

/// Runs the tools of one account.
#[derive(Clone)]
pub struct Runner {
    account: Arc<str>,
    client: Client,
    /// What is offered.
    pub selection: Selection,
    watch: Arc<Watch>,
    /// What the account adds to the tools.
    pub fields: Fields,
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
    let is_left_out = outcome.value.is_null() && outcome.notice.is_some();
    let mut value = if is_left_out { json!({}) } else { json!({"result": outcome.value}) };
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

/// Whether all of a record but its id was left out for its size.
pub fn is_left_out(outcome: &Outcome) -> bool {
    let is_id = |members: &serde_json::Map<String, Value>| members.len() == 1 && members.contains_key("id");
    outcome.notice.is_some() && outcome.value.as_object().is_some_and(is_id)
}

impl Runner {
    /// Runs the tools of `selection` by `client`, for the account of this name.
    pub fn new(account: &str, client: Client, selection: Selection, watch: Arc<Watch>) -> Self {
        Self {
            account: account.into(),
            client,
            selection,
            watch,
            fields: Fields::default(),
            approvers: false,
        }
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

    /// The same, which finds out about the account's own fields if `wanted`, and tells `reload` of them.
    #[must_use]
    pub fn with_custom_fields(self, wanted: bool, reload: &Reload) -> Self {
        let fields = if wanted { Fields::new(reload) } else { Fields::default() };
        Self { fields, ..self }
    }

    /// The account with its own fields, asked for them if need be; `None` if they are not wanted or can't be had.
    pub async fn account(&self) -> Option<Account> {
        self.fields.get(&self.client).await
    }

    /// The same for someone who knows of other fields than those that are known here.
    pub async fn account_anew(&self) -> Option<Account> {
        self.fields.anew(&self.client).await
    }

    /// The same for fewer tools.
    pub fn with(&self, selection: Selection) -> Self {
        Self { selection, ..self.clone() }
    }

    /// The client of the account.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The calls of the process that are in flight.
    pub fn calls(&self) -> &Calls {
        &self.watch.calls
    }

    /// How much an answer may hold.
    pub fn limits(&self) -> Limits {
        self.watch.limits
    }

    /// Runs a tool; `by` says how the call came.
    ///
    /// # Errors
    /// The tool is not offered, needs approval, can't be written down, or failed.
    pub async fn run(
        &self,
        by: By,
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
        by: By,
        tool: Tool,
        arguments: &Value,
        options: &ExecuteOptions,
        consent: Consent<'_>,
    ) -> Result<Outcome, Refusal> {
        self.offers(by, tool, arguments)?;
        // What is approved, written down and run is one value, in the tool's own form.
        let decoded = match options.dialect {
            Dialect::Mcp => None,
            _ => Some(self.decode(by, tool, arguments, options)?),
        };
        let (arguments, options) =
            decoded.as_ref().map_or((arguments, options), |(arguments, options)| (arguments, options));
        let trace = Trace::current();
        let call = self.noted(by, tool, arguments, &trace);
        let needs = self.watch.approvals.needs(tool);
        // Nobody is asked about a call that can't be made, and it does not begin.
        let wrong = match needs || call.writes {
            true => self.client.prepare_with(tool, arguments, options).err(),
            false => None,
        };
        let approved = match (needs, &wrong) {
            (true, None) => Some(self.approve(&call, consent).await?),
            _ => None,
        };
        let call = Call { approved_by: approved.as_ref().map(|approved| &*approved.by), ..call };
        if let Some(error) = wrong {
            return Err(self.wrong(call, error));
        }
        let mut running = self.begin(call);
        if let Err(error) = self.watch.audit.begin(&call) {
            running.ended = true;
            drop(running);
            if let Some(approved) = approved {
                self.watch.approvals.give_back(approved).await;
            }
            return Err(Refusal::NotAudited(error));
        }
        // The API is told which trace its request belongs to.
        let client = self.client.with_headers(trace.headers());
        let options = self.limits().on(options);
        let result = client.execute_with(tool, arguments, &options).instrument(running.span.clone()).await;
        let result = result.map(|outcome| within(outcome, options.max_bytes));
        running.end(result.as_ref());
        if let (Err(error), Some(approved)) = (&result, approved)
            && error.changed_nothing()
        {
            self.watch.approvals.give_back(approved).await;
        }
        result.map_err(Refusal::Failed)
    }

    /// Decodes what a caller sent in the dialect of `options`: the tool's own arguments, and the options to run it with
    /// them. Whoever compares or remembers a call before it is run uses these.
    ///
    /// # Errors
    /// The tool is not offered, or the arguments can't be decoded. Both are counted and written down.
    pub fn decode(
        &self,
        by: By,
        tool: Tool,
        arguments: &Value,
        options: &ExecuteOptions,
    ) -> Result<(Value, ExecuteOptions), Refusal> {
        self.offers(by, tool, arguments)?;
        match self.client.decode(tool, arguments, options) {
            Ok((arguments, options)) => Ok((Value::Object(arguments), options)),
            Err(error) => Err(self.wrong(self.noted(by, tool, arguments, &Trace::current()), error)),
        }
    }

    /// Refuses a tool that is not offered, and writes that down.
    fn offers(&self, by: By, tool: Tool, arguments: &Value) -> Result<(), Refusal> {
        if self.selection.has(tool) {
            return Ok(());
        }
        let message = format!("{} is not among the tools that this server offers", tool.short_name());
        self.not_made(by, tool, arguments, "not_offered");
        Err(Refusal::NotOffered(message))
    }

    /// Counts a call that can't be made, and writes it down.
    fn wrong(&self, call: Call<'_>, error: Error) -> Refusal {
        let mut running = self.begin(call);
        running.ended = true;
        running.tell(Ending::Failed(&error), error.rate_limit());
        match self.watch.audit.refused(&call, error.kind().as_str()) {
            Ok(()) => Refusal::Failed(error),
            Err(error) => Refusal::NotAudited(error),
        }
    }

    fn begin<'a>(&'a self, call: Call<'a>) -> Running<'a> {
        let (by, tool) = (call.by.way, call.tool.short_name());
        let span = tracing::info_span!("call", account = call.account, by, tool, trace_id = %call.trace);
        Running { watch: &self.watch, call, started: Instant::now(), span, ended: false }
    }

    /// Writes down that a call was refused, and why.
    pub fn not_made(&self, by: By, tool: Tool, arguments: &Value, why: &str) {
        let call = self.noted(by, tool, arguments, &Trace::current());
        // It is refused either way.
        if let Err(error) = self.watch.audit.refused(&call, why) {
            tracing::error!(%error, "the audit log can't be written");
        }
    }

    /// A call as it is written down.
    fn noted<'a>(&'a self, by: By, tool: Tool, arguments: &'a Value, trace: &Trace) -> Call<'a> {
        let writes = !tool.annotations().read_only_hint;
        let (account, approved_by, trace, span) = (&*self.account, None, trace.id(), trace.span());
        Call { account, by, tool, writes, arguments, approved_by, trace, span }
    }

    /// Uses up the call's approval.
    async fn approve(&self, call: &Call<'_>, consent: Consent<'_>) -> Result<Approved, Refusal> {
        let asked = self.call(call.tool, call.arguments);
        let taken = self.watch.approvals.take(asked, consent, self.approvers).await;
        taken.map_err(|refused| {
            let written = self.watch.audit.refused(call, refused.kind);
            written.map_or_else(Refusal::NotAudited, |()| Refusal::Approval(Box::new(refused)))
        })
    }
}

/// A call that was begun. Whoever made it may leave before it has ended, and nothing that stands behind it is run then:
/// so it is counted and written down when it is dropped.
struct Running<'a> {
    watch: &'a Watch,
    call: Call<'a>,
    started: Instant,
    span: tracing::Span,
    ended: bool,
}

impl Running<'_> {
    fn end(mut self, result: Result<&Outcome, &Error>) {
        self.ended = true;
        match result {
            Ok(outcome) => self.write(Ending::Done(outcome.status), outcome.rate_limit),
            Err(error) => self.write(Ending::Failed(error), error.rate_limit()),
        }
    }

    fn write(&self, ending: Ending<'_>, limit: RateLimit) {
        self.tell(ending, limit);
        // It was made; that it could not be written down stops the next one.
        if let Err(error) = self.watch.audit.end(&self.call, ending, self.started.elapsed()) {
            tracing::error!(%error, "the audit log can't be written");
        }
    }

    /// Counts it, with a line of the log.
    fn tell(&self, ending: Ending<'_>, limit: RateLimit) {
        let took = self.started.elapsed();
        self.watch.metrics.called(self.call.account, self.call.tool, ending, limit, took);
        let (outcome, status, ms) = (ending.outcome(), ending.status(), milliseconds(took));
        self.span.in_scope(|| tracing::info!(outcome, status, ms, "called"));
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        if !self.ended {
            self.write(Ending::Abandoned, RateLimit::default());
        }
    }
}

/// The outcome without its value if that has too many bytes, with a notice. Lists were cut before. The call worked,
/// so this is no error.
pub fn within(mut outcome: Outcome, most: Option<usize>) -> Outcome {
    let Some(most) = most.filter(|_| !outcome.value.is_array()) else { return outcome };
    let bytes = json_size(&outcome.value);
    if bytes > most {
        // Whoever made something must be able to find it.
        let id = outcome.value.get_mut("id").map(|id| json!({"id": id.take()}));
        outcome.value = id.filter(|kept| json_size(kept) <= most).unwrap_or_default();
        outcome.notice = Some(format!(
            "The call worked; its answer of {bytes} bytes is left out, as at most {most} are given. Ask for fewer members \
             with \"fields\" if the tool has that argument."
        ));
    }
    outcome
}

/// To the microsecond, for logs.
pub fn milliseconds(took: Duration) -> f64 {
    (took.as_secs_f64() * 1e6).round() / 1e3
}
