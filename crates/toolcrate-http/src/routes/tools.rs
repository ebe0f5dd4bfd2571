//! `GET /integrated-account/{id}/tools`: lists the tools in Truto's format. Also serves the shorter list of
//! capabilities.

use std::collections::BTreeMap;

use axum::extract::{Path, RawQuery};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use toolcrate_runtime::{Dialect, Tool, Value, run_cpu_bound};

use crate::error::HttpError;
use crate::json_response::json_response;
use crate::nearest::nearest;
use crate::query_string;
use crate::state::SharedState;
use crate::tool_list::{APPROXIMATE_BYTES, ToolListKey};
use crate::truto_filter::MethodFilter;

/// The only capability type.
const CAPABILITY_TYPE: &str = "proxy";
/// Maximum number of possible values listed in an error.
const MAX_NAMED_VALUES: usize = 20;
/// Maximum number of characters of a value shown in an error.
const MAX_SHOWN_CHARACTERS: usize = 80;

/// Lists the tools that the query selects. `include_response_schema=true` adds their response schemas.
pub(crate) async fn list_tools(
    state: SharedState,
    Path(account): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, HttpError> {
    let (id, account) = state.accounts.open(Some(&account), &headers)?;
    let query = query_string::parse(&query.unwrap_or_default());
    let filter = MethodFilter::parse(&query)?;
    query_string::reject_unknown(&query, &["methods", "tags", "include_response_schema"])?;
    state.filter_words.check(&filter)?;
    let with_response_schemas = query_string::flag(&query, "include_response_schema")?;
    let selected = filter.clone();
    let tools = state.filter.tools().filter(|tool| selected.allows(*tool));
    let details = account.executor().account().await;
    let custom = details.as_ref().filter(|details| !details.all_fields().is_empty());
    let key = ToolListKey {
        filter,
        with_response_schemas,
        account: custom.map(|_| id.to_owned()),
        version: *state.changes.borrow(),
    };
    let list = state.tool_lists.get_or_make(key, custom, tools).await;
    Ok(([(CONTENT_TYPE, "application/json")], list).into_response())
}

/// Returns an error that lists the possible values, or only the similar ones if there are many.
fn unknown_value(name: &str, value: &str, known: &[&str]) -> HttpError {
    let nearest = nearest(value, known.iter().copied());
    let expected = match known.len() {
        0..=MAX_NAMED_VALUES => known.join(", "),
        count if nearest.is_empty() => {
            format!("one of {count} values; request the list without \"{name}\" to see them")
        }
        _ => nearest.join(" or "),
    };
    let shown: String = value.chars().take(MAX_SHOWN_CHARACTERS).collect();
    HttpError::BadRequest(format!("{name}: unknown value \"{shown}\" (expected {expected})"))
}

/// Lists resources and their methods without schemas. `type`, `methods` and `resource` narrow the list.
pub(crate) async fn list_capabilities(
    state: SharedState,
    Path(account): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, HttpError> {
    state.accounts.open(Some(&account), &headers)?;
    let query = query_string::parse(&query.unwrap_or_default());
    let filter = MethodFilter::parse(&query)?;
    query_string::reject_unknown(&query, &["type", "methods", "tags", "resource"])?;
    state.filter_words.check(&filter)?;
    if let Some(other) = query_string::single_text(&query, "type")?.filter(|name| *name != CAPABILITY_TYPE) {
        return Err(unknown_value("type", other, &[CAPABILITY_TYPE]));
    }
    let only = query_string::single_text(&query, "resource")?;
    if let Some(other) = only.filter(|name| state.proxy_routes.methods(name).is_empty()) {
        return Err(unknown_value("resource", other, &state.proxy_routes.resources()));
    }
    let tools = state.filter.tools().filter(|tool| filter.allows(*tool));
    let resources = run_cpu_bound(APPROXIMATE_BYTES, || methods_by_resource(tools, only)).await;
    let proxy: Vec<Value> = resources
        .into_iter()
        .map(|(resource, methods)| json!({"resource": resource, "methods": methods}))
        .collect();
    Ok(json_response(StatusCode::OK, &json!({"proxy": proxy})))
}

/// Returns the methods of each resource, or only those of the resource `only`.
fn methods_by_resource(
    tools: impl Iterator<Item = Tool>,
    only: Option<&str>,
) -> BTreeMap<String, Vec<Value>> {
    let mut resources: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for tool in tools {
        let declaration = tool.declaration(Dialect::Truto).value;
        let resource = declaration["resource"].as_str().unwrap_or_default();
        if only.is_none_or(|only| only == resource) {
            resources.entry(resource.to_owned()).or_default().push(json!({
                "method": declaration["method"],
                "name": declaration["name"],
                "description": declaration["description"],
                "has_query_schema": !declaration["query_schema"].is_null(),
                "has_body_schema": !declaration["body_schema"].is_null(),
            }));
        }
    }
    resources
}
