//! Parses a JSON filter, which is either an object of fields (`{"status/name": "New", "id": {">": 5}, "or": […]}`), or
//! a list of tests (`[{"field": "id", "op": ">", "value": 5}]`). `not` is applied to the individual tests, because the
//! grammar can't negate groups.

use serde_json::{Map, Number, Value};
use toolcrate_catalog::FilterScalar;

use super::expression::{Bucket, BucketUse, Expression, MIXED_ALTERNATIVES, Operator, Test};
use super::table::{FilterTable, Kind};
use super::write::quoted;
use crate::date::utc_seconds;
use crate::error::FieldError;
use crate::nearest::{MAX_EXPLAINED, nearest};
use crate::patch::escape;

/// Maximum depth of nested groups.
const MAX_DEPTH: usize = 16;
/// Maximum number of properties in all of a filter's objects. A URL can't contain more.
const MAX_PROPERTIES: usize = 4000;
/// Maximum number of reported problems.
const MAX_PROBLEMS: usize = 200;

/// Parses `value`.
///
/// # Errors
/// Returns every problem, with a pointer into the argument.
pub(super) fn parse(
    table: &FilterTable<'_>,
    custom: &str,
    value: &Value,
    pointer: &str,
) -> Result<Expression, Vec<FieldError>> {
    if is_too_large(value) {
        let message = format!("expected a filter with at most {MAX_PROPERTIES} properties");
        return Err(vec![FieldError::new(pointer, "length", message)]);
    }
    let mut parser = FilterParser { table, custom, problems: Vec::new() };
    let expression = parser.group(value, pointer, false, 0);
    if parser.problems.is_empty() { Ok(expression) } else { Err(parser.problems) }
}

/// Returns true if and only if a filter has too many properties.
pub(super) fn is_too_large(value: &Value) -> bool {
    properties(value) > MAX_PROPERTIES
}

/// Counts the properties of all objects in a value.
fn properties(value: &Value) -> usize {
    match value {
        Value::Object(members) => members.len() + members.values().map(properties).sum::<usize>(),
        Value::Array(items) => items.iter().map(properties).sum(),
        _ => 0,
    }
}

struct FilterParser<'t> {
    table: &'t FilterTable<'t>,
    /// The property with the custom fields.
    custom: &'t str,
    problems: Vec<FieldError>,
}

impl FilterParser<'_> {
    fn problem(&mut self, pointer: &str, code: &str, message: impl Into<String>) -> Expression {
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(FieldError::new(pointer, code, message));
        }
        Expression::All(Vec::new())
    }

    /// Parses the properties of an object, or the tests in a list; all of them must be true.
    fn group(&mut self, value: &Value, pointer: &str, negated: bool, depth: usize) -> Expression {
        if depth > MAX_DEPTH {
            return self.problem(pointer, "depth", "groups are nested too deeply");
        }
        let parts: Vec<Expression> = match value {
            // An empty group would match everything, which nobody intends.
            value if depth > 0 && is_empty(value) => {
                return self.problem(pointer, "empty", "must have at least one field");
            }
            Value::Object(members) if is_test(members) => return self.written_out(members, pointer, negated),
            Value::Object(members) => members
                .iter()
                .map(|(name, value)| {
                    let pointer = format!("{pointer}/{}", escape(name));
                    match name.as_str() {
                        "and" => self.list(value, &pointer, negated, false, depth),
                        "or" => self.list(value, &pointer, negated, true, depth),
                        "not" => self.group(value, &pointer, !negated, depth + 1),
                        field => self.field(field, value, &pointer, negated),
                    }
                })
                .collect(),
            Value::Array(items) => {
                let items = items.iter().enumerate();
                items
                    .map(|(index, item)| self.group(item, &format!("{pointer}/{index}"), negated, depth + 1))
                    .collect()
            }
            _ => {
                return self.problem(
                    pointer,
                    "type",
                    "expected an object of fields or an array of conditions",
                );
            }
        };
        self.join(parts, pointer, negated)
    }

    /// Parses the list of `and` or `or`.
    fn list(&mut self, value: &Value, pointer: &str, negated: bool, any: bool, depth: usize) -> Expression {
        let Value::Array(items) = value else {
            return self.problem(pointer, "type", "expected a list of filters");
        };
        if items.is_empty() {
            return self.problem(pointer, "empty", "must have at least one filter");
        }
        let parts = items
            .iter()
            .enumerate()
            .map(|(index, item)| self.group(item, &format!("{pointer}/{index}"), negated, depth + 1))
            .collect();
        self.join(parts, pointer, any != negated)
    }

    fn join(&mut self, mut parts: Vec<Expression>, pointer: &str, any: bool) -> Expression {
        if parts.len() == 1 {
            return parts.swap_remove(0);
        }
        if !any {
            return Expression::All(parts);
        }
        let whole = Expression::Any(parts);
        if whole.bucket_use() == BucketUse::Mixed && self.problems.is_empty() {
            return self.problem(pointer, "unsupported", MIXED_ALTERNATIVES);
        }
        whole
    }

    /// Parses `{"field": …, "op": …, "value": …}`.
    fn written_out(&mut self, members: &Map<String, Value>, pointer: &str, negated: bool) -> Expression {
        let field = members.get("field").and_then(Value::as_str).unwrap_or_default();
        let op = members.get("op").and_then(Value::as_str).unwrap_or("=");
        let value = members.get("value").unwrap_or(&Value::Null);
        self.test(field, op, value, pointer, negated)
    }

    /// Parses the tests of a field: a value, a list of values, or values by operator.
    fn field(&mut self, field: &str, value: &Value, pointer: &str, negated: bool) -> Expression {
        match value {
            Value::Object(tests) if tests.is_empty() => {
                self.problem(pointer, "empty", "must have at least one operator, such as {\">\": 5}")
            }
            Value::Object(tests) => {
                let parts = tests
                    .iter()
                    .map(|(op, value)| {
                        self.test(field, op, value, &format!("{pointer}/{}", escape(op)), negated)
                    })
                    .collect();
                self.join(parts, pointer, negated)
            }
            Value::Array(_) => self.test(field, "in", value, pointer, negated),
            value => self.test(field, "=", value, pointer, negated),
        }
    }

    fn test(&mut self, field: &str, op: &str, value: &Value, pointer: &str, negated: bool) -> Expression {
        let Some(operator) = operator(op) else {
            let message = format!(
                "unknown operator \"{op}\" (expected =, !=, <, <=, >, >=, contains, like, in or not in)"
            );
            return self.problem(pointer, "operator", message);
        };
        let operator = if negated { operator.inverse() } else { operator };
        let first = value.as_array().and_then(|items| items.first()).unwrap_or(value);
        let Some(found) = self.table.find(field, first.is_string(), self.custom) else {
            let is_explained = self.problems.len() < MAX_EXPLAINED;
            let near = if is_explained { nearest(field, self.table.names()) } else { Vec::new() };
            let hint =
                if near.is_empty() { String::new() } else { format!("; did you mean {}?", near.join(", ")) };
            return self.problem(pointer, "unknown", format!("unknown field \"{field}\"{hint}"));
        };
        // Specs often declare dates as plain text; a value that is compared by order and looks like a date is
        // one.
        let is_date = value.as_str().is_some_and(|text| utc_seconds(text).is_some());
        let kind = match found.kind {
            Kind::Scalar(FilterScalar::Text) if operator.is_order() && is_date => {
                Kind::Scalar(FilterScalar::DateTime)
            }
            kind => kind,
        };
        if !fits(operator, kind) {
            let message = format!("operator \"{op}\" is not supported for this field; {}", offered(kind));
            return self.problem(pointer, "operator", message);
        }
        if found.bucket != Bucket::Record && operator.takes_list() {
            let message = "\"in\" is supported only for fields of the record; use \"or\" instead";
            return self.problem(pointer, "operator", message);
        }
        let list = operator.takes_list();
        let literals: Result<Vec<String>, String> = match value {
            Value::Array(items) if list && !items.is_empty() => {
                items.iter().map(|item| listed(item, kind)).collect()
            }
            _ if list => Err("expected a non-empty list of values".to_owned()),
            Value::Null if !matches!(operator, Operator::Equal | Operator::NotEqual) => {
                Err("null can only be compared with = and !=".to_owned())
            }
            value => literal(value, kind).map(|literal| vec![literal]),
        };
        match literals {
            Ok(literals) => {
                let literal = if list { format!("({})", literals.join(", ")) } else { literals.concat() };
                Expression::Test(Test { bucket: found.bucket, field: found.field, operator, literal })
            }
            Err(message) => self.problem(pointer, "value", message),
        }
    }
}

fn is_empty(value: &Value) -> bool {
    value.as_object().is_some_and(Map::is_empty) || value.as_array().is_some_and(Vec::is_empty)
}

/// Returns true if and only if an object is a single test in its long form.
fn is_test(members: &Map<String, Value>) -> bool {
    members.get("field").is_some_and(Value::is_string)
        && members.contains_key("value")
        && members.keys().all(|name| matches!(name.as_str(), "field" | "op" | "value"))
}

pub(super) fn operator(text: &str) -> Option<Operator> {
    Some(match text.trim().to_lowercase().as_str() {
        "=" | "==" | "eq" | "$eq" => Operator::Equal,
        "!=" | "<>" | "ne" | "$ne" => Operator::NotEqual,
        "<" | "lt" | "$lt" => Operator::Less,
        "<=" | "lte" | "$lte" => Operator::LessOrEqual,
        ">" | "gt" | "$gt" => Operator::Greater,
        ">=" | "gte" | "$gte" => Operator::GreaterOrEqual,
        "contains" => Operator::Contains,
        "not contains" => Operator::NotContains,
        "like" => Operator::Like,
        "not like" => Operator::NotLike,
        "in" | "$in" => Operator::In,
        "not in" | "not_in" | "$nin" => Operator::NotIn,
        _ => return None,
    })
}

fn fits(operator: Operator, kind: Kind<'_>) -> bool {
    let (order, part) = (operator.is_order(), operator.is_partial());
    match kind {
        Kind::Scalar(FilterScalar::Boolean) => matches!(operator, Operator::Equal | Operator::NotEqual),
        Kind::Choice(_) => !order && !part,
        Kind::Scalar(FilterScalar::Text) => !order,
        Kind::Custom => true,
        _ => !part,
    }
}

fn offered(kind: Kind<'_>) -> &'static str {
    match kind {
        Kind::Scalar(FilterScalar::Boolean) => "expected = or !=",
        Kind::Choice(_) => "expected =, !=, in or not in",
        Kind::Scalar(FilterScalar::Text) => {
            "expected =, !=, contains, like, in or not in, or with a date <, <=, > or >="
        }
        _ => "expected =, !=, <, <=, >, >=, in or not in",
    }
}

/// Returns a list value in the grammar's syntax.
fn listed(value: &Value, kind: Kind<'_>) -> Result<String, String> {
    match value {
        Value::Null => Err("a list can't contain null; use = or != to compare with null".to_owned()),
        value => literal(value, kind),
    }
}

/// Returns a value in the grammar's syntax.
fn literal(value: &Value, kind: Kind<'_>) -> Result<String, String> {
    match (kind, value) {
        (_, Value::Null) => Ok("null".to_owned()),
        (Kind::Scalar(FilterScalar::Integer), Value::Number(number))
            if number.is_i64() || number.is_u64() =>
        {
            Ok(number.to_string())
        }
        (Kind::Scalar(FilterScalar::Integer), Value::Number(number))
            if number.as_f64().is_some_and(|n| n.fract() == 0.0 && n.abs() < 9e15) =>
        {
            Ok(format!("{:.0}", number.as_f64().unwrap_or_default()))
        }
        (Kind::Scalar(FilterScalar::Integer), Value::String(text)) if text.parse::<i64>().is_ok() => {
            Ok(text.trim().to_owned())
        }
        (Kind::Scalar(FilterScalar::Integer), _) => Err("expected an integer".to_owned()),
        (Kind::Scalar(FilterScalar::Number), Value::Number(found)) => Ok(number(found)),
        // Some dialects have no values with several types, so numbers and Booleans arrive as text.
        (Kind::Scalar(FilterScalar::Number), Value::String(text)) if text.parse::<Number>().is_ok() => {
            Ok(text.parse().map(|found| number(&found)).unwrap_or_default())
        }
        (Kind::Scalar(FilterScalar::Number), _) => Err("expected a number".to_owned()),
        (Kind::Scalar(FilterScalar::Boolean), Value::Bool(value)) => Ok(value.to_string()),
        (Kind::Scalar(FilterScalar::Boolean), Value::String(text))
            if ["true", "false"].iter().any(|word| text.eq_ignore_ascii_case(word)) =>
        {
            Ok(text.to_ascii_lowercase())
        }
        (Kind::Scalar(FilterScalar::Boolean), _) => Err("expected true or false".to_owned()),
        (Kind::Scalar(FilterScalar::Text), Value::String(text)) => Ok(quoted(text)),
        (Kind::Scalar(FilterScalar::Text), _) => Err("expected a string".to_owned()),
        (Kind::Choice(values), Value::String(text)) if values.iter().any(|value| value == text) => {
            Ok(quoted(text))
        }
        (Kind::Choice(values), Value::String(text))
            if values.iter().filter(|value| value.eq_ignore_ascii_case(text)).count() == 1 =>
        {
            let same = values.iter().find(|value| value.eq_ignore_ascii_case(text));
            Ok(same.map(|value| quoted(value)).unwrap_or_default())
        }
        (Kind::Choice(values), _) => Err(format!("expected one of {}", values.join(", "))),
        (Kind::Scalar(FilterScalar::Date) | Kind::Scalar(FilterScalar::DateTime), Value::String(text)) => {
            date(text)
        }
        (Kind::Scalar(FilterScalar::Date) | Kind::Scalar(FilterScalar::DateTime), _) => {
            Err("expected a date such as \"2025-01-31\" or \"2025-01-31T08:00:00Z\"".to_owned())
        }
        (Kind::Custom, Value::String(text)) => Ok(date(text).unwrap_or_else(|_| quoted(text))),
        (Kind::Custom, Value::Number(found)) => Ok(number(found)),
        (Kind::Custom, Value::Bool(value)) => Ok(value.to_string()),
        (Kind::Custom, _) => Err("expected a string, a number, true, false or null".to_owned()),
    }
}

/// Returns a number without an exponent, which the grammar doesn't support.
fn number(number: &Number) -> String {
    match number.as_f64() {
        Some(float) if number.is_f64() => float.to_string(),
        _ => number.to_string(),
    }
}

/// Returns a date in brackets, in UTC and whole seconds.
fn date(text: &str) -> Result<String, String> {
    match utc_seconds(text) {
        Some(date) => Ok(format!("[{date}]")),
        None => Err(format!("expected a date such as 2025-01-31 or 2025-01-31T08:00:00Z, got \"{text}\"")),
    }
}
