//! Misspelled names in the parameter that lists the fields to return. Servers ignore them, so that a field seems to be empty.

use serde_json::{Map, Value};

use crate::api::Api;
use crate::filter::FilterTable;
use crate::nearest::nearest;

/// Maximum number of names to compare.
const MAX_NAMES: usize = 8;

/// Returns a warning about names of fields that no row has, if fields are called similarly. `table` has the fields of the
/// records.
pub(super) fn warning(
    api: &Api,
    table: &FilterTable<'_>,
    arguments: &Map<String, Value>,
    value: &Value,
) -> Option<String> {
    let listed = arguments.get(api.fields_parameter?)?.as_str()?;
    let rows = value.as_array().filter(|rows| !rows.is_empty())?;
    let first_segment = |name: &str| name.split(['/', '.']).next().unwrap_or_default().to_owned();
    let has = |name: &str| rows.iter().any(|row| row.get(first_segment(name)).is_some());
    let mut known: Vec<String> = table.names().map(first_segment).collect();
    known.dedup();
    let unknown = |name: &&str| !name.is_empty() && !has(name) && !known.contains(&first_segment(name));
    let missing: Vec<String> = listed
        .split(',')
        .map(str::trim)
        .filter(unknown)
        .take(MAX_NAMES)
        .filter_map(|name| {
            let near = nearest(&first_segment(name), known.iter().map(String::as_str));
            Some(format!("\"{name}\" (did you mean {}?)", near.first()?))
        })
        .collect();
    (!missing.is_empty()).then(|| format!("no row has the field {}", missing.join(" or ")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use toolcrate_catalog::FilterRecord;

    use super::*;

    #[test]
    fn names_that_no_row_has_are_reported_if_another_is_similar() {
        let line = r#"{"name":"Order","fields":{"id":"integer","summary":"text","customer/id":"integer"}}"#;
        let record: FilterRecord<'_> = serde_json::from_str(line).expect("a table");
        let api = Api { fields_parameter: Some("fields"), ..Api::new("Orders", "orders/1.0") };
        let found = |fields: &str, rows: Value| {
            let arguments = Map::from_iter([("fields".to_owned(), json!(fields))]);
            warning(&api, &FilterTable::new(&record), &arguments, &rows)
        };
        let rows = || json!([{"id": 1}]);
        let expected = "no row has the field \"sumary\" (did you mean summary?)";
        assert_eq!(found("id, sumary", rows()).as_deref(), Some(expected));
        for fields in ["id", "summary,customer/name", "zzz", "", "id,"] {
            assert_eq!(found(fields, rows()), None, "{fields}");
        }
        assert_eq!(found("sumary", json!([])), None);
        assert_eq!(found("sumary", json!([{"sumary": 1}])), None);
    }
}
