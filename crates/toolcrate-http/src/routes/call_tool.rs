//! `POST /tools/{name}/call`: calls a tool with a JSON object of arguments.

use axum::body::Bytes;
use axum::extract::{Path, RawQuery};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use toolcrate_executor::{ToolCall, outcome_to_json};
use toolcrate_runtime::{ExecuteOptions, Value, replace_lone_surrogates, run_cpu_bound};

use super::execute::execute;
use crate::error::HttpError;
use crate::json_request::parse_object;
use crate::json_response::json_with_rate_limit;
use crate::query_string;
use crate::state::SharedState;

/// Calls the tool with this name. `?account=` selects an account if the request has access to several.
pub(crate) async fn call_tool(
    state: SharedState,
    Path(name): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, HttpError> {
    let query = query_string::parse(&query.unwrap_or_default());
    query_string::reject_unknown(&query, &["account"])?;
    let id = query_string::single_text(&query, "account")?;
    let (_, account) = state.accounts.open(id, &headers)?;
    let parse = || parse_object(&replace_lone_surrogates(&body));
    let arguments = run_cpu_bound(body.len(), parse).await.map_err(|error| {
        HttpError::BadRequest(format!("expected a JSON object with arguments in the request body: {error}"))
    })?;
    let arguments = Value::Object(arguments);
    let principal = account.principal("http", &headers);
    let tool = account.executor().resolve_call(principal, &name, &arguments);
    let tool = tool.map_err(|rejection| HttpError::from_rejection(rejection, false))?;
    let call = ToolCall { principal, tool, arguments: &arguments, options: ExecuteOptions::default() };
    execute(&state, account, call, &headers, "plain call", |outcome| {
        json_with_rate_limit(StatusCode::OK, outcome.rate_limit, &outcome_to_json(&outcome))
    })
    .await
}
