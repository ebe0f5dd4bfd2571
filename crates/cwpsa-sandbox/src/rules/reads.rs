//! What is read and is no record: facts about the server, reports, bundles of searches.

use serde_json::{Map, Value, json};

use super::{ActionCall, rules};
use crate::api::{CollectionId, Found, Purpose, api};
use crate::engine::list::{self, Query};
use crate::problem::Problem;
use crate::query::Kind;
use crate::write::Writing;

/// The usual probe: which version answers.
pub(super) fn info(_writing: &mut Writing<'_>, _call: &ActionCall<'_>) -> Result<Option<Value>, Problem> {
    Ok(Some(json!({
        "version": "v2025.1.100000", "isCloud": true, "serverTimeZone": "UTC", "cloudRegion": "NA", "licenseBits": [],
        "maxWorkFlowRecordsAllowed": 1000,
    })))
}

/// The collection that a report is about, and its columns: the scalar members of its records.
fn columns(
    writing: &mut Writing<'_>,
    call: &ActionCall<'_>,
) -> Result<(CollectionId, Vec<(String, Kind)>), Problem> {
    let name = call.values.first().map(String::as_str).unwrap_or_default();
    let template = rules().report(name).ok_or_else(|| Problem::not_found("Report", name))?;
    let collection = writing.collection(template)?;
    let resource = api().of(collection).resource();
    let asked = list::parameter(call.query, "columns").filter(|text| !text.trim().is_empty());
    let asked: Option<Vec<&str>> = asked.map(|text| text.split(',').map(str::trim).collect());
    let members = resource.members.iter().filter_map(|(name, _)| {
        let kind = resource.kinds.get(&name.to_ascii_lowercase())?;
        let wanted =
            asked.as_ref().is_none_or(|asked| asked.iter().any(|asked| asked.eq_ignore_ascii_case(name)));
        wanted.then(|| (name.clone(), kind.clone()))
    });
    Ok((collection, members.collect()))
}

fn definitions(columns: &[(String, Kind)]) -> Vec<Value> {
    let one = |(name, kind): &(String, Kind)| {
        let kind = match kind {
            Kind::Number => "Numeric",
            Kind::Boolean => "Boolean",
            Kind::Date => "DateTime",
            _ => "Text",
        };
        let mut column = Map::new();
        column.insert(
            name.clone(),
            json!({"type": kind, "isNullable": name != "id", "identityColumn": name == "id"}),
        );
        Value::Object(column)
    };
    columns.iter().map(one).collect()
}

/// A report: columns, and a row for each record that the conditions find.
pub(super) fn report(writing: &mut Writing<'_>, call: &ActionCall<'_>) -> Result<Option<Value>, Problem> {
    let (collection, columns) = columns(writing, call)?;
    let page = list::page(writing.state, collection, &[], &Query::new(call.query, false))?;
    let rows = page.rows.iter().map(|row| {
        let cell = |(name, _): &(String, Kind)| row.record.get(name).map_or(Value::Null, |node| node.value());
        Value::Array(columns.iter().map(cell).collect())
    });
    let rows: Vec<Value> = rows.collect();
    Ok(Some(json!({"column_definitions": definitions(&columns), "row_values": rows})))
}

/// How many rows a report has.
pub(super) fn report_count(
    writing: &mut Writing<'_>,
    call: &ActionCall<'_>,
) -> Result<Option<Value>, Problem> {
    let (collection, _) = columns(writing, call)?;
    let found = list::found(writing.state, collection, &[], &Query::new(call.query, false))?;
    Ok(Some(json!({"count": found.len()})))
}

/// The columns of a report.
pub(super) fn report_columns(
    writing: &mut Writing<'_>,
    call: &ActionCall<'_>,
) -> Result<Option<Value>, Problem> {
    let (_, columns) = columns(writing, call)?;
    Ok(Some(Value::Array(definitions(&columns))))
}

/// Several searches in one call.
pub(super) fn bundle(writing: &mut Writing<'_>, call: &ActionCall<'_>) -> Result<Option<Value>, Problem> {
    let requests = call.body.get("requests").and_then(Value::as_array).cloned().unwrap_or_default();
    let counts = call.operation.template.ends_with("/count");
    let results: Vec<Value> = requests.iter().map(|request| one(writing, request, counts)).collect();
    Ok(Some(json!({"results": results})))
}

/// A member in any letter case, as bundles are written in two.
fn member<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    value.as_object()?.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

fn one(writing: &mut Writing<'_>, request: &Value, counts: bool) -> Value {
    let kind = member(request, "resourceType").and_then(Value::as_str).unwrap_or_default();
    let number = member(request, "sequenceNumber").cloned().unwrap_or_default();
    let asked = member(request, "apiRequest").cloned().unwrap_or_default();
    match found(writing, kind, &asked, counts) {
        Ok((entities, count)) => json!({
            "sequenceNumber": number, "resourceType": kind, "entities": entities, "count": count, "success": true,
            "statusCode": 200,
        }),
        Err(problem) => json!({
            "sequenceNumber": number, "resourceType": kind, "entities": [], "count": 0, "success": false,
            "statusCode": problem.status, "error": problem.body(),
        }),
    }
}

fn found(
    writing: &mut Writing<'_>,
    kind: &str,
    asked: &Value,
    counts: bool,
) -> Result<(Vec<Value>, usize), Problem> {
    let unknown = || Problem::new(400, "InvalidObject", format!("Resource type '{kind}' is not supported."));
    let path = rules().bundle(kind).ok_or_else(unknown)?;
    let parent = member(asked, "parentId").and_then(Value::as_i64);
    let path = path.replace("{}", &parent.unwrap_or_default().to_string());
    let Found::Operation { operation, place } = api().find("GET", &path) else { return Err(unknown()) };
    let Purpose::List(collection) = api().operations[operation].purpose else { return Err(unknown()) };
    writing.ensure(collection);
    let mut pairs = Vec::new();
    for part in ["filters", "page"] {
        for (name, value) in member(asked, part).and_then(Value::as_object).into_iter().flatten() {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            pairs.push((name.clone(), text));
        }
    }
    let ids: Vec<i64> = place.values.iter().filter_map(|value| value.parse().ok()).collect();
    let query = Query::new(&pairs, false);
    if counts {
        return Ok((Vec::new(), list::found(writing.state, collection, &ids, &query)?.len()));
    }
    let page = list::page(writing.state, collection, &ids, &query)?;
    let entities: Vec<Value> = page.rows.iter().map(|row| Value::Object(row.record.value())).collect();
    let count = entities.len();
    Ok((entities, count))
}
