//! Bundles, which run several searches in one request.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::api::{Purpose, RouteMatch, api};
use crate::connectwise::error::ApiError;
use crate::engine::query::listing::{self, ListParameters};
use crate::engine::rule::{ActionRequest, SandboxRule};
use crate::engine::transaction::Transaction;

pub(super) struct BundleRule {
    /// Resource types, and the path templates of their lists.
    pub(super) lists: BTreeMap<String, String>,
}

impl SandboxRule for BundleRule {
    type CarryOver = ();

    fn run(&self, tx: &mut Transaction<'_>, request: &ActionRequest<'_>) -> Result<Option<Value>, ApiError> {
        let requests = request.body.get("requests").and_then(Value::as_array).cloned().unwrap_or_default();
        let counts = request.operation.template.ends_with("/count");
        let results: Vec<Value> = requests.iter().map(|request| self.search(tx, request, counts)).collect();
        Ok(Some(json!({"results": results})))
    }
}

impl BundleRule {
    /// Runs one search and returns its result.
    fn search(&self, tx: &mut Transaction<'_>, request: &Value, counts: bool) -> Value {
        let kind = field_ignoring_case(request, "resourceType").and_then(Value::as_str).unwrap_or_default();
        let number = field_ignoring_case(request, "sequenceNumber").cloned().unwrap_or_default();
        let api_request = field_ignoring_case(request, "apiRequest").cloned().unwrap_or_default();
        match self.find(tx, kind, &api_request, counts) {
            Ok((entities, count)) => json!({
                "sequenceNumber": number, "resourceType": kind, "entities": entities, "count": count, "success": true,
                "statusCode": 200,
            }),
            Err(error) => json!({
                "sequenceNumber": number, "resourceType": kind, "entities": [], "count": 0, "success": false,
                "statusCode": error.status, "error": error.to_json(),
            }),
        }
    }

    fn find(
        &self,
        tx: &mut Transaction<'_>,
        kind: &str,
        api_request: &Value,
        counts: bool,
    ) -> Result<(Vec<Value>, usize), ApiError> {
        let unknown =
            || ApiError::new(400, "InvalidObject", format!("Resource type '{kind}' is not supported."));
        let path = self.list_of(kind).ok_or_else(unknown)?;
        let parent = field_ignoring_case(api_request, "parentId").and_then(Value::as_i64);
        let path = path.replace("{}", &parent.unwrap_or_default().to_string());
        let RouteMatch::Operation { operation, path_values } = api().find("GET", &path) else {
            return Err(unknown());
        };
        let Purpose::List(collection) = api().operations[operation].purpose else { return Err(unknown()) };
        tx.ensure(collection);
        let mut pairs = Vec::new();
        for part in ["filters", "page"] {
            for (name, value) in
                field_ignoring_case(api_request, part).and_then(Value::as_object).into_iter().flatten()
            {
                let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                pairs.push((name.clone(), text));
            }
        }
        let ids: Vec<i64> = path_values.iter().filter_map(|value| value.parse().ok()).collect();
        let query = ListParameters::new(&pairs, false);
        if counts {
            return Ok((Vec::new(), listing::find_all(tx.state, collection, &ids, &query)?.len()));
        }
        let page = listing::find_page(tx.state, collection, &ids, &query)?;
        let entities: Vec<Value> = page.rows.iter().map(|row| Value::Object(row.record.to_json())).collect();
        let count = entities.len();
        Ok((entities, count))
    }

    /// Returns the path template of a resource type's list, ignoring the type's case.
    fn list_of(&self, kind: &str) -> Option<&str> {
        let found = self.lists.iter().find(|(known, _)| known.eq_ignore_ascii_case(kind));
        found.map(|(_, template)| template.as_str())
    }
}

/// Returns a field, ignoring case: clients spell bundles in two ways.
fn field_ignoring_case<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    value.as_object()?.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}
