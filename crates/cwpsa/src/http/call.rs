//! `POST /tools/{name}/call`: one plain call, for people who want nothing more.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use connectwise_psa::CATALOG;
use connectwise_psa::runtime::{ExecuteOptions, Value};
use serde_json::Map;

use toolcrate_executor::{ToolCall, outcome_to_json};

use super::{approvals, failure, nest, repeat};

/// Runs the tool with the body as its arguments; the account is named by `?account=` where a token opens several.
pub async fn call(
    State(state): State<Arc<super::State>>,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let query = nest::nested(&query.unwrap_or_default());
    let account = match nest::text(&query, "account") {
        Ok(account) => account,
        Err(message) => return failure::bad_request(&message),
    };
    let (_, target) = match state.accounts.open(account, &headers) {
        Ok(found) => found,
        Err(refused) => return *refused,
    };
    let tool = match CATALOG.resolve(&name) {
        Ok(tool) => tool,
        Err(error) => return failure::of_call(&error, false),
    };
    let arguments: Map<String, Value> = match body.is_empty() {
        true => Map::new(),
        false => match serde_json::from_slice(&body) {
            Ok(arguments) => arguments,
            Err(error) => {
                return failure::bad_request(&format!(
                    "the body must be a JSON object of arguments: {error}"
                ));
            }
        },
    };
    let (runner, token) = (target.runner.clone(), approvals::token(&headers));
    let (principal, arguments) = (target.by("http", &headers), Value::Object(arguments));
    let call = ToolCall { principal, tool, arguments: &arguments, options: ExecuteOptions::default() };
    let writes = !tool.annotations().read_only_hint;
    let prepared = match runner.prepare(call) {
        Ok(prepared) => prepared,
        Err(rejection) => return failure::of_refusal(&rejection.into(), writes),
    };
    let key = repeat::key(&headers, &prepared);
    let call = async move {
        match runner.execute_prepared(prepared, approvals::consent(&token)).await {
            Err(refusal) => failure::of_refusal(&refusal, writes),
            Ok(outcome) => failure::json_with(StatusCode::OK, outcome.rate_limit, &outcome_to_json(&outcome)),
        }
    };
    target.limit.complete(repeat::once(&state.repeats, key, call).await)
}
