//! Issues and verifies URL tokens, for clients that can only be configured with a URL. A token contains its account and
//! tool selection and is signed, so no server has to store it.

use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use connectwise_psa::runtime::Value;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Map, json};
use sha2::Sha256;
use toolcrate_http::{MethodFilter, MethodFilterError, parse_object};

/// Creates and verifies tokens.
pub(crate) struct AddressTokens {
    key: Vec<u8>,
}

/// The account and tools to which a token grants access.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct AddressClaims {
    pub(crate) account: String,
    pub(crate) filter: MethodFilter,
    /// When the token expires, in seconds since 1970.
    pub(crate) expires: Option<u64>,
}

impl AddressTokens {
    /// Signs tokens with `key`.
    pub(crate) fn new(key: &[u8]) -> Self {
        Self { key: key.to_vec() }
    }

    /// Creates a token with `claims`.
    pub(crate) fn sign(&self, claims: &AddressClaims) -> String {
        let AddressClaims { account, filter, expires } = claims;
        let claims =
            json!({"account": account, "methods": filter.methods, "tags": filter.tags, "expires": expires});
        let payload = URL_SAFE_NO_PAD.encode(claims.to_string());
        let mac = URL_SAFE_NO_PAD.encode(self.mac(&payload).finalize().into_bytes());
        format!("{payload}.{mac}")
    }

    /// Returns a token's claims, or `None` if it wasn't signed here or has expired.
    pub(crate) fn verify(&self, token: &str) -> Option<AddressClaims> {
        let (payload, mac) = token.split_once('.')?;
        self.mac(payload).verify_slice(&URL_SAFE_NO_PAD.decode(mac).ok()?).ok()?;
        let claims: Map<String, Value> =
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()?;
        let expires = claims.get("expires").and_then(Value::as_u64);
        let account = claims.get("account")?.as_str()?.to_owned();
        let filter = MethodFilter::parse(&claims).ok()?;
        expires.is_none_or(|end| end > now()).then_some(AddressClaims { account, filter, expires })
    }

    fn mac(&self, payload: &str) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).expect("HMAC accepts keys of any length");
        mac.update(payload.as_bytes());
        mac
    }
}

/// A request for a token: `{name, config: {methods, tags}, expires_at}`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct MintTokenRequest {
    pub(crate) filter: MethodFilter,
    /// When the token expires, in seconds since 1970.
    pub(crate) expires: Option<u64>,
}

/// The reason why a [`MintTokenRequest`] is invalid.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MintTokenError {
    #[error("expected a JSON object in the request body: {0}")]
    NotAnObject(#[from] serde_json::Error),
    #[error("unknown property \"{name}\" in {object} (expected {})", .known.join(", "))]
    UnknownField { object: &'static str, name: String, known: &'static [&'static str] },
    #[error("name: expected a string")]
    NameNotText,
    #[error("config: expected an object with `methods` and `tags`")]
    ConfigNotAnObject,
    #[error("config: {0}")]
    Filter(#[from] MethodFilterError),
    #[error("config: {0}: expected at least one value; omit it to grant access to all tools")]
    EmptySelection(&'static str),
    #[error("expires_at: expected a time such as \"2026-01-31T08:00:00Z\", got {0}")]
    InvalidExpiry(Value),
    #[error("expires_at: expected a time in the future")]
    Expired,
}

impl MintTokenRequest {
    /// Parses a body. Invalid parts are errors, because a token that silently grants more access than intended would
    /// go unnoticed.
    pub(crate) fn parse(body: &[u8]) -> Result<Self, MintTokenError> {
        let request = parse_object(body)?;
        reject_unknown_fields(&request, &["name", "config", "expires_at"], "the body")?;
        if !matches!(request.get("name"), None | Some(Value::Null | Value::String(_))) {
            return Err(MintTokenError::NameNotText);
        }
        let filter = match request.get("config") {
            None | Some(Value::Null) => MethodFilter::default(),
            Some(Value::Object(config)) => {
                reject_unknown_fields(config, &["methods", "tags"], "config")?;
                let filter = MethodFilter::parse(config)?;
                reject_empty_selections(config, &filter)?;
                filter
            }
            Some(_) => return Err(MintTokenError::ConfigNotAnObject),
        };
        let expires = match request.get("expires_at") {
            None | Some(Value::Null) => None,
            Some(time) => Some(
                time.as_str()
                    .and_then(parse_time)
                    .ok_or_else(|| MintTokenError::InvalidExpiry(time.clone()))?,
            ),
        };
        if expires.is_some_and(|end| end <= now()) {
            return Err(MintTokenError::Expired);
        }
        Ok(Self { filter, expires })
    }
}

fn reject_unknown_fields(
    fields: &Map<String, Value>,
    known: &'static [&'static str],
    object: &'static str,
) -> Result<(), MintTokenError> {
    match fields.keys().find(|name| !known.contains(&name.as_str())) {
        None => Ok(()),
        Some(name) => Err(MintTokenError::UnknownField { object, name: name.clone(), known }),
    }
}

/// Rejects a list without values, which would grant access to all tools.
fn reject_empty_selections(config: &Map<String, Value>, filter: &MethodFilter) -> Result<(), MintTokenError> {
    let is_given = |name: &str| config.get(name).is_some_and(|value| !value.is_null());
    for (name, values) in [("methods", &filter.methods), ("tags", &filter.tags)] {
        if is_given(name) && values.is_empty() {
            return Err(MintTokenError::EmptySelection(name));
        }
    }
    Ok(())
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

fn parse_time(text: &str) -> Option<u64> {
    let time = time::OffsetDateTime::parse(text, &time::format_description::well_known::Rfc3339).ok()?;
    u64::try_from(time.unix_timestamp()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use connectwise_psa::CATALOG;

    #[test]
    fn url_tokens_round_trip_and_open_only_with_their_key() {
        let tokens = AddressTokens::new(b"secret");
        let filter = MethodFilter { methods: vec!["read".to_owned()], tags: Vec::new() };
        let claims = AddressClaims { account: "acme".to_owned(), filter, expires: Some(now() + 60) };
        let token = tokens.sign(&claims);
        assert_eq!(AddressTokens::new(b"other").verify(&token), None);
        let expired =
            tokens.sign(&AddressClaims { expires: Some(now() - 1), ..tokens.verify(&token).unwrap() });
        assert_eq!((tokens.verify(&token), tokens.verify(&expired)), (Some(claims), None));
    }

    #[test]
    fn invalid_requests_are_errors() {
        let parse = |body: &str| MintTokenRequest::parse(body.as_bytes());
        let MintTokenRequest { filter, expires } = parse(
            r#"{"name": "x", "config": {"methods": ["read"], "tags": "service"}, "expires_at": "2999-01-31T08:00:00Z"}"#,
        )
        .unwrap();
        assert_eq!((filter.methods, filter.tags), (vec!["read".to_owned()], vec!["service".to_owned()]));
        assert!(expires.is_some_and(|end| end > now()));
        for body in ["", "{}", r#"{"config": null, "expires_at": null}"#] {
            let all = MintTokenRequest { filter: MethodFilter::default(), expires: None };
            assert_eq!(parse(body).unwrap(), all, "{body}");
        }
        for (body, message) in [
            (r#"{"expires_at": 1600000000}"#, "expires_at: expected a time"),
            (r#"{"expires_at": "tomorrow"}"#, "expires_at: expected a time"),
            (r#"{"expires_at": "2020-01-01T00:00:00Z"}"#, "in the future"),
            (r#"{"expires_at": "1920-01-01T00:00:00Z"}"#, "expires_at"),
            (r#"{"config": "read"}"#, "config: expected an object"),
            (r#"{"config": {"methods": {"0": "read"}}}"#, "config: methods: expected"),
            (r#"{"config": {"method": "read"}}"#, "unknown property \"method\" in config"),
            (r#"{"config": {"methods": []}}"#, "config: methods: expected at least one value"),
            (
                r#"{"config": {"methods": "read", "tags": [" ", ","]}}"#,
                "config: tags: expected at least one value",
            ),
            (r#"{"confg": {"methods": "read"}}"#, "unknown property \"confg\""),
            (r#"{"name": 5}"#, "name: expected a string"),
            (r#"{"config": {"methods": "read"}, "config": {}}"#, "duplicate property \"config\""),
            (r#"{"config": {"methods": "read", "methods": "write"}}"#, "duplicate property \"methods\""),
            ("[]", "JSON object"),
            ("{", "JSON object"),
        ] {
            let error = parse(body).unwrap_err().to_string();
            assert!(error.contains(message), "{body}: {error}");
        }
    }

    #[test]
    fn methods_are_a_union_and_tags_narrow_it() {
        let count = |methods: &[&str], tags: &[&str]| {
            let owned = |words: &[&str]| words.iter().copied().map(str::to_owned).collect();
            let filter = MethodFilter { methods: owned(methods), tags: owned(tags) };
            CATALOG.tools().filter(|tool| filter.allows(*tool)).count()
        };
        assert_eq!(count(&[], &[]), CATALOG.len());
        let reads = count(&["read"], &[]);
        assert_eq!(reads + count(&["write"], &[]) + count(&["custom"], &[]), CATALOG.len());
        assert_eq!(count(&["list"], &[]) + count(&["get"], &[]), reads);
        assert_eq!(count(&["read", "write"], &[]), reads + count(&["write"], &[]));
        assert_eq!(count(&[], &["service"]), 355);
        assert!(count(&["create"], &["Tickets"]) >= 1);
        assert_eq!(count(&["nothing"], &[]), 0);
        assert_eq!(count(&["READ"], &["SERVICE"]), count(&["read"], &["service"]));
    }
}
