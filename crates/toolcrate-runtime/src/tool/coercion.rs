//! Coerces arguments that don't match a tool's schema. No other code accepts such arguments.
//!
//! Clients and models send nulls for absent arguments, numbers and booleans as text, JSON text for objects, a single
//! item for a one-item list, bare IDs for references, and names in a different case. Every reinterpretation is
//! reported, so a caller can see how its arguments were understood. Arguments that match the schema are left unchanged.

use serde_json::{Map, Value, json};

use super::{nulls, scalars, shorthand};
use crate::date;
use crate::error::FixOperation;
use crate::patch::escape;
use crate::text::bounded;

/// Maximum number of reinterpretations that are reported.
const MAX_REPORTED: usize = 32;
/// Maximum number of characters of a value that are shown.
const MAX_CHARACTERS: usize = 200;
/// Maximum depth of JSON text nested in JSON text.
const MAX_DEPTH: usize = 8;

/// An argument that was interpreted differently than written.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reinterpretation {
    /// JSON pointer to the argument; empty for the tool name.
    pub pointer: String,
    /// How the argument was interpreted, such as `read as {"id":7}`.
    pub message: String,
}

impl Reinterpretation {
    /// Creates a report.
    pub(crate) fn new(pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), message: message.into() }
    }

    /// Returns the report as JSON: `pointer` and `message`.
    pub fn to_json(&self) -> Value {
        json!({"pointer": self.pointer, "message": self.message})
    }
}

/// The reinterpretations in the arguments of one call.
#[derive(Clone, Debug, Default)]
pub(super) struct Readings(Vec<Reading>);

/// A single reinterpretation: the report, and the operation that writes it out, unless it only removes an argument.
#[derive(Clone, Debug)]
struct Reading {
    report: Reinterpretation,
    written_out: Option<FixOperation>,
}

impl Readings {
    /// Returns the reports; if there are many conversions, the first ones and the total number.
    pub(super) fn to_reports(&self) -> Vec<Reinterpretation> {
        let mut reports: Vec<_> =
            self.0.iter().take(MAX_REPORTED).map(|reading| reading.report.clone()).collect();
        if let Some(more) = self.0.len().checked_sub(MAX_REPORTED).filter(|more| *more > 0) {
            reports.push(Reinterpretation::new("", format!("{more} more arguments were converted")));
        }
        reports
    }

    /// Returns the operation that writes out the reinterpretation that contains `pointer`, if there is one. Without
    /// it, the pointer isn't valid in the original arguments.
    pub(super) fn writing_out(&self, pointer: &str) -> Option<&FixOperation> {
        let operations = self.0.iter().filter_map(|reading| reading.written_out.as_ref());
        operations.into_iter().find(|operation| {
            let Some(rest) = operation.target().and_then(|target| pointer.strip_prefix(target)) else {
                return false;
            };
            rest.starts_with('/') || rest.is_empty() && matches!(operation, FixOperation::Move { .. })
        })
    }

    /// Removes arguments added by agent hosts.
    pub(super) fn ignore(&mut self, arguments: &mut Map<String, Value>, is_added: impl Fn(&str) -> bool) {
        let added: Vec<String> = arguments.keys().filter(|name| is_added(name)).cloned().collect();
        for name in added {
            arguments.shift_remove(&name);
            let pointer = format!("/{}", escape(&name));
            let report = Reinterpretation::new(pointer, "ignored: the tool has no such argument");
            self.0.push(Reading { report, written_out: None });
        }
    }

    /// Adds the reinterpretation of the value at a pointer.
    pub(super) fn push_value(&mut self, pointer: &str, read: &Value) {
        let path = pointer.to_owned();
        let written_out = Some(FixOperation::Replace { path, value: read.clone() });
        let report =
            Reinterpretation::new(pointer, format!("read as {}", bounded(&read.to_string(), MAX_CHARACTERS)));
        self.0.push(Reading { report, written_out });
    }

    fn push_name(&mut self, from: String, path: String, name: &str) {
        let report = Reinterpretation::new(from.clone(), format!("read as \"{name}\""));
        self.0.push(Reading { report, written_out: Some(FixOperation::Move { from, path }) });
    }
}

/// Coerces arguments to their schema. Dropped nulls and integers written as floats aren't reported, because they
/// don't change the meaning.
pub(super) fn coerce(schema: &Value, arguments: &mut Value) -> Readings {
    whole_numbers(arguments);
    let mut coercion = Coercion { pointer: String::new(), readings: Readings::default(), depth: 0 };
    // This happens before nulls are dropped, because an object may have been written as text.
    coercion.read_value(schema, arguments);
    nulls::strip(schema, arguments);
    coercion.readings
}

struct Coercion {
    pointer: String,
    readings: Readings,
    depth: usize,
}

impl Coercion {
    fn read_value(&mut self, schema: &Value, value: &mut Value) {
        let Some(read) = self.reading(schema, value) else {
            self.read_children(schema, value);
            return;
        };
        *value = read;
        // Nested reinterpretations are reported with the enclosing one.
        let mut inner = Self { pointer: String::new(), readings: Readings::default(), depth: self.depth + 1 };
        inner.read_value(schema, value);
        self.readings.push_value(&self.pointer, value);
    }

    fn read_children(&mut self, schema: &Value, value: &mut Value) {
        match value {
            Value::Object(properties) => {
                self.rename(schema, properties);
                for (name, property) in properties {
                    if let Some(schema) = nulls::member_schema(schema, name) {
                        self.descend(name, |this| this.read_value(schema, property));
                    }
                }
            }
            Value::Array(items) => {
                if let Some(schema) = nulls::item_schema(schema) {
                    for (index, item) in items.iter_mut().enumerate() {
                        self.descend(&index.to_string(), |this| this.read_value(schema, item));
                    }
                }
            }
            _ => {}
        }
    }

    fn descend(&mut self, segment: &str, read: impl FnOnce(&mut Self)) {
        let length = self.pointer.len();
        self.pointer.push('/');
        self.pointer.push_str(&escape(segment));
        read(self);
        self.pointer.truncate(length);
    }

    /// Renames properties that differ from a declared one only in case and separators.
    fn rename(&mut self, schema: &Value, properties: &mut Map<String, Value>) {
        let Some(known) = schema.get("properties").and_then(Value::as_object) else { return };
        if schema.get("additionalProperties") != Some(&Value::Bool(false)) {
            return;
        }
        let unknown: Vec<String> =
            properties.keys().filter(|name| !known.contains_key(*name)).cloned().collect();
        for written in unknown {
            let Some(name) = scalars::same_word(&written, known.keys().map(String::as_str)) else { continue };
            if properties.contains_key(name) {
                continue;
            }
            if let Some(value) = properties.shift_remove(&written) {
                properties.insert(name.to_owned(), value);
                let pointer = |name: &str| format!("{}/{}", self.pointer, escape(name));
                self.readings.push_name(pointer(&written), pointer(name), name);
            }
        }
    }

    /// Returns the value to which `value` is converted, or `None` if it is left unchanged.
    fn reading(&self, schema: &Value, value: &Value) -> Option<Value> {
        if self.depth > MAX_DEPTH {
            return None;
        }
        match value {
            Value::String(text) if takes(schema, "string") => self.text_reading(schema, text),
            value if is_taken(schema, value) => None,
            _ => {
                let read = match value {
                    Value::String(text) => self.other_reading(schema, text),
                    Value::Number(number) => number_reading(schema, number),
                    _ => None,
                };
                let branches = || nulls::branches(schema).find_map(|branch| self.reading(branch, value));
                read.or_else(|| shorthand::expand(schema, value))
                    .or_else(|| self.single_item(schema, value))
                    .or_else(branches)
            }
        }
    }

    /// Interprets text where text is expected: a date in the API's format, or one of the declared enum values.
    fn text_reading(&self, schema: &Value, text: &str) -> Option<Value> {
        if let Some(options) = schema.get("enum").and_then(Value::as_array) {
            let is_option = options.iter().any(|option| option == text);
            return if is_option { None } else { scalars::choice(text, options).map(Value::from) };
        }
        let date = match schema.get("format").and_then(Value::as_str)? {
            "date-time" => date::utc_seconds(text),
            "date" => date::day_or_utc_seconds(text),
            _ => None,
        };
        date.filter(|date| date != text).map(Value::from)
    }

    /// Interprets text where something else is expected: JSON, a number, or a Boolean.
    fn other_reading(&self, schema: &Value, text: &str) -> Option<Value> {
        if text.trim_start().starts_with(['{', '[']) {
            let value: Value = serde_json::from_str(text).ok()?;
            return is_taken(schema, &value).then_some(value);
        }
        let integer = || takes(schema, "integer").then(|| scalars::number(text, true)).flatten();
        let number = || takes(schema, "number").then(|| scalars::number(text, false)).flatten();
        let boolean = || takes(schema, "boolean").then(|| scalars::boolean(text)).flatten();
        integer().or_else(number).or_else(boolean)
    }

    /// Returns the one-item list that a single item stands for.
    fn single_item(&self, schema: &Value, value: &Value) -> Option<Value> {
        let items = schema.get("items").filter(|_| takes(schema, "array"))?;
        let is_blank = value.as_str().is_some_and(|text| text.trim().is_empty());
        let is_item = !is_blank
            && !value.is_null()
            && items.get("type").is_some()
            && (is_taken(items, value) || self.reading(items, value).is_some());
        is_item.then(|| json!([value]))
    }
}

fn number_reading(schema: &Value, number: &serde_json::Number) -> Option<Value> {
    let text = || Value::from(number.to_string());
    let is_plain = schema.get("format").is_none() && schema.get("enum").is_none();
    (is_plain && takes(schema, "string")).then(text)
}

/// Returns true if and only if the schema lists this type.
fn takes(schema: &Value, kind: &str) -> bool {
    match schema.get("type") {
        Some(Value::Array(kinds)) => kinds.iter().any(|found| found == kind),
        found => found.is_some_and(|found| found == kind),
    }
}

/// Returns true if and only if the schema accepts values of `value`'s type.
pub(super) fn is_taken(schema: &Value, value: &Value) -> bool {
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    if schema.get("type").is_some() {
        return takes(schema, kind) || kind == "integer" && takes(schema, "number");
    }
    let mut branches = nulls::branches(schema).peekable();
    branches.peek().is_none() || branches.any(|branch| is_taken(branch, value))
}

/// Writes 5.0 as 5: models produce both, and a path or an integer accepts only the latter.
fn whole_numbers(value: &mut Value) {
    match value {
        Value::Number(number) => {
            if let Some(whole) = scalars::whole(number) {
                *number = whole;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(whole_numbers),
        Value::Object(properties) => properties.values_mut().for_each(whole_numbers),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reference() -> Value {
        json!({
            "type": "object",
            "properties": {"id": {"type": "integer"}, "name": {"type": "string"}},
            "additionalProperties": false,
        })
    }

    fn schema() -> Value {
        json!({
            "type": "object",
            "properties": {
                "company": reference(),
                "site": reference(),
                "lines": {"type": "array", "items": {"type": "object", "properties": {"item/a": reference()}}},
                "members": {"type": "array", "items": reference()},
                "tags": {"type": "array", "items": {"type": "string"}},
                "numbers": {"type": "array", "items": {"type": "integer"}},
                "pageCount": {"type": "integer"},
                "hours": {"type": "number"},
                "flag": {"type": "boolean"},
                "note": {"type": "string"},
                "state": {"type": "string", "enum": ["FullyReceived", "Waiting"]},
                "due": {"type": "string", "format": "date-time"},
                "day": {"type": "string", "format": "date"},
                "any": {"type": ["string", "object"]},
                "either": {"anyOf": [{"type": "integer"}, {"type": "boolean"}]},
                "free": {},
            },
            "additionalProperties": false,
        })
    }

    fn coerced(mut arguments: Value) -> (Value, Vec<Value>) {
        let readings = coerce(&schema(), &mut arguments);
        (arguments, readings.to_reports().iter().map(Reinterpretation::to_json).collect())
    }

    #[test]
    fn exact_forms_stay_exact() {
        let exact = json!({
            "company": {"id": 7}, "site": {"name": "250"}, "lines": [{"item/a": {"id": 1}}],
            "members": [{"id": 1}], "tags": ["a,b", "[1]"], "numbers": [1], "pageCount": 5, "hours": 0.25,
            "flag": true, "note": "8812", "state": "Waiting", "due": "2026-11-29T01:00:00Z",
            "day": "2026-11-29", "any": "{\"a\": 1}", "either": 1, "free": "8812", "other": "5",
        });
        assert_eq!(coerced(exact.clone()), (exact, Vec::new()));
    }

    #[test]
    fn each_reinterpretation_is_reported() {
        for (name, written, read) in [
            ("company", json!(7), json!({"id": 7})),
            ("company", json!("250"), json!({"id": 250})),
            ("company", json!("{\"id\": \"250\"}"), json!({"id": 250})),
            ("lines", json!(r#"[{"item/a": "x"}]"#), json!([{"item/a": {"name": "x"}}])),
            ("lines", json!({"item/a": {"id": 1}}), json!([{"item/a": {"id": 1}}])),
            ("members", json!("5"), json!([{"id": 5}])),
            ("members", json!([5, {"id": 6}]), json!([{"id": 5}, {"id": 6}])),
            ("tags", json!("a"), json!(["a"])),
            ("tags", json!([1]), json!(["1"])),
            ("numbers", json!("5"), json!([5])),
            ("numbers", json!("[5, \"6\"]"), json!([5, 6])),
            ("pageCount", json!("5"), json!(5)),
            ("pageCount", json!("5.0"), json!(5)),
            ("hours", json!("0.25"), json!(0.25)),
            ("flag", json!("True"), json!(true)),
            ("note", json!(8812), json!("8812")),
            ("state", json!("fully received"), json!("FullyReceived")),
            ("due", json!("2026-11-29T01:00:00.000Z"), json!("2026-11-29T01:00:00Z")),
            ("due", json!("2026-11-29T01:00:00+01:00"), json!("2026-11-29T00:00:00Z")),
            ("due", json!("2026-11-29"), json!("2026-11-29T00:00:00Z")),
            ("day", json!("2026-11-29T00:00:00.0Z"), json!("2026-11-29T00:00:00Z")),
            ("any", json!(5), json!("5")),
            ("either", json!("true"), json!(true)),
        ] {
            let (arguments, reports) = coerced(json!({ name: written }));
            assert_eq!(arguments, json!({ name: read }), "{written}");
            assert!(!reports.is_empty(), "{name}: {written}");
            assert!(reports.iter().all(|report| {
                report["pointer"].as_str().is_some_and(|pointer| pointer.starts_with(&format!("/{name}")))
            }));
        }
    }

    #[test]
    fn lossy_conversions_are_rejected() {
        let wrong = json!({
            "pageCount": "ten", "hours": "1,000", "flag": "yes", "note": true, "state": "Lost", "due": "next friday",
            "day": "2026-11-29T08:00:00", "numbers": "1,2", "lines": "x", "company": true, "tags": "",
        });
        assert_eq!(coerced(wrong.clone()), (wrong, Vec::new()));
    }

    #[test]
    fn names_are_matched_in_any_case() {
        let (arguments, reports) =
            coerced(json!({"page_count": "5", "Note": "x", "tags": [], "TAGS": ["a"]}));
        assert_eq!(arguments, json!({"tags": [], "TAGS": ["a"], "pageCount": 5, "note": "x"}));
        assert_eq!(
            reports,
            [
                json!({"pointer": "/page_count", "message": "read as \"pageCount\""}),
                json!({"pointer": "/Note", "message": "read as \"note\""}),
                json!({"pointer": "/pageCount", "message": "read as 5"}),
            ]
        );
    }

    #[test]
    fn floats_and_nulls_are_not_reported() {
        let (arguments, reports) =
            coerced(json!({"pageCount": 5.0, "note": null, "site": {"id": 1, "name": null}}));
        assert_eq!(arguments, json!({"pageCount": 5, "site": {"id": 1}}));
        assert!(reports.is_empty());
    }

    #[test]
    fn reports_are_bounded() {
        let schema =
            json!({"type": "object", "properties": {"list": {"type": "array", "items": reference()}}});
        let mut arguments = json!({"list": vec!["x".repeat(1000); 100]});
        let reports = coerce(&schema, &mut arguments).to_reports();
        assert_eq!(reports.len(), MAX_REPORTED + 1);
        assert!(reports.iter().all(|report| report.message.chars().count() < 250));
        assert_eq!(reports[MAX_REPORTED].message, "68 more arguments were converted");
    }

    #[test]
    fn nested_reinterpretations_are_reported_separately() {
        let mut arguments = json!({"lines": r#"[{"x": 1}]"#, "page_count": 5});
        let readings = coerce(&schema(), &mut arguments);
        let pointer = |pointer: &str| readings.writing_out(pointer).and_then(FixOperation::target);
        assert_eq!(pointer("/lines/0/x"), Some("/lines"));
        assert_eq!(
            (pointer("/lines"), pointer("/linesx"), pointer("/pageCount")),
            (None, None, Some("/pageCount"))
        );
    }
}
