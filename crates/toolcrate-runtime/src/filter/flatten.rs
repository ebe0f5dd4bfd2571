//! Flattens filters that are nested like a record: `{"board": {"name": "x"}}` becomes a test of the field `board/name`.

use serde_json::{Map, Value};

use super::parse::{is_too_large, operator};
use super::table::FilterTable;

/// Maximum depth of nested groups.
const MAX_DEPTH: usize = 16;

/// Renames the fields in `value` to their names in the table: the path of a nested field, a name in a different case, a
/// path with dots. Returns true if and only if something was changed.
pub(crate) fn flatten(table: &FilterTable<'_>, custom: &str, value: &mut Value) -> bool {
    // The parser rejects the filter later.
    if is_too_large(value) {
        return false;
    }
    let flattened = Flattener { table, custom }.group(value, 0);
    let is_changed = flattened != *value;
    if is_changed {
        *value = flattened;
    }
    is_changed
}

struct Flattener<'t> {
    table: &'t FilterTable<'t>,
    custom: &'t str,
}

impl Flattener<'_> {
    fn group(&self, value: &Value, depth: usize) -> Value {
        match value {
            _ if depth > MAX_DEPTH => value.clone(),
            Value::Array(items) => items.iter().map(|item| self.group(item, depth + 1)).collect(),
            Value::Object(properties) if properties.get("field").is_some_and(Value::is_string) => {
                let mut test = properties.clone();
                if let Some(field) = test["field"].as_str().and_then(|field| self.name(field)) {
                    test["field"] = Value::from(field);
                }
                Value::Object(test)
            }
            Value::Object(properties) => {
                let mut flattened = Map::new();
                for (name, value) in properties {
                    match name.as_str() {
                        "and" | "or" | "not" => {
                            flattened.insert(name.clone(), self.group(value, depth + 1));
                        }
                        field => self.field(field, value, depth, &mut flattened),
                    }
                }
                // Two fields would have been merged into one.
                let is_whole = count(properties) == count(&flattened);
                if is_whole { Value::Object(flattened) } else { value.clone() }
            }
            other => other.clone(),
        }
    }

    /// Adds a field, or the fields nested in it.
    fn field(&self, name: &str, value: &Value, depth: usize, flattened: &mut Map<String, Value>) {
        let nested = value.as_object().filter(|nested| {
            !nested.is_empty()
                && depth <= MAX_DEPTH
                && nested.keys().all(|key| operator(key).is_none())
                && self.table.has_within(self.name(name).as_deref().unwrap_or(name))
        });
        match nested {
            Some(nested) => {
                let name = self.name(name).unwrap_or_else(|| name.to_owned());
                for (key, value) in nested {
                    self.field(&format!("{name}/{key}"), value, depth + 1, flattened);
                }
            }
            None => {
                let name = self.name(name).unwrap_or_else(|| name.to_owned());
                flattened.insert(name, value.clone());
            }
        }
    }

    /// Returns the exact name of a field that is spelled differently; `None` if it is unknown or already exact.
    fn name(&self, written: &str) -> Option<String> {
        let is_known = |name: &str| {
            [true, false].iter().any(|text| self.table.find(name, *text, self.custom).is_some())
                || self.table.has_within(name)
        };
        if is_known(written) {
            return None;
        }
        let path = written.replace("__", "/").replace('.', "/");
        if is_known(&path) {
            return Some(path);
        }
        let mut alike = self.table.names().filter(|name| name.eq_ignore_ascii_case(&path));
        let found = alike.next()?;
        alike.next().is_none().then(|| found.to_owned())
    }
}

/// Returns the number of values with which fields are compared.
fn count(properties: &Map<String, Value>) -> usize {
    let within = |value: &Value| match value {
        Value::Object(nested) if nested.keys().all(|key| operator(key).is_none()) => count(nested),
        _ => 1,
    };
    properties
        .iter()
        .map(|(name, value)| if matches!(name.as_str(), "and" | "or" | "not") { 1 } else { within(value) })
        .sum()
}
