//! Checks rules about combinations of arguments: those that the API requires, and those that change the effect of an
//! argument.

use serde_json::{Map, Value};
use toolcrate_catalog::{AnyOfRule, WarningRule};

use super::validation_errors::pointer;
use crate::error::FieldError;

/// Returns the problem for each group of arguments of which none is set.
pub(super) fn missing_choices(rules: &[AnyOfRule<'_>], arguments: &Map<String, Value>) -> Vec<FieldError> {
    let is_given = |rule: &AnyOfRule<'_>, name: &str| match arguments.get(name) {
        Some(Value::Bool(value)) => *value || !rule.is_true,
        Some(value) => !value.is_null() && !rule.is_true,
        None => false,
    };
    let missing = rules.iter().filter(|rule| !rule.arguments.iter().any(|name| is_given(rule, name)));
    missing
        .filter_map(|rule| {
            let (last, others) = rule.arguments.split_last()?;
            let names =
                if others.is_empty() { last.to_string() } else { format!("{} or {last}", others.join(", ")) };
            let first = rule.arguments.first()?;
            Some(FieldError::new(pointer("", first), "missing", format!("{}: set {names}", rule.message)))
        })
        .collect()
}

/// Returns the warnings about the arguments of a call that was made. `record` is the response to an update: the
/// other fields may have been set before.
pub(super) fn warnings(
    rules: &[WarningRule<'_>],
    arguments: &Map<String, Value>,
    record: Option<&Value>,
) -> Vec<String> {
    let is_given = |name: &str| arguments.get(name).is_some_and(|value| !value.is_null());
    let is_set = |name: &str| match record.and_then(|record| record.get(name)) {
        Some(value) => !value.is_null(),
        None => is_given(name),
    };
    let applies =
        |rule: &&WarningRule<'_>| is_given(&rule.argument) && rule.with.iter().all(|name| is_set(name));
    rules.iter().filter(applies).map(|rule| rule.message.to_string()).collect()
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use serde_json::json;

    use super::*;

    fn arguments(value: Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap_or_default()
    }

    #[test]
    fn one_of_several_arguments_is_enough() {
        let rule = |is_true: bool| {
            let names = ["shown", "internal", "solved"].map(Cow::Borrowed).to_vec();
            [AnyOfRule { arguments: names, is_true, message: Cow::Borrowed("choose where it appears") }]
        };
        let missing = |is_true: bool, given: Value| missing_choices(&rule(is_true), &arguments(given)).pop();
        assert_eq!(missing(true, json!({"internal": true, "shown": false})), None);
        assert_eq!(missing(false, json!({"solved": "x"})), None);
        for given in [json!({}), json!({"shown": false}), json!({"shown": null}), json!({"shown": "x"})] {
            let error = missing(true, given.clone()).unwrap_or_else(|| panic!("{given}"));
            assert_eq!((error.pointer.as_str(), error.code.as_str()), ("/shown", "missing"));
            assert_eq!(error.message, "choose where it appears: set shown, internal or solved");
        }
    }

    #[test]
    fn warning_applies_to_arguments_set_together() {
        let with = ["start", "end"].map(Cow::Borrowed).to_vec();
        let rules =
            [WarningRule { argument: Cow::Borrowed("hours"), with, message: Cow::Borrowed("ignored") }];
        let warned = |given: Value, record: Option<Value>| {
            !warnings(&rules, &arguments(given), record.as_ref()).is_empty()
        };
        assert!(warned(json!({"hours": 1, "start": "a", "end": "b"}), None));
        assert!(!warned(json!({"hours": 1, "start": "a"}), None));
        assert!(!warned(json!({"start": "a", "end": "b"}), None));
        assert!(warned(json!({"hours": 1}), Some(json!({"start": "a", "end": "b"}))), "set before");
        assert!(!warned(json!({"hours": 1, "start": "a"}), Some(json!({"start": "a", "end": null}))));
    }
}
