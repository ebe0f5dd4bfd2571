//! `/proxy/{resource}`: how Truto's SDK calls a tool. The verb says what is wanted of a resource; everything that is
//! neither of the five common ones is a POST with its method in the path.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use connectwise_psa::CATALOG;
use connectwise_psa::runtime::dialect;
use connectwise_psa::runtime::{Dialect, ExecuteOptions, Outcome, Tool, Value};
use serde_json::{Map, json};

use toolcrate_executor::{ToolCall, is_body_omitted};

use super::{approvals, failure, nest, repeat};

/// Tools by resource and method, found at the first call.
#[derive(Default)]
pub struct Routes(OnceLock<HashMap<(String, String), Tool>>);

impl Routes {
    fn get(&self, resource: &str, method: &str) -> Option<Tool> {
        let routes = self.0.get_or_init(|| {
            CATALOG
                .tools()
                .map(|tool| {
                    let route = dialect::route(tool);
                    ((route.resource, route.method), tool)
                })
                .collect()
        });
        routes.get(&(resource.to_owned(), method.to_owned())).copied()
    }

    /// The methods of a resource.
    fn methods(&self, resource: &str) -> Vec<&str> {
        let known = self.0.get().into_iter().flatten();
        let mut methods: Vec<&str> = known
            .filter(|((other, _), _)| other == resource)
            .map(|((_, method), _)| method.as_str())
            .collect();
        methods.sort_unstable();
        methods
    }
}

/// List and create.
pub async fn collection(
    State(state): State<Arc<super::State>>,
    Path(resource): Path<String>,
    method: Method,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let wanted = match method {
        Method::GET => "list",
        Method::POST => "create",
        _ => return no_method(&method),
    };
    Asked { state, resource, method: wanted.to_owned(), id: None, query, headers, body }.answer().await
}

/// Get, update and delete of a record; everything else.
pub async fn item(
    State(state): State<Arc<super::State>>,
    Path((resource, rest)): Path<(String, String)>,
    method: Method,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let (wanted, id) = match method {
        Method::GET => ("get".to_owned(), Some(rest)),
        Method::PATCH => ("update".to_owned(), Some(rest)),
        Method::DELETE => ("delete".to_owned(), Some(rest)),
        Method::POST => (rest, None),
        _ => return no_method(&method),
    };
    Asked { state, resource, method: wanted, id, query, headers, body }.answer().await
}

fn no_method(method: &Method) -> Response {
    failure::plain(
        StatusCode::METHOD_NOT_ALLOWED,
        &format!("{method} means nothing here; use GET, POST, PATCH or DELETE"),
    )
}

struct Asked {
    state: Arc<super::State>,
    resource: String,
    method: String,
    id: Option<String>,
    query: Option<String>,
    headers: HeaderMap,
    body: Bytes,
}

impl Asked {
    async fn answer(self) -> Response {
        let mut arguments = nest::nested(&self.query.unwrap_or_default());
        let account = match nest::text(&arguments, "integrated_account_id") {
            Ok(account) => account,
            Err(message) => return failure::bad_request(&message),
        };
        let (_, target) = match self.state.accounts.open(account, &self.headers) {
            Ok(found) => found,
            Err(refused) => return *refused,
        };
        let Some(tool) = self.state.routes.get(&self.resource, &self.method) else {
            let methods = self.state.routes.methods(&self.resource);
            let message = if methods.is_empty() {
                format!("there is no resource {}; the list of tools names them", self.resource)
            } else {
                format!("{} has no method {}; it has {}", self.resource, self.method, methods.join(", "))
            };
            return failure::plain(StatusCode::NOT_FOUND, &message);
        };
        match members(&self.body) {
            Ok(members) => arguments.extend(members),
            Err(message) => return failure::bad_request(&message),
        }
        if let Some(id) = self.id {
            arguments.insert("id".to_owned(), Value::from(id));
        }
        let (runner, token, method) = (target.runner.clone(), approvals::token(&self.headers), self.method);
        let (principal, arguments) = (target.by("http", &self.headers), Value::Object(arguments));
        let options = ExecuteOptions { dialect: Dialect::Truto, ..ExecuteOptions::default() };
        let writes = !tool.annotations().read_only_hint;
        let prepared = match runner.prepare(ToolCall { principal, tool, arguments: &arguments, options }) {
            Ok(prepared) => prepared,
            Err(rejection) => return failure::of_refusal(&rejection.into(), writes),
        };
        let key = repeat::key(&self.headers, &prepared);
        let call = async move {
            match runner.execute_prepared(prepared, approvals::consent(&token)).await {
                Err(refusal) => failure::of_refusal(&refusal, writes),
                Ok(_) if method == "delete" => StatusCode::NO_CONTENT.into_response(),
                Ok(outcome) => {
                    let value = if method == "list" { page(&outcome) } else { record(&outcome) };
                    failure::json_with(StatusCode::OK, outcome.rate_limit, &value)
                }
            }
        };
        target.limit.complete(repeat::once(&self.state.repeats, key, call).await)
    }
}

/// A page of a list. What a cap left out is told: rows that the cursor gives, and those that nothing of this size can.
fn page(outcome: &Outcome) -> Value {
    let cursor = outcome.next_cursor();
    let mut value = json!({"result": outcome.value, "next_cursor": cursor});
    if let Some(omitted) = &outcome.omitted {
        let mut notice = format!("{} rows of this page are left out to keep the answer small", omitted.count);
        let too_big: Vec<String> = omitted
            .too_big
            .iter()
            .map(|row| row.id.as_ref().map_or("?".to_owned(), Value::to_string))
            .collect();
        if omitted.count > too_big.len() && cursor.is_some() {
            notice.push_str("; next_cursor goes on with them");
        }
        if !too_big.is_empty() {
            let ids = too_big.join(", ");
            notice +=
                &format!("; too big for any answer, so ask for fewer members with \"fields\": id {ids}");
        }
        value["omitted"] = json!(omitted.count);
        value["notice"] = json!(notice);
    }
    if let Some(notice) = &outcome.notice {
        let before = value["notice"].as_str().map(|before| format!("{before}. ")).unwrap_or_default();
        value["notice"] = json!(before + notice);
    }
    value
}

/// What is no list, as it is; what was left out for its size is told in its place.
fn record(outcome: &Outcome) -> Value {
    match &outcome.notice {
        Some(notice) if outcome.value.is_null() => json!({"notice": notice}),
        Some(notice) if is_body_omitted(outcome) => {
            let mut value = outcome.value.clone();
            value["notice"] = json!(notice);
            value
        }
        _ => outcome.value.clone(),
    }
}

/// The members of a body.
fn members(body: &[u8]) -> Result<Map<String, Value>, String> {
    if body.is_empty() {
        return Ok(Map::new());
    }
    match serde_json::from_slice(body) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(Value::Null) => Ok(Map::new()),
        Ok(_) => Err("the body must be a JSON object".to_owned()),
        Err(error) => Err(format!("the body is no JSON: {error}")),
    }
}
