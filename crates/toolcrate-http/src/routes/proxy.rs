//! `/proxy/{resource}`: executes tool calls from Truto's SDK. The HTTP method selects list, create, get, update or
//! delete. Any other method on a resource is a POST request with the method's name in the path.

use std::fmt::Write as _;

use axum::body::Bytes;
use axum::extract::{Path, RawQuery};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, json};
use toolcrate_executor::{ToolCall, caller_notes, limit_json};
use toolcrate_runtime::{
    Dialect, ExecuteOptions, Outcome, Tool, Value, replace_lone_surrogates, run_cpu_bound,
};

use super::execute::execute;
use crate::error::HttpError;
use crate::json_request::parse_object;
use crate::json_response::json_with_rate_limit;
use crate::proxy_routes::ProxyRoutes;
use crate::query_string;
use crate::state::{HttpState, SharedState};

/// Maximum number of oversized row IDs in a warning.
const MAX_NAMED_IDS: usize = 20;

/// The note properties, and the headers that repeat them.
const NOTE_HEADERS: [(&str, &str); 2] =
    [("warnings", "x-tool-warnings"), ("reinterpretations", "x-tool-reinterpretations")];
/// Maximum size of such a header before non-ASCII characters are escaped.
const MAX_NOTE_HEADER_BYTES: usize = 1000;

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

/// Gets, updates and deletes a record, and executes any other method.
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
    /// The resource's method, such as `list`.
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
        arguments.extend(run_cpu_bound(self.body.len(), || parse_body(&self.body)).await?);
        if let Some(id) = self.id {
            arguments.insert("id".to_owned(), Value::from(id));
        }
        let (principal, arguments) = (account.principal("http", &self.headers), Value::Object(arguments));
        let options = ExecuteOptions { dialect: Dialect::Truto, ..ExecuteOptions::default() };
        let call = ToolCall { principal, tool, arguments: &arguments, options };
        let method = self.method;
        execute(state, account, call, &self.headers, "proxy call", move |outcome| {
            let notes = caller_notes(&outcome);
            let headers = note_headers(&notes);
            let mut response = match method.as_str() {
                "delete" => StatusCode::NO_CONTENT.into_response(),
                "list" => {
                    json_with_rate_limit(StatusCode::OK, outcome.rate_limit, &page_to_json(&outcome, notes))
                }
                _ => {
                    json_with_rate_limit(StatusCode::OK, outcome.rate_limit, &record_to_json(outcome, notes))
                }
            };
            response.headers_mut().extend(headers);
            response
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
            format!("unknown method {method} for {resource} (expected {})", methods.join(", "))
        })
    })
}

fn parse_body(body: &[u8]) -> Result<Map<String, Value>, HttpError> {
    parse_object(&replace_lone_surrogates(body)).map_err(|error| {
        HttpError::BadRequest(format!("expected a JSON object in the request body: {error}"))
    })
}

/// Converts a page to JSON. A warning reports rows that were omitted because of limits: rows that the cursor continues
/// with, and rows that are too large for any page.
fn page_to_json(outcome: &Outcome, mut notes: Map<String, Value>) -> Value {
    let cursor = outcome.next_cursor();
    let mut value = json!({"result": outcome.value, "next_cursor": cursor});
    if let Some(omitted) = &outcome.omitted {
        let mut warning = format!("{} rows omitted from this page to limit its size", omitted.count);
        let too_big: Vec<String> = omitted
            .too_big
            .iter()
            .map(|row| row.id.as_ref().map_or("?".to_owned(), Value::to_string))
            .collect();
        if omitted.count > too_big.len() && cursor.is_some() {
            warning.push_str("; use next_cursor to get them");
        }
        if !too_big.is_empty() {
            let mut ids =
                too_big.iter().take(MAX_NAMED_IDS).map(String::as_str).collect::<Vec<_>>().join(", ");
            if too_big.len() > MAX_NAMED_IDS {
                ids += &format!(" and {} more", too_big.len() - MAX_NAMED_IDS);
            }
            warning += &format!(
                "; rows with these IDs are too large for any page: {ids}; use \"fields\" to request fewer fields"
            );
        }
        value["omitted_count"] = json!(omitted.count);
        let warnings = notes.entry("warnings").or_insert_with(|| json!([]));
        if let Value::Array(warnings) = warnings {
            warnings.insert(0, Value::from(warning));
        }
    }
    if let Value::Object(page) = &mut value {
        page.append(&mut notes);
    }
    value
}

/// Converts anything but a list to JSON: the value, with the notes added if it is an object. Callers read a record's
/// fields at the top level, so it can't be wrapped; a field takes precedence over a note with the same name.
fn record_to_json(outcome: Outcome, notes: Map<String, Value>) -> Value {
    match outcome.value {
        Value::Object(mut record) => {
            for (name, note) in notes {
                record.entry(name).or_insert(note);
            }
            Value::Object(record)
        }
        Value::Null if !notes.is_empty() => Value::Object(notes),
        value => value,
    }
}

/// Returns the notes as headers, for responses whose body has no room for them: `x-tool-warnings` and
/// `x-tool-reinterpretations`, each containing a JSON array in ASCII.
fn note_headers(notes: &Map<String, Value>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, header) in NOTE_HEADERS {
        let Some(note) = notes.get(name) else { continue };
        let text = ascii_json(&limit_json(note.clone(), MAX_NOTE_HEADER_BYTES));
        if let Ok(value) = HeaderValue::from_str(&text) {
            headers.insert(HeaderName::from_static(header), value);
        }
    }
    headers
}

/// Writes JSON with every non-ASCII character escaped.
fn ascii_json(value: &Value) -> String {
    value.to_string().encode_utf16().fold(String::new(), |mut text, unit| {
        match u8::try_from(unit) {
            Ok(byte @ b' '..=b'~') => text.push(char::from(byte)),
            // Writing to a string can't fail.
            _ => drop(write!(text, "\\u{unit:04x}")),
        }
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn note_headers_are_ascii_and_short() {
        let notes = json!({"warnings": ["é 😀 \n \u{7f}"], "reinterpretations": ["é".repeat(10_000)]});
        let headers = note_headers(notes.as_object().unwrap());
        let header = |name: &str| headers[name].to_str().unwrap().to_owned();
        assert_eq!(header("x-tool-warnings"), r#"["\u00e9 \ud83d\ude00 \n \u007f"]"#);
        assert_eq!(serde_json::from_str::<Value>(&header("x-tool-warnings")).unwrap(), notes["warnings"]);
        assert!(header("x-tool-reinterpretations").len() < 4 * MAX_NOTE_HEADER_BYTES);
        assert_eq!(note_headers(&Map::new()), HeaderMap::new());
    }
}
