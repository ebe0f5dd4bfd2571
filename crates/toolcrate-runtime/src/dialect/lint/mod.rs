//! Checks tool declarations against the rules of their dialect. Some rules are documented by the provider; others are
//! undocumented, but the provider rejects a tool or drops part of it if they are violated.
//!
//! The linter looks only at the declaration, so it also works for tools that aren't in a catalog.

mod declaration;
pub(super) mod finding;
mod input_schema;

use serde_json::Value;

use super::dialects::Dialect;
use crate::tool::Tool;
use finding::{LintFinding, LintFindings};

/// Returns the rules that a tool violates in a dialect; none if it is valid.
pub fn lint(tool: Tool, dialect: Dialect) -> Vec<LintFinding> {
    let declaration = tool.declaration(dialect);
    let mut findings = LintFindings::default();
    for message in declaration.not_strict {
        findings.add("not-strict", "", message);
    }
    let mut findings = findings.into_vec();
    findings.extend(check(dialect, &declaration.value));
    findings
}

/// Returns the rules that a declaration violates in a dialect.
pub fn check(dialect: Dialect, declaration: &Value) -> Vec<LintFinding> {
    let dialect = dialect.implementation();
    let mut findings = LintFindings::default();
    for (pointer, schema) in declaration::check(dialect, declaration, &mut findings) {
        input_schema::check(dialect, schema, &pointer, &mut findings);
    }
    findings.into_vec()
}

/// Returns a declaration's argument schemas: a single schema, or one each for query and body.
pub fn declared_schemas(dialect: Dialect, declaration: &Value) -> Vec<&Value> {
    let rules = dialect.implementation().rules();
    let members = rules.envelope.map_or(declaration, |envelope| &declaration[envelope]);
    rules.schemas.iter().filter_map(|name| members.get(name)).filter(|schema| schema.is_object()).collect()
}

#[cfg(test)]
mod tests;
