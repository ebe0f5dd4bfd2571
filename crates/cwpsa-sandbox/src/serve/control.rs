//! The control endpoints: faults and deliveries, for tests.

use connectwise_psa::runtime::Value;
use connectwise_psa::runtime::serde_json::{self, json};
use http::header::CONTENT_TYPE;
use http::{Method, StatusCode};
use serde::de::DeserializeOwned;

use super::Shared;
use super::reply::{Received, json};
use crate::Answer;
use crate::faults::{FaultSettings, Rule, RuleError};

/// The header with the token.
const TOKEN: &str = "x-sandbox-token";

/// Answers a request to `/_sandbox/{name}`.
pub(super) fn answer(shared: &Shared, received: &Received, name: &str) -> Answer {
    if !allowed(shared, received) {
        let message = "only callers from a loopback address, or with the right x-sandbox-token";
        return refused(StatusCode::FORBIDDEN, message);
    }
    match (name, &received.parts.method) {
        ("callbacks", &Method::GET) => json(StatusCode::OK, &Value::Array(shared.callbacks.deliveries())),
        ("faults", &Method::GET) => json(StatusCode::OK, &shared.faults.report()),
        ("faults", &Method::DELETE) => changed(shared, shared.faults.replace(FaultSettings::default())),
        ("faults", &Method::PUT) => change(shared, received, |settings| shared.faults.replace(settings)),
        ("faults", &Method::POST) => change(shared, received, |rule: Rule| shared.faults.add(rule)),
        ("faults" | "callbacks", _) => refused(StatusCode::METHOD_NOT_ALLOWED, "not with this verb"),
        _ => refused(StatusCode::NOT_FOUND, "there are /_sandbox/faults and /_sandbox/callbacks"),
    }
}

fn allowed(shared: &Shared, received: &Received) -> bool {
    let given = received.parts.headers.get(TOKEN).map(http::HeaderValue::as_bytes);
    let wanted = shared.settings.control_token.as_ref().map(|token| token.expose().as_bytes());
    received.peer.ip().to_canonical().is_loopback() || given.is_some() && given == wanted
}

/// Does what the body says, which is JSON. A web page can't send that type to another site without asking
/// first, so no page that a developer looks at can reach in here.
fn change<T: DeserializeOwned>(
    shared: &Shared,
    received: &Received,
    apply: impl FnOnce(T) -> Result<(), RuleError>,
) -> Answer {
    let content_type = received.parts.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if !content_type.is_some_and(|value| value.trim_start().starts_with("application/json")) {
        return refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, "the body must be application/json");
    }
    match serde_json::from_slice(&received.body) {
        Ok(body) => changed(shared, apply(body)),
        Err(error) => refused(StatusCode::BAD_REQUEST, &error.to_string()),
    }
}

fn changed(shared: &Shared, result: Result<(), RuleError>) -> Answer {
    match result {
        Ok(()) => json(StatusCode::OK, &shared.faults.report()),
        Err(error) => refused(StatusCode::BAD_REQUEST, &error.to_string()),
    }
}

fn refused(status: StatusCode, message: &str) -> Answer {
    json(status, &json!({"message": message}))
}
