//! From a request to its answer: which part of the server it is for, and what every answer carries.

use std::net::SocketAddr;

use bytes::Bytes;
use connectwise_psa::runtime::Value;
use connectwise_psa::runtime::serde_json;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, StatusCode, request};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::{Request, Response};

use super::body::{Body, Cut, response};
use super::place::Place;
use super::{Shared, api, control, discovery};
use crate::Answer;

/// A request, read whole.
pub(super) struct Received {
    pub(super) parts: request::Parts,
    pub(super) body: Bytes,
    pub(super) peer: SocketAddr,
}

impl Received {
    /// The query, decoded.
    pub(super) fn query(&self) -> Vec<(String, String)> {
        let query = self.parts.uri.query().unwrap_or_default();
        url::form_urlencoded::parse(query.as_bytes()).into_owned().collect()
    }

    /// The server as the caller addresses it.
    pub(super) fn host(&self, shared: &Shared) -> String {
        let host = self.parts.headers.get(http::header::HOST).and_then(|host| host.to_str().ok());
        host.map_or_else(|| shared.address.to_string(), str::to_owned)
    }
}

/// Answers a request; an error closes the connection with no answer.
pub(super) async fn reply(
    shared: &Shared,
    peer: SocketAddr,
    request: Request<Incoming>,
) -> Result<Response<Body>, Cut> {
    let (parts, body) = request.into_parts();
    let address = parts.uri.path_and_query().map_or(0, |address| address.as_str().len());
    if address > shared.settings.max_address {
        return Ok(finished(response(plain(StatusCode::URI_TOO_LONG, "The address is too long."))));
    }
    let body = match Limited::new(body, shared.settings.max_body).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) if error.is::<LengthLimitError>() => {
            let answer = plain(StatusCode::PAYLOAD_TOO_LARGE, "The body is too large.");
            return Ok(finished(response(answer)));
        }
        // The caller went away.
        Err(_) => return Err(Cut),
    };
    let received = Received { parts, body, peer };
    let path = received.parts.uri.path();
    let answered = match Place::of(path) {
        Place::Api { root, path } => api::answer(shared, &received, root, path).await?,
        Place::CompanyInfo { company } => response(discovery::company(shared, &received, company)),
        Place::CallbackKey => response(discovery::callback_key(shared, &received)),
        Place::Control { name } => response(control::answer(shared, &received, name)),
        Place::Elsewhere => response(plain(
            StatusCode::NOT_FOUND,
            "There is nothing here. The API is below /v4_6_release/apis/3.0, for example \
             /v4_6_release/apis/3.0/system/info.",
        )),
    };
    Ok(finished(answered))
}

/// What every answer carries.
fn finished(mut response: Response<Body>) -> Response<Body> {
    let headers = response.headers_mut();
    headers.insert("x-server-name", HeaderValue::from_static("sandbox"));
    if let Ok(id) = HeaderValue::from_str(&guid()) {
        headers.insert("x-cw-request-id", id);
    }
    response
}

/// Random, in the form of a GUID.
pub(crate) fn guid() -> String {
    let (a, b) = (fastrand::u64(..), fastrand::u64(..));
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        a >> 32,
        a >> 16 & 0xffff,
        a & 0xfff,
        b >> 48 & 0x3fff | 0x8000,
        b & 0xffff_ffff_ffff
    )
}

/// A line of text.
pub(super) fn plain(status: StatusCode, text: &'static str) -> Answer {
    let headers =
        HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"))]);
    Answer { status, headers, body: Bytes::from_static(text.as_bytes()) }
}

/// JSON.
pub(super) fn json(status: StatusCode, value: &Value) -> Answer {
    let headers =
        HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"))]);
    Answer { status, headers, body: serde_json::to_vec(value).unwrap_or_default().into() }
}
