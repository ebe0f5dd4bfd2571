//! Executing a tool: check the arguments, make the request, send it, read the answer. A dry run goes the
//! same way up to the sending.

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
use super::{fix_verification, plan, rules};
use crate::api::{Api, Paging};
use crate::call::Call;
use crate::client::{Client, OutgoingRequest, PreparedRequest};
use crate::error::{Delivery, Error, FieldError};
use crate::paging::Walk;

/// What can be the arguments of a tool: a JSON object, as a `Value` or as a `Map`.
pub trait Arguments: Sync {
    /// The arguments by name.
    ///
    /// # Errors
    /// `InvalidArguments` if it isn't an object.
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
            // Some clients write the arguments as JSON text, or null if there are none.
            Self::String(text) if text.trim().is_empty() => Some(Map::new()),
            Self::String(text) => serde_json::from_str(text).ok(),
            Self::Null => Some(Map::new()),
            _ => None,
        };
        object.ok_or_else(|| {
            let message = "the arguments must be a JSON object";
            Error::invalid_arguments(vec![FieldError::new("", "type", message)])
        })
    }
}

/// A tool call that was checked.
pub(super) struct Checked {
    pub(super) tool: Tool,
    check: Arc<ToolValidator>,
    /// The number of the binding that was chosen; `None` for the main one.
    binding: Option<usize>,
    pub(super) call: Call,
    pub(super) accept: &'static str,
    content: ResponseContent,
    /// The arguments that the request was made of.
    pub(super) arguments: Map<String, Value>,
    pub(super) reinterpretations: Vec<Reinterpretation>,
    options: ExecuteOptions,
}

/// A call whose arguments are valid.
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
    /// `InvalidArguments` with all problems at once before anything is sent; then what the server and the
    /// way to it give.
    pub async fn execute(&self, tool: Tool, arguments: &dyn Arguments) -> Result<Outcome, Error> {
        self.execute_with(tool, arguments, &ExecuteOptions::default()).await
    }

    /// Executes a tool in a certain way.
    ///
    /// # Errors
    /// As [`execute`](Self::execute).
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
        let outcome = reader.read(received).map_err(|error| error.with_request(checked.call.label()));
        let mut outcome = outcome?;
        self.complete(&checked, &mut outcome);
        Ok(outcome)
    }

    /// Adds what the answer alone does not tell: how the list goes on, and what the caller should know of the tool.
    fn complete(&self, checked: &Checked, outcome: &mut Outcome) {
        outcome.find_next(&checked.check, checked.plan(), &checked.call, &checked.arguments);
        outcome.seal_cursor(self.cursor_key(), checked.tool, &checked.check);
        outcome.notice = checked.tool.notice();
        outcome.reinterpretations.clone_from(&checked.reinterpretations);
        let is_update = checked.plan().body == BodyFormat::Patch;
        let record = is_update.then_some(&outcome.value).filter(|value| value.is_object());
        outcome.warnings = rules::warnings(&checked.check.record.warnings, &checked.arguments, record);
        let is_checked = self.account_fields().is_some_and(|fields| fields.is_readable());
        if !is_checked && self.writes_custom_fields(checked.tool, &checked.arguments) {
            let message = "custom fields were not checked, as these credentials can't read their definitions; \
                           read the record to see which were stored";
            outcome.warnings.push(message.to_owned());
        }
    }

    /// The request that executing a tool would send, with secrets masked. Nothing is sent.
    ///
    /// # Errors
    /// `InvalidArguments` with all problems at once; `Configuration` if the credentials can't be used.
    pub fn prepare(&self, tool: Tool, arguments: &dyn Arguments) -> Result<PreparedRequest, Error> {
        self.prepare_with(tool, arguments, &ExecuteOptions::default())
    }

    /// The request that executing a tool in a certain way would send. See [`prepare`](Self::prepare).
    ///
    /// # Errors
    /// As [`prepare`](Self::prepare).
    pub fn prepare_with(
        &self,
        tool: Tool,
        arguments: &dyn Arguments,
        options: &ExecuteOptions,
    ) -> Result<PreparedRequest, Error> {
        let checked = self.check(tool, arguments.to_map(), options)?;
        self.preview(&checked.call, checked.accept)
            .map_err(|error| error.with_delivery(Delivery::NotSent).with_request(checked.call.label()))
    }

    /// The pages of a list tool, one after the other. The next page is asked for when the stream is polled for
    /// it. If the tool can say how many items a page has and the arguments don't, the largest size is used.
    ///
    /// # Errors
    /// What [`execute`](Self::execute) gives, and `Decode` if a next page was already read. After an error
    /// the stream ends.
    pub fn execute_pages(
        &self,
        tool: Tool,
        arguments: &dyn Arguments,
    ) -> impl Stream<Item = Result<Outcome, Error>> + Send + Unpin + use<> {
        self.execute_pages_with(tool, arguments, &ExecuteOptions::default())
    }

    /// The pages of a list tool, executed in a certain way. See [`execute_pages`](Self::execute_pages).
    ///
    /// # Errors
    /// What [`execute_pages`](Self::execute_pages) gives.
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
            let mut outcome = match reader.read(received) {
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
        // Boxed, so that a caller need not pin it.
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
        let ValidCall { binding, call, content, arguments, mut reinterpretations } = valid;
        reinterpretations.extend(tool.name_reinterpretation());
        let accept = plan::accept(self.api(), content);
        Ok(Checked { tool, check, binding, call, accept, content, arguments, reinterpretations, options })
    }

    /// Validates decoded arguments and plans the request.
    fn validate(&self, check: &ToolValidator, arguments: Map<String, Value>) -> Result<ValidCall, Error> {
        let account_fields = self.account_fields();
        let attempt = |arguments: Map<String, Value>| {
            let accepted = check.accept(arguments, self.host_arguments(), account_fields.as_deref())?;
            ValidCall::plan(check, accepted)
        };
        let with_fixes = |invalid: Box<InvalidCall>| check.propose_fixes(*invalid);
        attempt(arguments.clone()).map_err(|invalid| {
            let problems = fix_verification::verify(&arguments, with_fixes(invalid), |fixed| {
                attempt(fixed).err().map(with_fixes).unwrap_or_default()
            });
            Error::invalid_arguments(problems)
        })
    }

    /// Asks for the largest pages, if the tool has an argument for their size and it isn't given.
    fn largest_pages(&self, checked: &mut Checked) {
        let Paging::Page { size, max_size, .. } = self.api().paging else { return };
        let known = argument(&checked.check, checked.plan(), size).is_some();
        if known && checked.call.query.get(size).is_none() {
            checked.call.query.set(size, max_size.to_string());
        }
    }
}
