//! Builds the URL, headers and body of a request. A request is built completely before anything is sent, so a dry run
//! shows exactly what a call would send, with secrets redacted.

use std::borrow::Cow;

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Map, Value, json};
use url::Url;

use super::handle::Client;
use super::select;
use crate::call::{Body, Call, SecurityAlternatives};
use crate::error::{Delivery, Error, FieldError};
use crate::form::Form;
use crate::patch;
use crate::request::Request;
use crate::response::FromResponse;
use toolcrate_catalog::Method;

/// A request as it would be sent, for dry runs.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct PreparedRequest {
    /// The HTTP method.
    pub method: Method,
    /// The full URL.
    pub url: String,
    /// The headers; those added by the credentials have the value `***`.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: PreparedBody,
}

/// The body of a prepared request.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum PreparedBody {
    /// No body.
    None,
    /// JSON.
    Json(Value),
    /// The parts of a form: each part's name, and its text or a description of its file.
    Form(Vec<(String, String)>),
}

impl PreparedRequest {
    /// Returns the request as JSON: `method`, `url`, `headers` and `body`, which is `null`, JSON, or an object with a
    /// form's parts.
    pub fn to_json(&self) -> Value {
        let text = |pairs: &[(String, String)]| -> Map<String, Value> {
            pairs.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str()))).collect()
        };
        let body = match &self.body {
            PreparedBody::None => Value::Null,
            PreparedBody::Json(value) => value.clone(),
            PreparedBody::Form(parts) => Value::Object(text(parts)),
        };
        json!({"method": self.method.as_str(), "url": self.url, "headers": text(&self.headers), "body": body})
    }
}

/// A request that is complete except for its credentials.
pub(crate) struct OutgoingRequest {
    pub(super) method: Method,
    /// The path template, for messages.
    pub(super) template: Cow<'static, str>,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) body: OutgoingBody,
    /// The security schemes, if they differ from the API's.
    pub(super) security: Option<SecurityAlternatives>,
}

pub(super) enum OutgoingBody {
    None,
    Bytes(Bytes),
    Form(Form),
}

impl Client {
    /// Builds a request without its credentials, which are only validated.
    #[cfg(feature = "tools")]
    pub(crate) fn build_authorized_request(
        &self,
        call: &Call,
        accept: &'static str,
    ) -> Result<OutgoingRequest, Error> {
        let request = self.build_request(call, accept)?;
        self.check_authorization(&request)?;
        Ok(request)
    }

    /// Builds a request without its credentials.
    pub(super) fn build_request(&self, call: &Call, accept: &'static str) -> Result<OutgoingRequest, Error> {
        let url = self.state.base_url.join(call)?;
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static(accept));
        let body = match &call.body {
            Body::None => OutgoingBody::None,
            Body::Json(text) => OutgoingBody::Bytes(Bytes::from(text.clone())),
            Body::Raw(bytes) => OutgoingBody::Bytes(bytes.clone()),
            Body::Patch(operations) => {
                OutgoingBody::Bytes(Bytes::from(patch::to_json(operations, self.api().patch_paths)))
            }
            Body::Form(form) => OutgoingBody::Form(form.clone()),
        };
        if matches!(body, OutgoingBody::Bytes(_)) {
            let media_type = call.content_type.as_deref().unwrap_or("application/json");
            headers.insert(CONTENT_TYPE, header(CONTENT_TYPE.as_str(), media_type)?);
        }
        for (name, value) in &call.headers {
            headers.insert(header_name(name)?, header(name, value)?);
        }
        for (name, value) in self.headers.iter().flat_map(|headers| headers.iter()) {
            if !headers.contains_key(name) {
                headers.insert(name, value.clone());
            }
        }
        let (template, security) = (call.template.clone(), call.security.clone());
        Ok(OutgoingRequest { method: call.method, template, url, headers, body, security })
    }

    /// Returns what sending a request would send, with secrets redacted. Nothing is sent. Custom fields
    /// have captions instead of IDs unless their definitions have already been fetched.
    ///
    /// # Errors
    /// Returns `InvalidArguments` for values and fields that can't be sent, and `Configuration` if the credentials
    /// can't be used.
    pub fn preview<T: FromResponse>(&self, request: &Request<T>) -> Result<PreparedRequest, Error> {
        let call = select::complete(&request.call, self.api(), T::visit_empty);
        let prepared = call.and_then(|mut call| {
            if call.custom_fields.is_some() {
                self.add_custom_fields(call.to_mut())?;
            }
            self.preview_call(&call, T::accept(self.api()))
        });
        prepared.map_err(|error| error.with_delivery(Delivery::NotSent).with_request(request.call.label()))
    }

    /// Returns what a call would send.
    pub(crate) fn preview_call(&self, call: &Call, accept: &'static str) -> Result<PreparedRequest, Error> {
        let request = self.build_request(call, accept)?;
        let headers = self.check_authorization(&request)?;
        let shown = headers.iter().map(|(name, value)| {
            // Everything that the credentials added or changed is secret, whether or not they marked it.
            let secret =
                value.is_sensitive() || !request.headers.get_all(name).iter().any(|other| other == value);
            let text = if secret { "***".into() } else { String::from_utf8_lossy(value.as_bytes()) };
            (name.to_string(), text.into_owned())
        });
        let user_agent =
            self.state.user_agent.as_ref().map(|agent| {
                ("user-agent".to_owned(), String::from_utf8_lossy(agent.as_bytes()).into_owned())
            });
        let body = match &request.body {
            OutgoingBody::None => PreparedBody::None,
            OutgoingBody::Bytes(text) => PreparedBody::Json(
                serde_json::from_slice(text).unwrap_or_else(|_| Value::from(String::from_utf8_lossy(text))),
            ),
            OutgoingBody::Form(form) => PreparedBody::Form(
                form.summary().into_iter().map(|(name, text)| (name.to_owned(), text)).collect(),
            ),
        };
        Ok(PreparedRequest {
            method: request.method,
            url: request.url.to_string(),
            headers: user_agent.into_iter().chain(shown).collect(),
            body,
        })
    }
}

/// Returns the name of a header.
pub(super) fn header_name(name: &str) -> Result<HeaderName, Error> {
    HeaderName::from_bytes(name.as_bytes())
        .map_err(|_| Error::configuration(format!("invalid header name \"{name}\"")))
}

fn header(name: &str, value: &str) -> Result<HeaderValue, Error> {
    HeaderValue::from_str(value).map_err(|_| {
        let message = format!("\"{name}\" is sent in a header and must not contain control characters");
        Error::invalid_arguments(vec![FieldError::new(format!("/{name}"), "invalid", message)])
    })
}
