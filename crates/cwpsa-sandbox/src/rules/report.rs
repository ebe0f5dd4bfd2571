//! Reports: returns a report's columns, and a row for each matching record.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use crate::api::{CollectionId, api};
use crate::connectwise::error::ApiError;
use crate::engine::query::ValueKind;
use crate::engine::query::listing::{self, ListParameters};
use crate::engine::rule::{ActionRequest, SandboxRule};
use crate::engine::transaction::Transaction;

pub(super) struct ReportRule {
    pub(super) part: ReportPart,
    /// Reports by name, and the template of each one's collection.
    pub(super) collections: Arc<BTreeMap<String, String>>,
}

/// The requested part of a report.
#[derive(Clone, Copy)]
pub(super) enum ReportPart {
    Columns,
    Count,
    Rows,
}

impl SandboxRule for ReportRule {
    type CarryOver = ();

    fn run(&self, tx: &mut Transaction<'_>, request: &ActionRequest<'_>) -> Result<Option<Value>, ApiError> {
        let (collection, columns) = self.columns(tx, request)?;
        let query = ListParameters::new(request.query, false);
        Ok(Some(match self.part {
            ReportPart::Columns => Value::Array(column_definitions(&columns)),
            ReportPart::Count => {
                json!({"count": listing::find_all(tx.state, collection, &[], &query)?.len()})
            }
            ReportPart::Rows => {
                let page = listing::find_page(tx.state, collection, &[], &query)?;
                let rows = page.rows.iter().map(|row| {
                    let cells = columns.iter().map(|(name, _)| row.record.get(name));
                    cells.map(|value| value.map_or(Value::Null, |value| value.to_json())).collect()
                });
                let rows: Vec<Value> = rows.collect();
                json!({"column_definitions": column_definitions(&columns), "row_values": rows})
            }
        }))
    }
}

impl ReportRule {
    /// Returns the template of a report's collection, ignoring the name's case.
    fn collection_of(&self, name: &str) -> Option<&str> {
        let found = self.collections.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, template)| template.as_str())
    }

    /// Returns a report's collection and its columns: the scalar fields of its records.
    fn columns(
        &self,
        tx: &mut Transaction<'_>,
        request: &ActionRequest<'_>,
    ) -> Result<(CollectionId, Vec<(String, ValueKind)>), ApiError> {
        let name = request.path_values.first().map(String::as_str).unwrap_or_default();
        let template = self.collection_of(name).ok_or_else(|| ApiError::not_found("Report", name))?;
        let collection = tx.collection(template)?;
        let resource = api().collection(collection).resource();
        let requested = listing::parameter(request.query, "columns").filter(|text| !text.trim().is_empty());
        let requested: Option<Vec<&str>> = requested.map(|text| text.split(',').map(str::trim).collect());
        let members = resource.members.iter().filter_map(|(name, _)| {
            let kind = resource.kinds.get(&name.to_ascii_lowercase())?;
            let wanted = requested.as_ref().is_none_or(|requested| {
                requested.iter().any(|requested| requested.eq_ignore_ascii_case(name))
            });
            wanted.then(|| (name.clone(), kind.clone()))
        });
        Ok((collection, members.collect()))
    }
}

/// Returns the definitions of a report's columns.
fn column_definitions(columns: &[(String, ValueKind)]) -> Vec<Value> {
    let one = |(name, kind): &(String, ValueKind)| {
        let kind = match kind {
            ValueKind::Number => "Numeric",
            ValueKind::Boolean => "Boolean",
            ValueKind::Date => "DateTime",
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
