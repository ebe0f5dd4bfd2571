//! Makes a single attempt to send a request: follows redirects of reads that stay on the server, reads the body up to
//! its limit, and determines what a transport error means for the request (not sent, lost, or timed out).
//!
//! A write is sent only once, to one address, because it is impossible to know whether a server that redirects has
//! already applied the change.

use std::borrow::Cow;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, LOCATION, USER_AGENT};
use http::{HeaderMap, StatusCode};
use url::Url;

use super::access_tokens::AccessToken;
use super::base_url::same_origin;
use super::build_request::{OutgoingBody, OutgoingRequest};
use super::handle::Client;
use super::span::RequestSpan;
use crate::error::{Delivery, Error, ErrorKind, ResponseLoss};
use crate::transport::{TransportError, TransportErrorKind, UrlTemplate};
use toolcrate_catalog::Method;

/// Maximum number of redirects that are followed.
const MAX_REDIRECTS: usize = 5;

/// A response with any status and its complete body.
pub(super) struct RawHttpResponse {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Client {
    /// Sends a request once. `resends` is the number of earlier attempts.
    pub(super) async fn attempt(
        &self,
        outgoing: &OutgoingRequest,
        tokens: &[AccessToken],
        writes: bool,
        resends: u32,
    ) -> Result<RawHttpResponse, Error> {
        let mut url = outgoing.url.clone();
        for hop in 0..=MAX_REDIRECTS {
            // Before the first request is sent, no failure can have changed anything; afterwards, any failure might
            // have.
            let sent_before = |error: Error| match hop {
                0 => error,
                _ => error.with_delivery(Delivery::Unknown),
            };
            let request = self
                .http_request(outgoing, tokens, &url)
                .map_err(|error| sent_before(error.with_delivery(Delivery::NotSent)))?;
            let span = RequestSpan::new(outgoing.method, &outgoing.template, &url, resends);
            let response = span.record(self.state.transport.send(request)).await;
            let response = response.map_err(|error| sent_before(failed(error, writes)))?;
            if !writes
                && let Some(target) = redirect(outgoing.method, &url, response.status(), response.headers())?
            {
                url = target;
                continue;
            }
            return self.read_response(response, writes);
        }
        Err(Error::new(ErrorKind::Configuration, "too many redirects").with_next_step("Check the base URL."))
    }

    /// Returns the request to one URL, with the credentials.
    fn http_request(
        &self,
        outgoing: &OutgoingRequest,
        tokens: &[AccessToken],
        url: &Url,
    ) -> Result<http::Request<Bytes>, Error> {
        let mut headers = outgoing.headers.clone();
        let mut url = url.clone();
        for (name, secret) in self.authorize(outgoing, tokens, &mut headers)? {
            url.query_pairs_mut().append_pair(name, secret.expose());
        }
        if let Some(agent) = &self.state.user_agent {
            headers.entry(USER_AGENT).or_insert_with(|| agent.clone());
        }
        let body = match &outgoing.body {
            OutgoingBody::None => Bytes::new(),
            OutgoingBody::Bytes(bytes) => bytes.clone(),
            OutgoingBody::Form(form) => {
                let (media_type, bytes) = form.encode()?;
                headers.insert(CONTENT_TYPE, media_type);
                bytes
            }
        };
        transport_request(outgoing.method, &url, outgoing.template.clone(), headers, body)
    }

    /// Checks the size of a response, because not every transport does.
    fn read_response(&self, response: http::Response<Bytes>, writes: bool) -> Result<RawHttpResponse, Error> {
        let (parts, body) = response.into_parts();
        if parts.status.is_success() && body.len() > self.state.max_body {
            let message = format!("the response exceeds {} bytes", self.state.max_body);
            return Err(too_large(&message, writes).with_status(parts.status.as_u16()));
        }
        Ok(RawHttpResponse { status: parts.status.as_u16(), headers: parts.headers, body })
    }
}

/// Returns a complete request for the transport.
pub(super) fn transport_request(
    method: Method,
    url: &Url,
    template: Cow<'static, str>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<http::Request<Bytes>, Error> {
    let mut request = http::Request::new(body);
    *request.method_mut() = http_method(method);
    *request.uri_mut() = url
        .as_str()
        .parse()
        .map_err(|error| Error::configuration(format!("can't request the URL: {error}")))?;
    *request.headers_mut() = headers;
    request.extensions_mut().insert(UrlTemplate(template));
    Ok(request)
}

/// Returns the error for a response that is too large.
fn too_large(message: &str, writes: bool) -> Error {
    if writes {
        return Error::unreadable_success(ErrorKind::OutcomeUnknown, message);
    }
    Error::new(ErrorKind::TooLarge, message)
        .with_next_step("Request fewer records or fields, or raise the limit.")
}

/// Returns a redirect's target, for messages: without the query's values, and without the path if it is on another
/// server.
pub(super) fn redirect_target(from: &Url, status: u16, headers: &HeaderMap) -> Option<String> {
    if !matches!(status, 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let target = from.join(headers.get(LOCATION)?.to_str().ok()?).ok()?;
    Some(match same_origin(from, &target) {
        true => target.path().to_owned(),
        false => target.origin().ascii_serialization(),
    })
}

/// Returns the redirect target of a response to a read, if it is on the same server and the request stays the same.
fn redirect(
    method: Method,
    from: &Url,
    status: StatusCode,
    headers: &HeaderMap,
) -> Result<Option<Url>, Error> {
    if !matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let location = headers.get(LOCATION).and_then(|value| value.to_str().ok());
    let Some(target) = location.and_then(|location| from.join(location).ok()) else { return Ok(None) };
    let refused = |message: String| {
        Error::new(ErrorKind::Configuration, message)
            .with_status(status.as_u16())
            .with_next_step("If that is the correct server, use its URL as the base URL.")
    };
    if !same_origin(from, &target) {
        return Err(refused(format!(
            "the server redirected to {}; credentials are not sent to another host",
            target.origin().ascii_serialization()
        )));
    }
    if !matches!(method, Method::Get | Method::Head) && !matches!(status.as_u16(), 307 | 308) {
        return Err(refused(format!(
            "the server redirected to {}, which would turn the {method} into a GET",
            target.path()
        )));
    }
    Ok(Some(target))
}

/// Returns the error of a request without a response, or with a part of one.
pub(super) fn failed(error: TransportError, writes: bool) -> Error {
    let (message, status) = (error.message(), error.status());
    let loss = match error.kind() {
        TransportErrorKind::Unsendable => {
            return Error::configuration(message).with_delivery(Delivery::NotSent).with_source(error);
        }
        TransportErrorKind::TooLarge => {
            return too_large(message, writes).with_status_opt(status).with_source(error);
        }
        TransportErrorKind::Redirected => {
            let kind = if writes { ErrorKind::OutcomeUnknown } else { ErrorKind::Configuration };
            return Error::new(kind, message).with_status_opt(status).with_source(error);
        }
        TransportErrorKind::NotConnected => ResponseLoss::NotConnected,
        TransportErrorKind::TimedOut => ResponseLoss::TimedOut,
        TransportErrorKind::Disconnected => ResponseLoss::Disconnected,
    };
    let lost = match status {
        Some(_) => Error::lost(loss, writes, &format!("the response was incomplete ({message})")),
        None => Error::lost(loss, writes, message),
    };
    // A truncated read has a response, but an incomplete one.
    let is_cut = status.is_some() && !writes && loss == ResponseLoss::Disconnected;
    let lost = if is_cut { lost.with_kind(ErrorKind::Decode) } else { lost };
    lost.with_status_opt(status).with_source(error)
}

/// Converts a method for the HTTP client.
const fn http_method(method: Method) -> http::Method {
    match method {
        Method::Get => http::Method::GET,
        Method::Post => http::Method::POST,
        Method::Put => http::Method::PUT,
        Method::Patch => http::Method::PATCH,
        Method::Delete => http::Method::DELETE,
        Method::Head => http::Method::HEAD,
        Method::Options => http::Method::OPTIONS,
        Method::Trace => http::Method::TRACE,
    }
}
