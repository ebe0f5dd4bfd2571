//! Constructors for each kind of error. All advice on what to do next is in this file.

use std::sync::Arc;

use serde_json::Value;

use super::data::{Error, ErrorData};
use super::delivery::Delivery;
use super::field::FieldError;
use super::kind::ErrorKind;
use crate::rate_limit::RateLimit;

/// How a response was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ResponseLoss {
    /// No connection was established, so nothing was sent.
    NotConnected,
    /// The timeout elapsed.
    TimedOut,
    /// The connection was closed.
    Disconnected,
}

impl Error {
    /// Creates an error of this kind with a sentence about what went wrong.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(ErrorData {
            kind,
            status: None,
            code: None,
            message: message.into(),
            fields: Vec::new(),
            next_step: None,
            request: None,
            request_id: None,
            retry_after: None,
            rate_limit: RateLimit::default(),
            raw_response: None,
            delivery: Delivery::Unknown,
            source: None,
        }))
    }

    /// Creates an error for an invalid client configuration.
    pub fn configuration(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Configuration, message)
    }

    /// Creates an error for invalid arguments. `fields` lists them with the reasons.
    pub fn invalid_arguments(fields: Vec<FieldError>) -> Self {
        let message = match fields.as_slice() {
            [_] => "1 invalid argument; nothing was sent".to_owned(),
            many => format!("{} invalid arguments; nothing was sent", many.len()),
        };
        Self::new(ErrorKind::InvalidArguments, message)
            .with_fields(fields)
            .with_delivery(Delivery::NotSent)
            .with_next_step("Correct the arguments listed in `fields`, then call again.")
    }

    /// Creates an error for an unknown tool name. `nearest` contains similar names.
    #[cfg(feature = "tools")]
    pub(crate) fn unknown_tool(name: &str, nearest: &[&str]) -> Self {
        let next = if nearest.is_empty() {
            "Search the catalog for the right name.".to_owned()
        } else {
            format!("Did you mean {}?", nearest.join(", "))
        };
        Self::new(ErrorKind::UnknownTool, format!("unknown tool \"{name}\""))
            .with_delivery(Delivery::NotSent)
            .with_next_step(next)
    }

    /// Creates an error for a response that was lost. `detail` is the transport's message.
    pub(crate) fn lost(loss: ResponseLoss, writes: bool, detail: &str) -> Self {
        match loss {
            ResponseLoss::NotConnected => {
                Self::new(ErrorKind::Unreachable, format!("can't reach the server: {detail}"))
                    .with_delivery(Delivery::NotSent)
                    .with_next_step("Nothing was sent. Check the base URL and the network, then try again.")
            }
            ResponseLoss::TimedOut | ResponseLoss::Disconnected if writes => {
                let how = if loss == ResponseLoss::TimedOut { "the response timed out" } else { detail };
                Self::new(
                    ErrorKind::OutcomeUnknown,
                    format!("the outcome is unknown: the request was sent, but {how}"),
                )
                .with_next_step(OUTCOME_UNKNOWN)
            }
            ResponseLoss::TimedOut => Self::new(ErrorKind::Timeout, "timed out waiting for the response")
                .with_next_step("Nothing was changed. Retry, request less data, or increase the timeout."),
            ResponseLoss::Disconnected => {
                Self::new(ErrorKind::Unreachable, format!("the server closed the connection: {detail}"))
                    .with_next_step("Nothing was changed. Retry.")
            }
        }
    }

    /// Creates an error for a write that the server reported as successful with a response that can't be used.
    pub(crate) fn unreadable_success(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self::new(kind, message).with_delivery(Delivery::Succeeded).with_next_step(
            "The server reported success, so the change was most likely made. Read the record before \
             you retry.",
        )
    }

    /// Creates an error for a redirected write. Such redirects aren't followed.
    pub(crate) fn redirected_write(status: u16, target: &str) -> Self {
        let message =
            format!("the server redirected the write to {target}; redirects of writes are not followed");
        Self::new(ErrorKind::OutcomeUnknown, message).with_status(status).with_next_step(format!(
            "{OUTCOME_UNKNOWN} If the redirect points to the correct server, use that URL as the base URL."
        ))
    }

    /// Returns this error for a write with an earlier attempt whose outcome is unknown.
    #[must_use]
    pub(crate) fn after_unknown_attempt(mut self) -> Self {
        if !self.changed_nothing() {
            return self;
        }
        self.0.message = format!(
            "the outcome of an earlier attempt is unknown, and the last attempt failed: {}",
            self.message()
        );
        self.with_kind(ErrorKind::OutcomeUnknown)
            .with_delivery(Delivery::Unknown)
            .with_next_step(OUTCOME_UNKNOWN)
    }

    /// Returns this error of a request for an access token, before which nothing else was sent.
    #[must_use]
    pub(crate) fn for_token(mut self) -> Self {
        self.0.message = format!("no access token: {}", self.message());
        self.with_delivery(Delivery::NotSent)
    }

    #[must_use]
    pub(crate) fn with_delivery(mut self, delivery: Delivery) -> Self {
        self.0.delivery = delivery;
        self
    }

    #[must_use]
    pub(crate) fn with_kind(mut self, kind: ErrorKind) -> Self {
        self.0.kind = kind;
        self
    }

    #[must_use]
    pub(crate) fn with_fields(mut self, fields: Vec<FieldError>) -> Self {
        self.0.fields = fields;
        self
    }

    /// Returns the error with a sentence about what to do next.
    #[must_use]
    pub fn with_next_step(mut self, next_step: impl Into<String>) -> Self {
        self.0.next_step = Some(next_step.into());
        self
    }

    #[must_use]
    pub(crate) fn with_status(mut self, status: u16) -> Self {
        self.0.status = Some(status);
        self
    }

    #[must_use]
    pub(crate) fn with_status_opt(mut self, status: Option<u16>) -> Self {
        self.0.status = status;
        self
    }

    /// Returns the error with its cause, whose message must not contain secrets.
    #[must_use]
    pub fn with_source(mut self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.0.source = Some(Arc::new(source));
        self
    }

    #[must_use]
    pub(crate) fn with_code(mut self, code: Option<String>) -> Self {
        self.0.code = code;
        self
    }

    #[must_use]
    pub(crate) fn with_request(mut self, request: String) -> Self {
        self.0.request = Some(request);
        self
    }

    #[must_use]
    pub(crate) fn with_request_id(mut self, id: Option<String>) -> Self {
        self.0.request_id = id;
        self
    }

    #[must_use]
    pub(crate) fn with_raw_response(mut self, raw: Option<Value>) -> Self {
        self.0.raw_response = raw;
        self
    }

    #[must_use]
    pub(crate) fn with_rate_limit(mut self, rate_limit: RateLimit) -> Self {
        self.0.retry_after = rate_limit.retry_after;
        self.0.rate_limit = rate_limit;
        self
    }
}

/// The advice for a write whose response was lost.
pub(crate) const OUTCOME_UNKNOWN: &str = "The write may have been applied. Read the record, or list the newest \
     records, before you retry.";
