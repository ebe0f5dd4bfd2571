//! Suggests lines for the profile that name an operation, ready to paste.

use serde_json::json;

use super::fallback;
use crate::config::PathAction;
use crate::ir::Operation;

/// Returns the line for `names.actions` or `names.operations` that gives `operation` the name in `action`.
pub fn action(operation: &Operation, action: &PathAction) -> String {
    if action.tail.is_empty() {
        return template(operation, &action.name);
    }
    format!(
        "`- {{ tail: {}, methods: [{}], name: {}, destructive: {} }}` in `names.actions`",
        json!(action.tail),
        operation.method,
        json!(action.name),
        action.destructive.unwrap_or_default(),
    )
}

/// Returns the line for `names.operations` that gives `operation` a valid name resembling `name`.
pub fn valid_name(operation: &Operation, name: &str, prefix: &str) -> String {
    let is_allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let lower = name.to_lowercase().replace(|c: char| !is_allowed(c), "_");
    let words: Vec<&str> = lower.split('_').filter(|word| !word.is_empty()).collect();
    let mut name = words.join("_");
    if !name.starts_with(|c: char| c.is_ascii_lowercase()) {
        name = format!("call_{prefix}_{name}");
    }
    template(operation, &fallback::fit_tool(&name, "", prefix).replacen(prefix, "{P}", 1))
}

fn template(operation: &Operation, name: &str) -> String {
    format!("`{}: {}` in `names.operations`", json!(operation.key()), json!(name))
}
