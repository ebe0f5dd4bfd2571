//! Emits the aliases in the catalog: former tool names that keep working for one release.

use std::borrow::Cow;

use toolcrate_catalog::AliasRecord;

use crate::diagnostic::{CodegenError, Errors};
use crate::emit::context::Context;

/// Returns the records of former names, sorted by name.
///
/// # Errors
/// Returns `E033` if an old name still belongs to a tool, or a new one doesn't.
pub fn records<'a>(context: &'a Context<'_>) -> Result<Vec<AliasRecord<'a>>, Errors> {
    let tools = &context.named.operations;
    let mut errors = Errors(Vec::new());
    let mut aliases: Vec<(&str, &str)> = context.named.lock.aliases(&context.api.version).collect();
    aliases.sort_unstable();
    let record =
        |(name, tool): (&'a str, &'a str)| {
            let is_tool = |name: &str| tools.values().any(|tool| tool.tool == name);
            let wrong = match (is_tool(name), is_tool(tool)) {
                (true, _) => Some(format!("{name} is still a tool name")),
                (_, false) => Some(format!("{tool} is not a tool in this release")),
                _ => None,
            };
            errors.0.extend(wrong.map(|wrong| {
                CodegenError::new("E033", format!("`alias {name} {tool}` in the lock: {wrong}"))
            }));
            AliasRecord { name, short_name: Cow::Owned(short(&context.profile.api.prefix, name)), tool }
        };
    let records = aliases.into_iter().map(record).collect();
    errors.into_result()?;
    Ok(records)
}

/// Returns a name without the API's prefix.
fn short(prefix: &str, name: &str) -> String {
    name.replacen(&format!("{prefix}_"), "", 1)
}
