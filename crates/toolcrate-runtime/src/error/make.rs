//! Making errors: one function for each way in which something goes wrong, so that the sentences that
//! say what to do next stand in one place.

use serde_json::Value;

use crate::{Error, ErrorKind, FieldError, RateLimit};

use super::{Delivery, Inner};

/// How an answer was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lost {
    /// No connection came about, so nothing was sent.
    NotConnected,
    /// The time was up.
    Late,
    /// The connection ended.
    Cut,
}

impl Error {
    /// An error of this kind, with a sentence that says what went wrong.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
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
        }))
    }

    /// The client is set up in a way that can't work.
    pub fn configuration(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Configuration, message)
    }

    /// Arguments are wrong. `fields` says which and why.
    pub fn invalid_arguments(fields: Vec<FieldError>) -> Self {
        let message = match fields.as_slice() {
            [_] => "1 argument is wrong; nothing was sent".to_owned(),
            many => format!("{} arguments are wrong; nothing was sent", many.len()),
        };
        Self::new(ErrorKind::InvalidArguments, message)
            .with_fields(fields)
            .with_delivery(Delivery::NotSent)
            .with_next_step("Correct the arguments that are named and call again.")
    }

    /// There is no tool `name`; `nearest` has similar names.
    pub(crate) fn unknown_tool(name: &str, nearest: &[&str]) -> Self {
        let next = if nearest.is_empty() {
            "Search the catalog for the right name.".to_owned()
        } else {
            format!("Did you mean {}?", nearest.join(", "))
        };
        Self::new(ErrorKind::UnknownTool, format!("there is no tool \"{name}\""))
            .with_delivery(Delivery::NotSent)
            .with_next_step(next)
    }

    /// The answer to a request was lost. `detail` is the transport's own sentence.
    pub(crate) fn lost(lost: Lost, writes: bool, detail: &str) -> Self {
        match lost {
            Lost::NotConnected => {
                Self::new(ErrorKind::Unreachable, format!("the server can't be reached: {detail}"))
                    .with_delivery(Delivery::NotSent)
                    .with_next_step("Nothing was sent. Check the base URL and the network, then try again.")
            }
            Lost::Late | Lost::Cut if writes => {
                let how = if lost == Lost::Late { "the answer did not come in time" } else { detail };
                Self::new(ErrorKind::OutcomeUnknown, format!("the request was sent, but {how}"))
                    .with_next_step(OUTCOME_UNKNOWN)
            }
            Lost::Late => Self::new(ErrorKind::Timeout, "the answer did not come in time")
                .with_next_step("Nothing was changed. Try again, ask for less, or allow more time."),
            Lost::Cut => Self::new(ErrorKind::Unreachable, format!("the server hung up: {detail}"))
                .with_next_step("Nothing was changed. Try again."),
        }
    }

    /// The server reported that a write worked, but its response can't be used.
    pub(crate) fn unreadable_success(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self::new(kind, message).with_delivery(Delivery::Succeeded).with_next_step(
            "The server reported success, so the change was most likely made: read the record before \
             sending it again.",
        )
    }

    /// A write was answered with a redirect, which is not followed.
    pub(crate) fn redirected_write(status: u16, target: &str) -> Self {
        let message =
            format!("the server redirects to {target}, and a write is not sent to a second address");
        Self::new(ErrorKind::OutcomeUnknown, message).with_status(status).with_next_step(format!(
            "{OUTCOME_UNKNOWN} If the redirect leads to the right address, make that the base URL."
        ))
    }

    /// The same error of a write that was sent before, without a clear answer to that attempt.
    #[must_use]
    pub(crate) fn after_unknown_attempt(mut self) -> Self {
        if !self.changed_nothing() {
            return self;
        }
        self.0.message = format!(
            "an earlier attempt was sent and got no clear answer, the last one failed: {}",
            self.message()
        );
        self.with_kind(ErrorKind::OutcomeUnknown)
            .with_delivery(Delivery::Unknown)
            .with_next_step(OUTCOME_UNKNOWN)
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

    /// The same error with a sentence that says what to do next.
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

/// How to go on after a write whose answer was lost.
pub(crate) const OUTCOME_UNKNOWN: &str = "It may have taken effect. Do not simply send it again: read the \
     record, or list the newest records, and repeat it only if the change is not there.";
