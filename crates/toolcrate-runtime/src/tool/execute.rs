//! Executes tools: validates the arguments, builds the request, sends it and decodes the response. A dry run does
//! everything except send the request.

use std::pin::Pin;
use std::sync::Arc;

use futures_util::stream::{self, Stream};
use serde_json::{Map, Value};
use toolcrate_catalog::{BodyFormat, RequestRecord, ResponseContent};

use super::catalog::Tool;
use super::coercion::Reinterpretation;
use super::fixes::InvalidCall;
use super::outcome::{ExecuteOptions, Outcome, OutcomeReader, argument};
use super::reference_forms::{self, SentCall};
use super::validator::{Accepted, ToolValidator};
use super::{fix_verification, plan, rules, selected_fields};
use crate::api::Api;
use crate::call::Call;
use crate::client::{Client, OutgoingRequest, PreparedRequest};
use crate::cpu_bound::run_cpu_bound;
use crate::error::{Delivery, Error, FieldError};
use crate::paging::{Walk, request_largest_pages};

/// A tool's arguments: a JSON object, as a `Value` or a `Map`.
pub trait Arguments: Sync {
    /// Returns the arguments by name.
    ///
    /// # Errors
    /// Returns `InvalidArguments` if it isn't an object.
    fn to_map(&self) -> Result<Map<String, Value>, Error>;
}

impl Arguments for Map<String, Value> {
    fn to_map(&self) -> Result<Map<String, Value>, Error> {
        Ok(self.clone())
    }
}

impl Arguments for Value {
    fn to_map(&self) -> Result<Map<String, Value>, Error> {
        let object = match self {
            Self::Object(arguments) => Some(arguments.clone()),
            // Some clients send the arguments as JSON text, or null if there are none.
            Self::String(text) if text.trim().is_empty() => Some(Map::new()),
            Self::String(text) => serde_json::from_str(text).ok(),
            Self::Null => Some(Map::new()),
            _ => None,
        };
        object.ok_or_else(|| {
            let message = "expected a JSON object of arguments";
            Error::invalid_arguments(vec![FieldError::new("", "type", message)])
        })
    }
}

/// A validated tool call.
pub(super) struct Checked {
    pub(super) tool: Tool,
    check: Arc<ToolValidator>,
    /// The index of the selected binding; `None` for the main operation.
    binding: Option<usize>,
    pub(super) call: Call,
    pub(super) accept: &'static str,
    content: ResponseContent,
    /// The arguments from which the request was built.
    pub(super) arguments: Map<String, Value>,
    pub(super) reinterpretations: Vec<Reinterpretation>,
    options: ExecuteOptions,
}

/// A call with valid arguments.
struct ValidCall {
    binding: Option<usize>,
    call: Call,
    content: ResponseContent,
    arguments: Map<String, Value>,
    reinterpretations: Vec<Reinterpretation>,
}

impl ValidCall {
    fn plan(check: &ToolValidator, mut accepted: Accepted<'_>) -> Result<Self, Box<InvalidCall>> {
        let (binding, content) = (accepted.binding, accepted.operation.response.content);
        let reinterpretations = accepted.reinterpretations();
        match plan::call(check, &mut accepted) {
            Ok(call) => Ok(Self { binding, call, content, arguments: accepted.decoded, reinterpretations }),
            Err(problems) => Err(Box::new(accepted.into_invalid(problems))),
        }
    }
}

impl Checked {
    fn reader(&self, api: &'static Api) -> OutcomeReader {
        OutcomeReader::new(api, &self.call, self.content, self.options)
    }

    fn sent_call(&self) -> SentCall<'_> {
        SentCall {
            schema: self.check.schema(),
            request: self.plan(),
            arguments: &self.arguments,
            reinterpretations: &self.reinterpretations,
        }
    }

    fn plan(&self) -> &RequestRecord<'static> {
        self.check.record.operation(self.binding).request
    }
}

impl Client {
    /// Executes a tool.
    ///
    /// # Errors
    /// Returns `InvalidArguments` with all errors at once before anything is sent, and otherwise the error of the
    /// request.
    pub async fn execute(&self, tool: Tool, arguments: &dyn Arguments) -> Result<Outcome, Error> {
        self.execute_with(tool, arguments, &ExecuteOptions::default()).await
    }

    /// Executes a tool with options.
    ///
    /// # Errors
    /// Returns the same errors as [`execute`](Self::execute).
    pub async fn execute_with(
        &self,
        tool: Tool,
        arguments: &dyn Arguments,
        options: &ExecuteOptions,
    ) -> Result<Outcome, Error> {
        self.read_custom_fields_for(tool, arguments).await?;
        self.prepare_call(tool, arguments, options)?.send().await
    }

    pub(super) async fn run(&self, checked: Checked, request: OutgoingRequest) -> Result<Outcome, Error> {
        let reader = checked.reader(self.api());
        let received = self.send_request_with_retry(&checked.call, checked.accept, &request).await;
        let received = received.map_err(|error| reference_forms::explain(&checked.sent_call(), error))?;
        let outcome = run_cpu_bound(received.raw.body().len(), || reader.read(received)).await;
        let mut outcome = outcome.map_err(|error| error.with_request(checked.call.label()))?;
        self.complete(&checked, &mut outcome);
        Ok(outcome)
    }

    /// Adds a list's next page and warnings about the tool to the outcome.
    fn complete(&self, checked: &Checked, outcome: &mut Outcome) {
        outcome.find_next(&checked.check, checked.plan(), &checked.call, &checked.arguments);
        outcome.seal_cursor(self.cursor_key(), checked.tool, &checked.check);
        outcome.reinterpretations.clone_from(&checked.reinterpretations);
        let is_update = checked.plan().body == BodyFormat::Patch;
        let record = is_update.then_some(&outcome.value).filter(|value| value.is_object());
        outcome.warnings = rules::warnings(&checked.check.record.warnings, &checked.arguments, record);
        outcome.warnings.extend(checked.tool.warning());
        if let Some(table) = checked.check.filter(checked.plan().filter.as_deref()) {
            let warning = selected_fields::warning(self.api(), &table, &checked.arguments, &outcome.value);
            outcome.warnings.extend(warning);
        }
        let is_checked = || self.account_fields().is_some_and(|fields| fields.is_readable());
        if checked.call.writes && self.mentions_custom_fields(&checked.arguments) && !is_checked() {
            let message = "custom fields were not checked, because these credentials can't read their definitions; \
                           read the record to see which fields were stored";
            outcome.warnings.push(message.to_owned());
        }
    }

    /// Returns the request that executing a tool would send, with secrets redacted. Nothing is sent.
    ///
    /// # Errors
    /// Returns `InvalidArguments` with all problems at once, or `Configuration` if the credentials can't be used.
    pub fn prepare(&self, tool: Tool, arguments: &dyn Arguments) -> Result<PreparedRequest, Error> {
        self.prepare_with(tool, arguments, &ExecuteOptions::default())
    }

    /// Returns the request that executing a tool with options would send. See [`prepare`](Self::prepare).
    ///
    /// # Errors
    /// Returns the same errors as [`prepare`](Self::prepare).
    pub fn prepare_with(
        &self,
        tool: Tool,
        arguments: &dyn Arguments,
        options: &ExecuteOptions,
    ) -> Result<PreparedRequest, Error> {
        let checked = self.check(tool, arguments.to_map(), options)?;
        self.preview_call(&checked.call, checked.accept)
            .map_err(|error| error.with_delivery(Delivery::NotSent).with_request(checked.call.label()))
    }

    /// Streams the pages of a list tool. The next page is requested when the stream is polled for it. If the tool has a
    /// page size and the arguments don't set it, the largest size is used.
    ///
    /// # Errors
    /// Returns the errors of [`execute`](Self::execute), and `Decode` if a page is repeated. The stream ends after an
    /// error.
    pub fn execute_pages(
        &self,
        tool: Tool,
        arguments: &dyn Arguments,
    ) -> impl Stream<Item = Result<Outcome, Error>> + Send + Unpin + use<> {
        self.execute_pages_with(tool, arguments, &ExecuteOptions::default())
    }

    /// Streams the pages of a list tool with options. See [`execute_pages`](Self::execute_pages).
    ///
    /// # Errors
    /// Returns the errors of [`execute_pages`](Self::execute_pages).
    pub fn execute_pages_with(
        &self,
        tool: Tool,
        arguments: &dyn Arguments,
        options: &ExecuteOptions,
    ) -> impl Stream<Item = Result<Outcome, Error>> + Send + Unpin + use<> {
        let started = self.check(tool, arguments.to_map(), options).map(|mut checked| {
            self.largest_pages(&mut checked);
            let reader = checked.reader(self.api());
            let walk = Walk::new(self.clone(), checked.call.clone(), checked.accept);
            (walk, reader, checked)
        });
        let client = self.clone();
        let pages = stream::unfold(Some((started, client)), |state| async move {
            let (state, client) = state?;
            let (mut walk, mut reader, mut checked) = match state {
                Ok(state) => state,
                Err(error) => return Some((Err(error), None)),
            };
            let received = match walk.step().await? {
                Ok(received) => received,
                Err(error) => return Some((Err(error), None)),
            };
            let read = run_cpu_bound(received.raw.body().len(), || reader.read(received)).await;
            let mut outcome = match read {
                Ok(outcome) => outcome,
                Err(error) => return Some((Err(error.with_request(checked.call.label())), None)),
            };
            client.complete(&checked, &mut outcome);
            reader.skip_no_more();
            if let Some(next) = &outcome.paging {
                next.apply(&mut checked.call.query);
            }
            Some((Ok(outcome), Some((Ok((walk, reader, checked)), client))))
        });
        // The stream is boxed, so callers don't have to pin it.
        Box::pin(pages) as Pin<Box<dyn Stream<Item = _> + Send>>
    }

    pub(super) fn check(
        &self,
        tool: Tool,
        arguments: Result<Map<String, Value>, Error>,
        options: &ExecuteOptions,
    ) -> Result<Checked, Error> {
        let not_sent = |error: Error| error.with_delivery(Delivery::NotSent);
        let check = self.checks().get(tool).map_err(not_sent)?;
        let label = check.label();
        let checked = arguments.and_then(|arguments| {
            let (arguments, options) = self.decode_for(tool, &check, arguments, options)?;
            let valid = self.validate(&check, arguments)?;
            Ok((valid, options))
        });
        let (valid, options) = checked.map_err(|error| not_sent(error).with_request(label))?;
        let ValidCall { binding, mut call, content, arguments, mut reinterpretations } = valid;
        call.is_list = check.record.response.list;
        reinterpretations.extend(tool.name_reinterpretation());
        let accept = plan::accept(self.api(), content);
        Ok(Checked { tool, check, binding, call, accept, content, arguments, reinterpretations, options })
    }

    /// Validates decoded arguments and plans the request.
    fn validate(&self, check: &ToolValidator, arguments: Map<String, Value>) -> Result<ValidCall, Error> {
        let account_fields = self.account_fields();
        let attempt = |arguments: Map<String, Value>| {
            let accepted = check.accept(arguments, self.host_arguments(), account_fields.as_deref());
            let valid = accepted.and_then(|accepted| ValidCall::plan(check, accepted));
            valid.map_err(|invalid| check.propose_fixes(*invalid, account_fields.as_deref()))
        };
        fix_verification::attempt(arguments, attempt)
    }

    /// Requests the largest pages, if the tool has a page size argument that isn't set.
    fn largest_pages(&self, checked: &mut Checked) {
        if let Some((size, _)) = self.api().paging.max_page_size()
            && argument(&checked.check, checked.plan(), size).is_some()
        {
            request_largest_pages(self.api(), &mut checked.call);
        }
    }
}
