//! What a caller asks before it has credentials: where a company's API is, and which key signs callbacks.

use connectwise_psa::runtime::Value;
use connectwise_psa::runtime::serde_json::json;
use http::{Method, StatusCode};

use super::Shared;
use super::reply::{Received, json, plain};
use crate::Answer;

/// The codebase that the company's API is under. Callers put it between host and `apis/3.0`.
const CODEBASE: &str = "v2025_1/";

/// `/login/companyinfo/{companyId}`: JSON `null` for a company that isn't here.
pub(super) fn company(shared: &Shared, received: &Received, company: &str) -> Answer {
    if received.parts.method != Method::GET {
        return plain(StatusCode::METHOD_NOT_ALLOWED, "Only GET is answered here.");
    }
    let known = shared.settings.companies.iter().find(|known| known.eq_ignore_ascii_case(company));
    let info = known.map_or(Value::Null, |company| {
        json!({
            "CompanyName": company,
            "Codebase": CODEBASE,
            "VersionCode": "v2025.1",
            "VersionNumber": "v4.6.2025.1",
            "CompanyID": company,
            "IsCloud": false,
            "SiteUrl": received.host(shared),
        })
    });
    json(StatusCode::OK, &info)
}

/// `/{codebase}/system/callbackkey/index.rails?companyName=…&id=…`.
pub(super) fn callback_key(shared: &Shared, received: &Received) -> Answer {
    let query = received.query();
    let parameter = |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    match parameter("id").and_then(|id| shared.callbacks.signing_key(id)) {
        Some(key) => json(StatusCode::OK, &json!({"signing_key": key})),
        None => plain(StatusCode::NOT_FOUND, "There is no such key."),
    }
}
