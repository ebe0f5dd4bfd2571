//! `GET /integrated-account/{id}/tools`: the tools as Truto declares them, and the slim list of capabilities.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

use axum::body::Bytes;
use axum::extract::{Path, RawQuery};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use connectwise_psa::CATALOG;
use connectwise_psa::runtime::{Account, Dialect, Tool, Value};
use serde_json::json;

use toolcrate_executor::input_schema_for;

use super::methods::Wanted;
use super::{Shared, failure, nest};

/// More lists than this are not kept; a full one has four megabytes.
const MOST: usize = 8;

/// Lists that were asked for, as they went out: making the full one takes a tenth of a second.
#[derive(Default)]
pub struct Listings(Mutex<HashMap<Key, Bytes>>);

/// What a list depends on.
#[derive(PartialEq, Eq, Hash)]
struct Key {
    wanted: Wanted,
    with_answers: bool,
    /// The account, if its own fields are in the list.
    account: Option<String>,
    /// How often what is offered has changed.
    change: u64,
}

impl Listings {
    fn get(&self, key: Key, account: Option<&Account>, tools: impl Iterator<Item = Tool>) -> Bytes {
        // A panic elsewhere leaves the map whole.
        if let Some(kept) = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return kept.clone();
        }
        let declared = tools.map(|tool| {
            let schema = input_schema_for(account, tool);
            let mut value = tool.declaration_with(Dialect::Truto, tool.name(), schema).value;
            if key.with_answers {
                value["response_schema"] = tool.output_schema();
            }
            value
        });
        let body = Bytes::from(json!({"result": declared.collect::<Vec<Value>>()}).to_string());
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST {
            kept.clear();
        }
        kept.insert(key, body.clone());
        body
    }
}

/// The tools that the query asks for; `include_response_schema=true` adds what they answer.
pub async fn list(
    state: Shared,
    Path(account): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let (id, target) = match state.accounts.open(Some(&account), &headers) {
        Ok(found) => found,
        Err(refused) => return *refused,
    };
    let query = nest::nested(&query.unwrap_or_default());
    let wanted = match Wanted::of(&query) {
        Ok(wanted) => wanted,
        Err(message) => return failure::bad_request(&message),
    };
    let with_answers = query.get("include_response_schema").is_some_and(|value| value == "true");
    let chosen = wanted.clone();
    let tools = CATALOG.tools().filter(|tool| state.selection.allows(*tool) && chosen.has(*tool));
    let account = target.runner.account().await;
    let own = account.as_ref().filter(|account| !account.all_fields().is_empty());
    let key = Key {
        wanted,
        with_answers,
        account: own.map(|_| id.to_owned()),
        change: *state.reload.changes().borrow(),
    };
    let body = state.listings.get(key, own, tools);
    ([(CONTENT_TYPE, "application/json")], body).into_response()
}

/// Resources and their methods, without schemas; `type`, `methods` and `resource` narrow them.
pub async fn capabilities(
    state: Shared,
    Path(account): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    if let Err(refused) = state.accounts.open(Some(&account), &headers) {
        return *refused;
    }
    let query = nest::nested(&query.unwrap_or_default());
    let wanted = match Wanted::of(&query) {
        Ok(wanted) => wanted,
        Err(message) => return failure::bad_request(&message),
    };
    let only = match nest::text(&query, "resource") {
        Ok(only) => only,
        Err(message) => return failure::bad_request(&message),
    };
    let mut resources: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for tool in CATALOG.tools().filter(|tool| state.selection.allows(*tool) && wanted.has(*tool)) {
        let declared = tool.declaration(Dialect::Truto).value;
        let resource = declared["resource"].as_str().unwrap_or_default();
        if only.is_none_or(|only| only == resource) {
            resources.entry(resource.to_owned()).or_default().push(json!({
                "method": declared["method"],
                "name": declared["name"],
                "description": declared["description"],
                "has_query_schema": !declared["query_schema"].is_null(),
                "has_body_schema": !declared["body_schema"].is_null(),
            }));
        }
    }
    let proxy: Vec<Value> = resources
        .into_iter()
        .map(|(resource, methods)| json!({"resource": resource, "methods": methods}))
        .collect();
    failure::json_of(StatusCode::OK, &json!({"proxy": proxy}))
}
