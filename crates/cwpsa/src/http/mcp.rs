//! The Model Context Protocol over HTTP: `/mcp` with an account's token, and `/mcp/{token}` for clients that can only
//! be given an address. Such a token holds what it is for, signed, so that no server has to remember it. Sessions of
//! clients that still have them are in the store, so that any copy of the server can go on with them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use axum::body::{Body, Bytes};
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use connectwise_psa::CATALOG;
use connectwise_psa::runtime::Value;
use hmac::{Hmac, KeyInit, Mac};
use rmcp::transport::streamable_http_server::StreamableHttpService;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use serde_json::{Map, json};
use sha2::Sha256;

use super::choice::Choice;
use super::methods::Wanted;
use super::signing::SigningSecret;
use super::{Shared, failure};
use toolcrate_executor::Principal;
use toolcrate_store::SharedStore;

use crate::exposure::ExposureMode;
use crate::mcp::{self, Server, Shape};

/// More tools than this are offered by the three that find and call others.
const MOST_SHOWN: usize = 128;
/// More services than this are not kept.
const MOST: usize = 256;

type Service = StreamableHttpService<Server, LocalSessionManager>;

/// Services by account or token, and the key that tokens are signed with.
pub struct Sessions {
    key: Vec<u8>,
    store: SharedStore,
    services: Mutex<HashMap<String, Service>>,
}

impl Sessions {
    /// Sessions in `store`, and tokens that are signed with `secret`.
    pub fn new(secret: &SigningSecret, store: SharedStore) -> Self {
        Self { key: secret.token_key().to_vec(), store, services: Mutex::default() }
    }

    fn get(&self, name: &str, make: impl FnOnce() -> Server) -> Service {
        // A panic elsewhere leaves the map whole.
        let mut services = self.services.lock().unwrap_or_else(PoisonError::into_inner);
        if services.len() >= MOST && !services.contains_key(name) {
            services.clear();
        }
        let sessions = || mcp::Sessions::new(Arc::clone(&self.store), name);
        services
            .entry(name.to_owned())
            .or_insert_with(|| mcp::service(make(), mcp::Behind::Others(sessions())))
            .clone()
    }

    fn mac(&self, payload: &str) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).expect("any length will do");
        mac.update(payload.as_bytes());
        mac
    }

    /// A token that holds `claims`.
    fn sign(&self, claims: &Value) -> String {
        let payload = URL_SAFE_NO_PAD.encode(claims.to_string());
        let mac = URL_SAFE_NO_PAD.encode(self.mac(&payload).finalize().into_bytes());
        format!("{payload}.{mac}")
    }

    /// What a token holds, if it is ours and has not run out.
    fn read(&self, token: &str) -> Option<Value> {
        let (payload, mac) = token.split_once('.')?;
        self.mac(payload).verify_slice(&URL_SAFE_NO_PAD.decode(mac).ok()?).ok()?;
        let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()?;
        claims["expires"].as_u64().is_none_or(|end| end > now()).then_some(claims)
    }
}

/// What a token is asked for.
struct Asked {
    wanted: Wanted,
    /// When it runs out, in seconds since 1970.
    expires: Option<u64>,
}

impl Asked {
    /// Reads a body. What can't be read is an error, as a token that is less restricted than it was meant to be would
    /// work as well as any other.
    fn read(body: &[u8]) -> Result<Self, String> {
        let asked: Map<String, Value> = match body.is_empty() {
            true => Map::new(),
            false => serde_json::from_slice(body)
                .map_err(|error| format!("the body must be a JSON object: {error}"))?,
        };
        only(&asked, &["name", "config", "expires_at"], "the body")?;
        if !matches!(asked.get("name"), None | Some(Value::Null | Value::String(_))) {
            return Err("name must be text".to_owned());
        }
        let wanted = match asked.get("config") {
            None | Some(Value::Null) => Wanted::default(),
            Some(Value::Object(config)) => {
                only(config, &["methods", "tags"], "config")?;
                Wanted::of(config).map_err(|message| format!("config: {message}"))?
            }
            Some(_) => return Err("config must be an object of methods and tags".to_owned()),
        };
        let expires = match asked.get("expires_at") {
            None | Some(Value::Null) => None,
            Some(time) => Some(time.as_str().and_then(seconds_of).ok_or_else(|| {
                format!("expires_at must be a time as text, such as \"2026-01-31T08:00:00Z\", and not {time}")
            })?),
        };
        if expires.is_some_and(|end| end <= now()) {
            return Err("expires_at is in the past".to_owned());
        }
        Ok(Self { wanted, expires })
    }
}

/// Whether an object has these members alone.
fn only(members: &Map<String, Value>, known: &[&str], what: &str) -> Result<(), String> {
    match members.keys().find(|name| !known.contains(&name.as_str())) {
        None => Ok(()),
        Some(other) => Err(format!("{what} has no member \"{other}\"; it has {}", known.join(", "))),
    }
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

/// `POST /integrated-account/{id}/mcp` `{name, config: {methods, tags}, expires_at}` gives `{url, token}`.
pub async fn token(state: Shared, Path(account): Path<String>, headers: HeaderMap, body: Bytes) -> Response {
    if let Err(refused) = state.accounts.open(Some(&account), &headers) {
        return *refused;
    }
    let Asked { wanted, expires } = match Asked::read(&body) {
        Ok(asked) => asked,
        Err(message) => return failure::bad_request(&message),
    };
    if !CATALOG.tools().any(|tool| state.selection.allows(tool) && wanted.has(tool)) {
        return failure::bad_request("no tool is left by these methods and tags");
    }
    let claims =
        json!({"account": account, "methods": wanted.methods, "tags": wanted.tags, "expires": expires});
    let token = state.sessions.sign(&claims);
    let host = headers.get("host").and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    let scheme = headers.get("x-forwarded-proto").and_then(|value| value.to_str().ok()).unwrap_or("http");
    failure::json_of(
        StatusCode::CREATED,
        &json!({"url": format!("{scheme}://{host}/mcp/{token}"), "token": token}),
    )
}

fn seconds_of(text: &str) -> Option<u64> {
    let time = time::OffsetDateTime::parse(text, &time::format_description::well_known::Rfc3339).ok()?;
    u64::try_from(time.unix_timestamp()).ok()
}

/// `/mcp` with an account's own token.
pub async fn of_account(State(state): State<Arc<super::State>>, request: Request) -> Response {
    let id = request.headers().get("x-integrated-account-id").map(axum::http::HeaderValue::to_str);
    let Ok(id) = id.transpose() else {
        return failure::bad_request("x-integrated-account-id can't be read as text");
    };
    let (id, account) = match state.accounts.open(id, request.headers()) {
        Ok(found) => found,
        Err(refused) => return *refused,
    };
    let choice = match Choice::of(request.uri().query().unwrap_or_default(), request.headers()) {
        Ok(choice) => choice,
        Err(message) => return failure::bad_request(&message),
    };
    let by = account.by("mcp", request.headers());
    let mut request = request;
    request.extensions_mut().insert(by);
    let key = format!("{id} {}", choice.key);
    let make = || {
        let runner = match choice.selection {
            Some(chosen) => {
                account.runner.with_filter(state.selection.intersect(move |tool| chosen.allows(tool)))
            }
            None => account.runner.clone(),
        };
        Server::new(runner, choice.shape, state.reload.clone()).with_events(state.webhooks.events(id))
    };
    handle(state.sessions.get(&key, make), request).await
}

/// `/mcp/{token}`.
pub async fn of_token(
    State(state): State<Arc<super::State>>,
    Path(token): Path<String>,
    mut request: Request,
) -> Response {
    let claims = state.sessions.read(&token);
    let account = claims.as_ref().and_then(|claims| state.accounts.get(claims["account"].as_str()?));
    let wanted = claims.as_ref().and_then(|claims| Wanted::of(claims.as_object()?).ok());
    let (Some(claims), Some(account), Some(wanted)) = (&claims, account, wanted) else {
        return failure::unauthorized();
    };
    tracing::Span::current().record("account", claims["account"].as_str());
    request.extensions_mut().insert(Principal::with_token("mcp", &token));
    let make = || {
        let selection = state.selection.intersect(move |tool| wanted.has(tool));
        let offer = if selection.tools().take(MOST_SHOWN + 1).count() > MOST_SHOWN {
            ExposureMode::MetaTools
        } else {
            ExposureMode::Filtered
        };
        let shape = Shape { offer, ..Shape::default() };
        Server::new(account.runner.with_filter(selection), shape, state.reload.clone())
    };
    handle(state.sessions.get(&token, make), request).await
}

async fn handle(service: Service, request: Request) -> Response {
    service.handle(request).await.map(Body::new).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_gives_no_token() {
        let read = |body: &str| Asked::read(body.as_bytes()).map(|asked| (asked.wanted, asked.expires));
        let (wanted, expires) = read(
            r#"{"name": "x", "config": {"methods": ["read"], "tags": "service"}, "expires_at": "2999-01-31T08:00:00Z"}"#,
        )
        .unwrap();
        assert_eq!((wanted.methods, wanted.tags), (vec!["read".to_owned()], vec!["service".to_owned()]));
        assert!(expires.is_some_and(|end| end > now()));
        for body in ["", "{}", r#"{"config": null, "expires_at": null}"#] {
            assert_eq!(read(body), Ok((Wanted::default(), None)), "{body}");
        }
        for (body, said) in [
            (r#"{"expires_at": 1600000000}"#, "expires_at must be a time as text"),
            (r#"{"expires_at": "tomorrow"}"#, "expires_at must be a time"),
            (r#"{"expires_at": "2020-01-01T00:00:00Z"}"#, "in the past"),
            (r#"{"expires_at": "1920-01-01T00:00:00Z"}"#, "expires_at"),
            (r#"{"config": "read"}"#, "config must be an object"),
            (r#"{"config": {"methods": {"0": "read"}}}"#, "config: methods must be"),
            (r#"{"config": {"method": "read"}}"#, "config has no member \"method\""),
            (r#"{"confg": {"methods": "read"}}"#, "no member \"confg\""),
            (r#"{"name": 5}"#, "name must be text"),
            ("[]", "JSON object"),
            ("{", "JSON object"),
        ] {
            let error = read(body).unwrap_err();
            assert!(error.contains(said), "{body}: {error}");
        }
    }
}
