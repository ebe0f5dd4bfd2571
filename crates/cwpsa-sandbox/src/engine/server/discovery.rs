//! Endpoints that don't require authentication: the lookup of the API's location, and the signing keys for callbacks.

use connectwise_psa::runtime::Value;
use connectwise_psa::runtime::serde_json::json;
use http::{Method, StatusCode};

use super::request::BufferedRequest;
use super::responses::{json, plain};
use super::state::ServerState;
use crate::connectwise::paths::company_info as company_info_body;
use crate::message::MockResponse;

/// Handles `/login/companyinfo/{companyId}`: returns JSON `null` for an unknown company.
pub(super) fn company_info(state: &ServerState, request: &BufferedRequest, company: &str) -> MockResponse {
    if request.parts.method != Method::GET {
        return plain(StatusCode::METHOD_NOT_ALLOWED, "Only GET is allowed here.");
    }
    let known = state.settings.companies.iter().find(|known| known.eq_ignore_ascii_case(company));
    let info = known.map_or(Value::Null, |company| company_info_body(company, &request.host(state)));
    json(StatusCode::OK, &info)
}

/// Handles `/{codebase}/system/callbackkey/index.rails?companyName=…&id=…`.
pub(super) fn callback_key(state: &ServerState, request: &BufferedRequest) -> MockResponse {
    let query = request.query();
    let id = query.iter().find(|(name, _)| name == "id");
    match id.and_then(|(_, id)| state.callbacks.signing_key(id)) {
        Some(key) => json(StatusCode::OK, &json!({"signing_key": key})),
        None => plain(StatusCode::NOT_FOUND, "There is no such key."),
    }
}
