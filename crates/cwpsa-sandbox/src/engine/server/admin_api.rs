//! The admin API, which lets tests manage faults and inspect deliveries.

use connectwise_psa::runtime::Value;
use connectwise_psa::runtime::serde_json::{self, json};
use http::header::CONTENT_TYPE;
use http::{Method, StatusCode};
use serde::de::DeserializeOwned;

use super::request::BufferedRequest;
use super::responses::json;
use super::state::ServerState;
use crate::fault_injection::{FaultRule, FaultRuleError, FaultSettings};
use crate::message::MockResponse;

/// The header with the token.
const TOKEN_HEADER: &str = "x-sandbox-token";

/// Handles a request to `/_sandbox/{name}`.
pub(super) fn handle(state: &ServerState, request: &BufferedRequest, name: &str) -> MockResponse {
    if !is_allowed(state, request) {
        let message = "only allowed from a loopback address or with the right x-sandbox-token";
        return error(StatusCode::FORBIDDEN, message);
    }
    match (name, &request.parts.method) {
        ("callbacks", &Method::GET) => json(StatusCode::OK, &Value::Array(state.callbacks.deliveries())),
        ("faults", &Method::GET) => json(StatusCode::OK, &state.faults.report()),
        ("faults", &Method::DELETE) => faults_after(state, state.faults.replace(FaultSettings::default())),
        ("faults", &Method::PUT) => change(state, request, |settings| state.faults.replace(settings)),
        ("faults", &Method::POST) => change(state, request, |rule: FaultRule| state.faults.add(rule)),
        ("faults" | "callbacks", _) => error(StatusCode::METHOD_NOT_ALLOWED, "method not allowed"),
        _ => error(StatusCode::NOT_FOUND, "not found (expected /_sandbox/faults or /_sandbox/callbacks)"),
    }
}

fn is_allowed(state: &ServerState, request: &BufferedRequest) -> bool {
    let given = request.parts.headers.get(TOKEN_HEADER).map(http::HeaderValue::as_bytes);
    let expected = state.settings.admin_token.as_ref().map(|token| token.expose().as_bytes());
    request.peer.ip().to_canonical().is_loopback() || given.is_some() && given == expected
}

/// Applies a JSON body. A web page can't send this media type to another origin without a preflight request, so
/// a page that a developer visits can't change anything here.
fn change<T: DeserializeOwned>(
    state: &ServerState,
    request: &BufferedRequest,
    apply: impl FnOnce(T) -> Result<(), FaultRuleError>,
) -> MockResponse {
    let content_type = request.parts.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if !content_type.is_some_and(|value| value.trim_start().starts_with("application/json")) {
        return error(StatusCode::UNSUPPORTED_MEDIA_TYPE, "the body must be application/json");
    }
    match serde_json::from_slice(&request.body) {
        Ok(body) => faults_after(state, apply(body)),
        Err(reason) => error(StatusCode::BAD_REQUEST, &reason.to_string()),
    }
}

fn faults_after(state: &ServerState, result: Result<(), FaultRuleError>) -> MockResponse {
    match result {
        Ok(()) => json(StatusCode::OK, &state.faults.report()),
        Err(reason) => error(StatusCode::BAD_REQUEST, &reason.to_string()),
    }
}

fn error(status: StatusCode, message: &str) -> MockResponse {
    json(status, &json!({"message": message}))
}
