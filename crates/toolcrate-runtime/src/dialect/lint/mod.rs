//! Checks a declared tool against the rules of its dialect: those that the provider documents, and those by
//! which it is known to refuse a tool or to lose a part of it. It looks at the declaration alone, so it tells of
//! any tool, whoever made it.

mod provider;
mod schema;

use serde_json::Value;

use super::Dialect;
use crate::Tool;

/// A rule that a declaration breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule, in a word or two.
    pub rule: &'static str,
    /// JSON pointer into the declaration.
    pub pointer: String,
    /// What is wrong, in a sentence.
    pub message: String,
}

/// What is wrong with a tool in a dialect; nothing if it is valid.
pub fn lint(tool: Tool, dialect: Dialect) -> Vec<Finding> {
    let declaration = tool.declaration(dialect);
    let mut findings: Vec<Finding> = declaration
        .not_strict
        .into_iter()
        .map(|message| Finding { rule: "not-strict", pointer: String::new(), message })
        .collect();
    findings.extend(check(dialect, &declaration.value));
    findings
}

/// What is wrong with a declaration in a dialect.
pub fn check(dialect: Dialect, declaration: &Value) -> Vec<Finding> {
    let mut findings = Findings(Vec::new());
    let Some(schemas) = provider::declaration(dialect, declaration, &mut findings) else {
        return findings.0;
    };
    for (pointer, node) in schemas {
        schema::root(dialect, node, &pointer, &mut findings);
    }
    findings.0
}

/// The findings so far.
struct Findings(Vec<Finding>);

impl Findings {
    fn add(&mut self, rule: &'static str, pointer: impl Into<String>, message: impl Into<String>) {
        self.0.push(Finding { rule, pointer: pointer.into(), message: message.into() });
    }
}

#[cfg(test)]
mod tests;
