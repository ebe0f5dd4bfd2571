//! One attempt: send the request, follow redirects of reads that stay on the server, read the body up to its limit.
//! Converts errors of the transport to their meaning for the request: not sent, lost, or late.
//!
//! A write is sent once, to one address: whether a redirect came instead of the change or after it, nobody can tell.

use bytes::{Bytes, BytesMut};
use http::header::LOCATION;
use http::{HeaderMap, StatusCode};
use url::Url;

use super::base_url::same_origin;
use super::build_request::{OutgoingBody, OutgoingRequest};
use super::handle::Client;
use crate::error::{Delivery, Error, ErrorKind, ResponseLoss};
use crate::transport_error::transport_error_message;
use toolcrate_catalog::Method;

/// The maximum number of redirects that are followed.
const MAX_REDIRECTS: usize = 5;

/// A response of any status with its whole body.
pub(super) struct RawHttpResponse {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Client {
    /// Sends a request once.
    pub(super) async fn attempt(
        &self,
        outgoing: &OutgoingRequest,
        writes: bool,
    ) -> Result<RawHttpResponse, Error> {
        let mut url = outgoing.url.clone();
        for hop in 0..=MAX_REDIRECTS {
            // Until the first request is sent, no failure can have changed anything; after it, none is sure not to.
            let sent_before = |error: Error| match hop {
                0 => error,
                _ => error.with_delivery(Delivery::Unknown),
            };
            let request = self
                .http_request(outgoing, &url)
                .map_err(|error| sent_before(error.with_delivery(Delivery::NotSent)))?;
            let response = request.send().await.map_err(|error| sent_before(failed(error, writes)))?;
            if writes {
                return self.read_response(response, writes).await;
            }
            match redirect(outgoing.method, &url, response.status(), response.headers())? {
                Some(target) => url = target,
                None => return self.read_response(response, writes).await,
            }
        }
        Err(Error::new(ErrorKind::Configuration, "too many redirects").with_next_step("Check the base URL."))
    }

    /// Returns the request to one URL, with the credentials.
    fn http_request(&self, outgoing: &OutgoingRequest, url: &Url) -> Result<reqwest::RequestBuilder, Error> {
        let mut headers = outgoing.headers.clone();
        self.authorize(&mut headers)?;
        let http = self.state.connector.http()?;
        let request = http.request(http_method(outgoing.method), url.clone()).headers(headers);
        Ok(match &outgoing.body {
            OutgoingBody::None => request,
            OutgoingBody::Json(text) => request.body(text.clone()),
            OutgoingBody::Form(form) => request.multipart(form.to_multipart()?),
        })
    }

    async fn read_response(
        &self,
        mut response: reqwest::Response,
        writes: bool,
    ) -> Result<RawHttpResponse, Error> {
        let status = response.status();
        let headers = response.headers().clone();
        let limit = self.state.max_body;
        let too_large = || {
            let message = format!("the response exceeds {limit} bytes");
            let error = if writes {
                Error::unreadable_success(ErrorKind::OutcomeUnknown, message)
            } else {
                Error::new(ErrorKind::TooLarge, message)
                    .with_next_step("Request fewer records or fields, or raise the limit.")
            };
            error.with_status(status.as_u16())
        };
        if status.is_success() && response.content_length().is_some_and(|length| length > limit as u64) {
            return Err(too_large());
        }
        let mut body = BytesMut::new();
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) if body.len() + chunk.len() <= limit => body.extend_from_slice(&chunk),
                Ok(None) => break,
                // An error needs no more of its body than there is, or than fits.
                Ok(Some(_)) | Err(_) if !status.is_success() => break,
                Ok(Some(_)) => return Err(too_large()),
                Err(error) => return Err(cut(error, status, writes)),
            }
        }
        Ok(RawHttpResponse { status: status.as_u16(), headers, body: body.freeze() })
    }
}

/// Returns where a redirect leads, for messages: without the values of a query, and without the path on another server.
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

/// Returns where the response to a read redirects to, if that is on the same server and the request stays the same.
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
            .with_next_step("If that is the right server, use it as the base URL.")
    };
    if !same_origin(from, &target) {
        return Err(refused(format!(
            "the server redirected to {}; credentials are not sent to another host",
            target.origin().ascii_serialization()
        )));
    }
    if !matches!(method, Method::Get | Method::Head) && !matches!(status.as_u16(), 307 | 308) {
        return Err(refused(format!(
            "the server redirects to {}, which would turn the {method} into a GET",
            target.path()
        )));
    }
    Ok(Some(target))
}

/// Returns the error of a request that failed before a response.
fn failed(error: reqwest::Error, writes: bool) -> Error {
    if error.is_builder() {
        return Error::configuration(format!("cannot build the request: {}", transport_error_message(error)))
            .with_delivery(Delivery::NotSent);
    }
    let loss = if error.is_connect() {
        ResponseLoss::NotConnected
    } else if error.is_timeout() {
        ResponseLoss::TimedOut
    } else {
        ResponseLoss::Disconnected
    };
    Error::lost(loss, writes, &transport_error_message(error))
}

/// Returns the error of a response that was cut off.
fn cut(error: reqwest::Error, status: StatusCode, writes: bool) -> Error {
    let loss = if error.is_timeout() { ResponseLoss::TimedOut } else { ResponseLoss::Disconnected };
    let error = Error::lost(
        loss,
        writes,
        &format!("the response was incomplete ({})", transport_error_message(error)),
    );
    let error = error.with_status(status.as_u16());
    // A read that was cut off has a response, only not all of it.
    if !writes && loss == ResponseLoss::Disconnected { error.with_kind(ErrorKind::Decode) } else { error }
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
