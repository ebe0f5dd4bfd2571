//! What a failed check means, as a pointer and a sentence: which argument is unknown and what it was likely
//! meant to be, what is missing, what would have been right.

use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use jsonschema::{JsonType, ValidationError, Validator};
use serde_json::Value;

use crate::error::FieldError;
use crate::patch::escape;

/// More values of an enum than this are not listed.
const MOST_VALUES: usize = 40;

/// Says where the value at a pointer comes from, if that is known.
pub(super) type ValueSourceFn<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// Every problem of `instance`.
pub(super) fn all(
    schema: &Value,
    validator: &Validator,
    instance: &Value,
    source: &ValueSourceFn<'_>,
) -> Vec<FieldError> {
    let mut found = Vec::new();
    for error in validator.iter_errors(instance) {
        explain(schema, &error, source, &mut found);
    }
    found
}

/// The pointer to a member.
pub(super) fn pointer(parent: &str, name: &str) -> String {
    format!("{parent}/{}", escape(name))
}

/// The problem of an argument that is missing.
pub(super) fn missing(schema: &Value, name: &str, source: &ValueSourceFn<'_>) -> FieldError {
    absent(schema, "", name, source)
}

/// Sorts problems by pointer and drops what is said twice.
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
            found.extend(unexpected.iter().map(|name| {
                FieldError::new(pointer(at, name), "unknown", unknown(name, &known, at.is_empty()))
            }));
        }
        Kind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            found.push(absent(parent(schema, error), at, name, source));
        }
        Kind::Type { kind } => {
            add("type", format!("must be {}, but is {}", types(kind), kind_of(instance)));
        }
        Kind::Enum { options } => {
            let options = options.as_array().map(Vec::as_slice).unwrap_or_default();
            add("enum", wrong_value(instance, options));
        }
        Kind::Constant { expected_value } => add("enum", format!("must be {expected_value}")),
        Kind::MaxLength { limit } => {
            let length = instance.as_str().map_or(0, |text| text.chars().count());
            add("length", format!("has {length} characters, but at most {limit} are allowed"));
        }
        Kind::MinLength { limit } => {
            let length = instance.as_str().map_or(0, |text| text.chars().count());
            add("length", format!("has {length} characters, but at least {limit} are needed"));
        }
        Kind::MaxItems { limit } => {
            add("length", format!("has more than the {limit} items that are allowed"))
        }
        Kind::MinItems { limit } => add("length", format!("needs at least {limit} items")),
        Kind::Maximum { limit } => add("range", format!("is {instance}, but at most {limit} is allowed")),
        Kind::Minimum { limit } => add("range", format!("is {instance}, but at least {limit} is needed")),
        Kind::ExclusiveMaximum { limit } => {
            add("range", format!("is {instance}, but must be less than {limit}"))
        }
        Kind::ExclusiveMinimum { limit } => {
            add("range", format!("is {instance}, but must be more than {limit}"))
        }
        Kind::Pattern { pattern } => add("pattern", format!("must have the form {pattern}")),
        Kind::Format { format } => add("format", format!("must be a {format}")),
        Kind::UniqueItems => add("unique", "must not have the same item twice".to_owned()),
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => {
            match closest(at, context) {
                // The value has the form of one branch, with something wrong in it: that is what helps.
                Some(errors) => errors.iter().for_each(|error| explain(schema, error, source, found)),
                None => add("form", no_form(instance, context)),
            }
        }
        kind => add(kind.keyword(), error.masked_with("the value").to_string()),
    }
}

/// The schema that the failed keyword stands in. Schemas of arguments have no references, so the path through
/// the schema leads there.
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
            // The first sentence says what it is.
            let end = about.find(". ").map_or(about.len(), |end| end + 1);
            let about: String = about[..end].chars().take(200).collect();
            message = format!("{message} ({})", about.trim_end_matches('.'));
        }
        (None, None) => {}
    }
    FieldError::new(pointer, "missing", message)
}

fn unknown(name: &str, known: &[&str], is_argument: bool) -> String {
    let what = if is_argument { "argument" } else { "member" };
    let near = nearest(name, known.iter().copied());
    match (near.as_slice(), known.len()) {
        ([], 0) => format!("there is no {what} \"{name}\"; none are allowed here"),
        ([], 1..=12) => format!("there is no {what} \"{name}\"; there are {}", known.join(", ")),
        ([], _) => format!("there is no {what} \"{name}\""),
        (near, _) => format!("there is no {what} \"{name}\"; did you mean {}?", near.join(" or ")),
    }
}

fn wrong_value(instance: &Value, options: &[Value]) -> String {
    let listed: Vec<String> = options.iter().take(MOST_VALUES).map(Value::to_string).collect();
    let more = options.len().saturating_sub(MOST_VALUES);
    let more = if more > 0 { format!(" or {more} more") } else { String::new() };
    let near = instance.as_str().map(|text| nearest(text, options.iter().filter_map(Value::as_str)));
    let near = match near.unwrap_or_default().first() {
        Some(near) => format!("; did you mean \"{near}\"?"),
        None => String::new(),
    };
    format!("is {}, but must be one of {}{more}{near}", shown(instance), listed.join(", "))
}

/// Up to three names that are spelt like `name`, the nearest first.
pub(crate) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let name = name.to_lowercase();
    let mut scored: Vec<(f64, &str)> = known
        .map(|other| {
            let lower = other.to_lowercase();
            // A name within the other (company, companyId) is near however long the rest is.
            let within =
                name.len() > 2 && lower.len() > 2 && (lower.contains(&name) || name.contains(&lower));
            let score = strsim::jaro_winkler(&name, &lower);
            (if within { score.max(0.9) } else { score }, other)
        })
        .filter(|(score, _)| *score > 0.8)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    scored.into_iter().take(3).map(|(_, other)| other).collect()
}

/// The branch that the value was most likely meant for: the one whose errors lie within the value and not
/// at the value itself.
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
        true => "has none of the forms that are allowed".to_owned(),
        false => format!("must be {}, but is {}", allowed.join(" or "), kind_of(instance)),
    }
}

fn types(kind: &TypeKind) -> String {
    let all: Vec<JsonType> = match kind {
        TypeKind::Single(one) => vec![*one],
        TypeKind::Multiple(set) => set.iter().collect(),
    };
    all.iter().map(|kind| article(kind.as_str())).collect::<Vec<_>>().join(" or ")
}

/// A type of JSON Schema as it is said in a sentence.
fn article(kind: &str) -> &str {
    match kind {
        "array" => "a list",
        "boolean" => "true or false",
        "integer" => "an integer",
        "number" => "a number",
        "object" => "an object",
        "string" => "text",
        other => other,
    }
}

fn kind_of(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::String(_) => format!("the text {}", shown(value)),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}

/// A value as it is quoted in a sentence, not too long.
fn shown(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}
