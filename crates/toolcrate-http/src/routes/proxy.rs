//! `/proxy/{resource}`: tool calls of Truto's SDK. The HTTP method selects list, create, get, update or delete; every other
//! method of a resource is a POST with its name in the path.

use axum::body::Bytes;
use axum::extract::{Path, RawQuery};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, json};
use toolcrate_executor::{ToolCall, is_body_omitted, reinterpretations_to_json};
use toolcrate_runtime::{Dialect, ExecuteOptions, Outcome, Tool, Value, replace_lone_surrogates};

use super::execute::execute;
use crate::error::HttpError;
use crate::json_request::parse_object;
use crate::json_response::json_with_rate_limit;
use crate::proxy_routes::ProxyRoutes;
use crate::query_string;
use crate::state::{HttpState, SharedState};

/// Maximum number of IDs of rows that are too large in a warning.
const MAX_NAMED_IDS: usize = 20;

/// Lists and creates records.
pub(crate) async fn proxy_collection(
    state: SharedState,
    Path(resource): Path<String>,
    method: Method,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, HttpError> {
    let method = match method {
        Method::GET => "list",
        Method::POST => "create",
        _ => return Err(method_not_allowed(method)),
    };
    let method = method.to_owned();
    ProxyRequest { resource, method, id: None, query, headers, body }.execute(&state).await
}

/// Gets, updates and deletes a record, and executes all other methods.
pub(crate) async fn proxy_item(
    state: SharedState,
    Path((resource, rest)): Path<(String, String)>,
    method: Method,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, HttpError> {
    let (method, id) = match method {
        Method::GET => ("get".to_owned(), Some(rest)),
        Method::PATCH => ("update".to_owned(), Some(rest)),
        Method::DELETE => ("delete".to_owned(), Some(rest)),
        Method::POST => (rest, None),
        _ => return Err(method_not_allowed(method)),
    };
    ProxyRequest { resource, method, id, query, headers, body }.execute(&state).await
}

fn method_not_allowed(method: Method) -> HttpError {
    HttpError::MethodNotAllowed { method, location: "here (expected GET, POST, PATCH or DELETE)" }
}

struct ProxyRequest {
    resource: String,
    /// The method of the resource, such as `list`.
    method: String,
    id: Option<String>,
    query: Option<String>,
    headers: HeaderMap,
    body: Bytes,
}

impl ProxyRequest {
    async fn execute(self, state: &HttpState) -> Result<Response, HttpError> {
        let mut arguments = query_string::parse(&self.query.unwrap_or_default());
        let id = query_string::single_text(&arguments, "integrated_account_id")?;
        let (_, account) = state.accounts.open(id, &self.headers)?;
        let tool = find_tool(&state.proxy_routes, &self.resource, &self.method)?;
        arguments.extend(parse_body(&self.body)?);
        if let Some(id) = self.id {
            arguments.insert("id".to_owned(), Value::from(id));
        }
        let (principal, arguments) = (account.principal("http", &self.headers), Value::Object(arguments));
        let options = ExecuteOptions { dialect: Dialect::Truto, ..ExecuteOptions::default() };
        let call = ToolCall { principal, tool, arguments: &arguments, options };
        let method = self.method;
        execute(state, account, call, &self.headers, "proxy call", move |outcome| {
            let value = match method.as_str() {
                "delete" => return StatusCode::NO_CONTENT.into_response(),
                "list" => page_to_json(&outcome),
                _ => record_to_json(&outcome),
            };
            json_with_rate_limit(StatusCode::OK, outcome.rate_limit, &value)
        })
        .await
    }
}

fn find_tool(routes: &ProxyRoutes, resource: &str, method: &str) -> Result<Tool, HttpError> {
    routes.get(resource, method).ok_or_else(|| {
        let methods = routes.methods(resource);
        HttpError::NotFound(if methods.is_empty() {
            format!("unknown resource {resource}; see the list of tools")
        } else {
            format!("unknown method {method} of {resource} (expected {})", methods.join(", "))
        })
    })
}

fn parse_body(body: &[u8]) -> Result<Map<String, Value>, HttpError> {
    parse_object(&replace_lone_surrogates(body))
        .map_err(|error| HttpError::BadRequest(format!("expected a JSON object as body: {error}")))
}

/// Converts a page to JSON. Its warning reports rows that limits omitted: those that the cursor continues with, and those
/// that are too large for any page.
fn page_to_json(outcome: &Outcome) -> Value {
    let cursor = outcome.next_cursor();
    let mut value = json!({"result": outcome.value, "next_cursor": cursor});
    if let Some(omitted) = &outcome.omitted {
        let mut warning = format!("{} rows of this page omitted to limit the size", omitted.count);
        let too_big: Vec<String> = omitted
            .too_big
            .iter()
            .map(|row| row.id.as_ref().map_or("?".to_owned(), Value::to_string))
            .collect();
        if omitted.count > too_big.len() && cursor.is_some() {
            warning.push_str("; next_cursor continues with them");
        }
        if !too_big.is_empty() {
            let mut ids =
                too_big.iter().take(MAX_NAMED_IDS).map(String::as_str).collect::<Vec<_>>().join(", ");
            if too_big.len() > MAX_NAMED_IDS {
                ids += &format!(" and {} more", too_big.len() - MAX_NAMED_IDS);
            }
            warning += &format!("; too large for any page (request fewer fields with \"fields\"): id {ids}");
        }
        value["omitted_count"] = json!(omitted.count);
        value["warning"] = json!(warning);
    }
    if !outcome.reinterpretations.is_empty() {
        value["reinterpretations"] = reinterpretations_to_json(&outcome.reinterpretations);
    }
    if let Some(warning) = &outcome.warning {
        let before = value["warning"].as_str().map(|before| format!("{before}. ")).unwrap_or_default();
        value["warning"] = json!(before + warning);
    }
    value
}

/// Converts anything but a list to JSON: the value unchanged, with a warning if a part was omitted for its size.
fn record_to_json(outcome: &Outcome) -> Value {
    match &outcome.warning {
        Some(warning) if outcome.value.is_null() => json!({"warning": warning}),
        Some(warning) if is_body_omitted(outcome) => {
            let mut value = outcome.value.clone();
            value["warning"] = json!(warning);
            value
        }
        _ => outcome.value.clone(),
    }
}
