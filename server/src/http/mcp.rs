//! The Model Context Protocol over HTTP: `/mcp` with an account's token, and `/mcp/{token}` for clients that can only
//! be given an address. Such a token holds what it is for, signed, so that no server has to remember it. Sessions of
//! clients that still have them are in the store, so that any copy of the server can go on with them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use connectwise_psa::CATALOGUE;
use connectwise_psa::runtime::Value;
use hmac::{Hmac, KeyInit, Mac};
use rmcp::transport::streamable_http_server::StreamableHttpService;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use serde_json::{Map, json};
use sha2::Sha256;

use super::choice::Choice;
use super::methods::Wanted;
use super::{Shared, failure};
use crate::audit::{self, By};
use crate::cli::Offer;
use crate::mcp::{self, Server, Shape};
use crate::store;

/// More tools than this are offered by the three that find and call others.
const MOST_SHOWN: usize = 128;
/// More services than this are not kept.
const MOST: usize = 256;

type Service = StreamableHttpService<Server, LocalSessionManager>;

/// Services by account or token, and the key that tokens are signed with.
pub struct Sessions {
    key: Vec<u8>,
    store: store::Shared,
    services: Mutex<HashMap<String, Service>>,
}

impl Sessions {
    /// The key is `CWPSA_SECRET`, which all copies of a server share; without it, one of this process alone.
    pub fn new(store: store::Shared) -> Self {
        let given = std::env::var("CWPSA_SECRET").ok().filter(|secret| !secret.is_empty());
        let key = given.map_or_else(|| uuid::Uuid::new_v4().into_bytes().to_vec(), String::into_bytes);
        Self { key, store, services: Mutex::default() }
    }

    fn get(&self, name: &str, make: impl FnOnce() -> Server) -> Service {
        // A panic elsewhere leaves the map whole.
        let mut services = self.services.lock().unwrap_or_else(PoisonError::into_inner);
        if services.len() >= MOST && !services.contains_key(name) {
            services.clear();
        }
        let sessions = || mcp::Sessions::new(Arc::clone(&self.store), name);
        services.entry(name.to_owned()).or_insert_with(|| mcp::service(make(), Some(sessions()))).clone()
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
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        claims["expires"].as_u64().is_none_or(|end| end > now).then_some(claims)
    }
}

/// `POST /integrated-account/{id}/mcp` `{name, config: {methods, tags}, expires_at}` gives `{url, token}`.
pub async fn token(
    state: Shared,
    Path(account): Path<String>,
    headers: HeaderMap,
    axum::Json(asked): axum::Json<Map<String, Value>>,
) -> Response {
    if let Err(refused) = state.accounts.open(Some(&account), &headers) {
        return *refused;
    }
    let empty = Map::new();
    let wanted = Wanted::of(asked.get("config").and_then(Value::as_object).unwrap_or(&empty));
    if !CATALOGUE.tools().any(|tool| state.selection.has(tool) && wanted.has(tool)) {
        return failure::bad_request("no tool is left by these methods and tags");
    }
    let expires = match asked.get("expires_at").and_then(Value::as_str) {
        None => None,
        Some(text) => match humantime_seconds(text) {
            Some(seconds) => Some(seconds),
            None => return failure::bad_request("expires_at must be a time such as 2026-01-31T08:00:00Z"),
        },
    };
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

fn humantime_seconds(text: &str) -> Option<u64> {
    let time = time::OffsetDateTime::parse(text, &time::format_description::well_known::Rfc3339).ok()?;
    u64::try_from(time.unix_timestamp()).ok()
}

/// `/mcp` with an account's own token.
pub async fn of_account(State(state): State<Arc<super::State>>, request: Request) -> Response {
    let id =
        request.headers().get("x-integrated-account-id").and_then(|id| id.to_str().ok()).map(str::to_owned);
    let (id, account) = match state.accounts.open(id.as_deref(), request.headers()) {
        Ok(found) => found,
        Err(refused) => return *refused,
    };
    let choice = match Choice::of(request.uri().query().unwrap_or_default(), request.headers()) {
        Ok(choice) => choice,
        Err(message) => return failure::bad_request(&message),
    };
    let by = account.by(audit::MCP, request.headers());
    let mut request = request;
    request.extensions_mut().insert(by);
    let key = format!("{id} {}", choice.key);
    let make = || {
        let runner = match choice.selection {
            Some(chosen) => account.runner.with(state.selection.and(move |tool| chosen.has(tool))),
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
    let (Some(claims), Some(account)) = (&claims, account) else { return failure::unauthorized() };
    tracing::Span::current().record("account", claims["account"].as_str());
    request.extensions_mut().insert(By::token(audit::MCP, &token));
    let make = || {
        let wanted = Wanted::of(claims.as_object().unwrap_or(&Map::new()));
        let selection = state.selection.and(move |tool| wanted.has(tool));
        let offer = if selection.tools().take(MOST_SHOWN + 1).count() > MOST_SHOWN {
            Offer::Search
        } else {
            Offer::Selected
        };
        let shape = Shape { offer, ..Shape::default() };
        Server::new(account.runner.with(selection), shape, state.reload.clone())
    };
    handle(state.sessions.get(&token, make), request).await
}

async fn handle(service: Service, request: Request) -> Response {
    service.handle(request).await.map(Body::new).into_response()
}
