//! Converts schema validation errors to field errors, which contain the expected and the actual value, and similar
//! names.

use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use jsonschema::{JsonType, ValidationError, Validator};
use serde_json::Value;

use crate::error::FieldError;
use crate::nearest::{MAX_EXPLAINED, nearest, nearest_value};
use crate::patch::escape;
use crate::text::bounded;

/// Maximum number of enum values listed in a message.
const MAX_VALUES: usize = 40;
/// Maximum number of problems to find. A caller can't fix more than that one by one.
const MAX_PROBLEMS: usize = 200;

/// Returns the source of the value at a pointer, if known.
pub(super) type ValueSourceFn<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// Returns all errors in `instance`.
pub(super) fn all(
    schema: &Value,
    validator: &Validator,
    instance: &Value,
    source: &ValueSourceFn<'_>,
) -> Vec<FieldError> {
    let mut found = Vec::new();
    for error in validator.iter_errors(instance) {
        explain(schema, &error, source, &mut found);
        if found.len() >= MAX_PROBLEMS {
            found.truncate(MAX_PROBLEMS);
            break;
        }
    }
    found
}

/// Returns the pointer to a property.
pub(super) fn pointer(parent: &str, name: &str) -> String {
    format!("{parent}/{}", escape(name))
}

/// Creates the error for a missing argument.
pub(super) fn missing(schema: &Value, name: &str, source: &ValueSourceFn<'_>) -> FieldError {
    absent(schema, "", name, source)
}

/// Sorts errors by pointer and removes duplicates.
pub(super) fn tidy(problems: &mut Vec<FieldError>) {
    problems.sort_by(|a, b| a.pointer.cmp(&b.pointer).then_with(|| a.code.cmp(&b.code)));
    problems.dedup_by(|a, b| a.pointer == b.pointer && a.code == b.code);
}

fn explain(
    schema: &Value,
    error: &ValidationError<'_>,
    source: &ValueSourceFn<'_>,
    found: &mut Vec<FieldError>,
) {
    let at = error.instance_path().as_str();
    let instance = error.instance();
    let mut add = |code: &str, message: String| found.push(FieldError::new(at, code, message));
    match error.kind() {
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            let known = names(parent(schema, error));
            for name in unexpected.iter().take(MAX_PROBLEMS) {
                let is_explained = found.len() < MAX_EXPLAINED;
                let near = if is_explained { nearest(name, known.iter().copied()) } else { Vec::new() };
                let message = unknown(name, &near, &known, at.is_empty());
                found.push(FieldError::new(pointer(at, name), "unknown", message));
            }
        }
        Kind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            found.push(absent(parent(schema, error), at, name, source));
        }
        Kind::Type { kind } => {
            add("type", format!("expected {}, got {}", types(kind), kind_of(instance)));
        }
        Kind::Enum { options } => {
            let options = options.as_array().map(Vec::as_slice).unwrap_or_default();
            add("enum", wrong_value(instance, options));
        }
        Kind::Constant { expected_value } => add("enum", format!("expected {expected_value}")),
        Kind::MaxLength { limit } => {
            let length = instance.as_str().map_or(0, |text| text.chars().count());
            add("length", format!("expected at most {limit} characters, got {length}"));
        }
        Kind::MinLength { limit } => {
            let length = instance.as_str().map_or(0, |text| text.chars().count());
            add("length", format!("expected at least {limit} characters, got {length}"));
        }
        Kind::MaxItems { limit } => add("length", format!("expected at most {limit} items")),
        Kind::MinItems { limit } => add("length", format!("expected at least {limit} items")),
        Kind::Maximum { limit } => add("range", format!("expected at most {limit}, got {instance}")),
        Kind::Minimum { limit } => add("range", format!("expected at least {limit}, got {instance}")),
        Kind::ExclusiveMaximum { limit } => {
            add("range", format!("expected less than {limit}, got {instance}"))
        }
        Kind::ExclusiveMinimum { limit } => {
            add("range", format!("expected more than {limit}, got {instance}"))
        }
        Kind::Pattern { pattern } => add("pattern", format!("expected a value that matches {pattern}")),
        Kind::Format { format } => add("format", format!("expected a {format}")),
        Kind::UniqueItems => add("unique", "expected distinct items".to_owned()),
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => {
            match closest(at, context) {
                // The value matches the type of one branch, so branch's errors are the most helpful.
                Some(errors) => errors.iter().for_each(|error| explain(schema, error, source, found)),
                None => add("form", no_form(instance, context)),
            }
        }
        kind => add(kind.keyword(), error.masked_with("the value").to_string()),
    }
}

/// Returns the schema that contains the failed keyword. Argument schemas have no references, so the schema path leads
/// to it.
fn parent<'s>(schema: &'s Value, error: &ValidationError<'_>) -> &'s Value {
    let path = error.schema_path().as_str();
    let parent = path.rsplit_once('/').map_or("", |(parent, _)| parent);
    schema.pointer(parent).unwrap_or(&Value::Null)
}

fn names(schema: &Value) -> Vec<&str> {
    let properties = schema.get("properties").and_then(Value::as_object);
    properties.into_iter().flat_map(|properties| properties.keys()).map(String::as_str).collect()
}

fn absent(schema: &Value, at: &str, name: &str, source: &ValueSourceFn<'_>) -> FieldError {
    let property = schema.get("properties").and_then(|properties| properties.get(name));
    let about = property.and_then(|property| property.get("description")).and_then(Value::as_str);
    let pointer = pointer(at, name);
    let mut message = format!("\"{name}\" is required");
    if let Some(kind) = property.and_then(|property| property.get("type")).and_then(Value::as_str) {
        message = format!("{message}: {}", article(kind));
    }
    match (source(&pointer), about) {
        (Some(source), _) => message = format!("{message}. {source}"),
        (None, Some(about)) => {
            // The first sentence describes it.
            let end = about.find(". ").map_or(about.len(), |end| end + 1);
            let about: String = about[..end].chars().take(200).collect();
            message = format!("{message} ({})", about.trim_end_matches('.'));
        }
        (None, None) => {}
    }
    FieldError::new(pointer, "missing", message)
}

fn unknown(name: &str, near: &[&str], known: &[&str], is_argument: bool) -> String {
    let what = if is_argument { "argument" } else { "property" };
    match (near, known.len()) {
        ([], 0) => format!("unknown {what} \"{name}\"; none are allowed here"),
        ([], 1..=12) => format!("unknown {what} \"{name}\" (expected {})", known.join(", ")),
        ([], _) => format!("unknown {what} \"{name}\""),
        (near, _) => format!("unknown {what} \"{name}\"; did you mean {}?", near.join(" or ")),
    }
}

fn wrong_value(instance: &Value, options: &[Value]) -> String {
    let listed: Vec<String> = options.iter().take(MAX_VALUES).map(Value::to_string).collect();
    let more = options.len().saturating_sub(MAX_VALUES);
    let more = if more > 0 { format!(" or {more} more") } else { String::new() };
    let near =
        instance.as_str().and_then(|text| nearest_value(text, options.iter().filter_map(Value::as_str)));
    let near = match near {
        Some(near) => format!("; did you mean \"{near}\"?"),
        None => String::new(),
    };
    format!("expected one of {}{more}, got {}{near}", listed.join(", "), shown(instance))
}

/// Returns the errors of the branch for which the value was most likely meant: the one with errors inside the value
/// rather than in the value itself.
fn closest<'e, 'i>(at: &str, context: &'e [Vec<ValidationError<'i>>]) -> Option<&'e [ValidationError<'i>]> {
    let within = |error: &ValidationError<'_>| {
        error.instance_path().as_str().len() > at.len() || !matches!(error.kind(), Kind::Type { .. })
    };
    let fitting = context.iter().filter(|errors| !errors.is_empty() && errors.iter().all(within));
    fitting.min_by_key(|errors| errors.len()).map(Vec::as_slice)
}

fn no_form(instance: &Value, context: &[Vec<ValidationError<'_>>]) -> String {
    let mut allowed: Vec<String> = Vec::new();
    for error in context.iter().flatten() {
        if let Kind::Type { kind } = error.kind() {
            let kind = types(kind);
            if !allowed.contains(&kind) {
                allowed.push(kind);
            }
        }
    }
    match allowed.is_empty() {
        true => "matches none of the allowed forms".to_owned(),
        false => format!("expected {}, got {}", allowed.join(" or "), kind_of(instance)),
    }
}

fn types(kind: &TypeKind) -> String {
    let all: Vec<JsonType> = match kind {
        TypeKind::Single(one) => vec![*one],
        TypeKind::Multiple(set) => set.iter().collect(),
    };
    all.iter().map(|kind| article(kind.as_str())).collect::<Vec<_>>().join(" or ")
}

/// Returns the name of a JSON Schema type with an article.
fn article(kind: &str) -> &str {
    match kind {
        "array" => "a list",
        "boolean" => "true or false",
        "integer" => "an integer",
        "number" => "a number",
        "object" => "an object",
        "string" => "a string",
        other => other,
    }
}

fn kind_of(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::String(_) => shown(value),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}

/// Returns a value as JSON, truncated.
fn shown(value: &Value) -> String {
    bounded(&value.to_string(), 60)
}
