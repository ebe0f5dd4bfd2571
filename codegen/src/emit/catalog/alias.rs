//! Old names of tools that the lock keeps for this release: `aliases.jsonl`, a line each.

use serde_json::{Value, json};

use crate::diagnostic::{Error, Errors};
use crate::emit::Context;

/// The file's lines, sorted by the old name.
///
/// # Errors
/// `E033` an old name that is still a tool's own, or a new one that is none.
pub fn lines(context: &Context<'_>) -> Result<Vec<Value>, Errors> {
    let tools = &context.named.operations;
    let start = format!("{}_", context.profile.api.prefix);
    let mut errors = Errors(Vec::new());
    let mut aliases: Vec<(&str, &str)> = context.named.lock.aliases(&context.api.version).collect();
    aliases.sort_unstable();
    let line = |(old, new): (&str, &str)| {
        let is_tool = |name: &str| tools.values().any(|tool| tool.tool == name);
        let wrong = match (is_tool(old), is_tool(new)) {
            (true, _) => Some(format!("{old} is still the name of a tool")),
            (_, false) => Some(format!("{new} is no tool of this release")),
            _ => None,
        };
        errors.0.extend(
            wrong.map(|wrong| Error::new("E033", format!("`alias {old} {new}` in the lock: {wrong}"))),
        );
        json!({"name": old, "short_name": old.replacen(&start, "", 1), "tool": new})
    };
    let lines = aliases.into_iter().map(line).collect();
    errors.into_result()?;
    Ok(lines)
}
