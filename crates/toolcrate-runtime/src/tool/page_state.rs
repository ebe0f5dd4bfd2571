//! Determines what a cursor contains: a position in a list, but never the filter.

use serde_json::Value;
use toolcrate_catalog::ArgumentLocation;

use super::validator::ToolValidator;

/// The cursor property with the number of rows to skip. No argument has such a name.
pub(super) const SKIP: &str = "+skip";

/// Returns true if a cursor may contain this property: the number of rows to skip, or an argument that determines where
/// a list continues. Only query parameters qualify, because the API uses them in its own links, but none that select
/// records or their fields. If pages are numbered, only numbers qualify: the page, its size, or the ID of the record
/// after which a page starts.
pub(super) fn is_page_state(check: &ToolValidator, name: &str, value: &Value) -> bool {
    if name == SKIP {
        return value.is_u64();
    }
    let is_numbered = check.api.paging.numbers().is_some();
    if value.is_array() || value.is_object() || is_numbered && !takes_number(check, name) {
        return false;
    }
    let plans = check.record.bindings.iter().map(|binding| &binding.request).chain([&check.record.request]);
    let mut targets = plans.filter_map(|plan| plan.arguments.get(name)).peekable();
    let parameter = match targets.peek() {
        None if check.is_query(name) => name,
        None => return false,
        Some(target) => target.name_or(name),
    };
    targets.all(|target| target.location == ArgumentLocation::Query) && !chooses_records(check, parameter)
}

fn takes_number(check: &ToolValidator, name: &str) -> bool {
    let kind = check.property(name).and_then(|schema| schema.get("type")).and_then(Value::as_str);
    matches!(kind, Some("integer" | "number"))
}

fn chooses_records(check: &ToolValidator, parameter: &str) -> bool {
    let grammar = check.api.filter.as_ref();
    let conditions = grammar.is_some_and(|grammar| {
        [grammar.argument, grammar.conditions, grammar.child_conditions, grammar.custom_field_conditions]
            .contains(&parameter)
    });
    conditions || check.api.fields_parameter == Some(parameter)
}
