//! OpenAI's function-calling format. Schemas and arguments are passed through unchanged.

use serde_json::{Value, json};

use super::declaration::Declaration;
use super::declaration_rules::DeclarationRules;
use super::lint::finding::LintFindings;
use super::provider_limits::MAX_OPENAI_DESCRIPTION;
use super::tool_dialect::ToolDialect;
use super::tool_source::ToolSource;

pub(super) struct OpenAiDialect;

/// The format of a function, which is the same in strict mode.
pub(super) const FUNCTION_RULES: DeclarationRules = DeclarationRules {
    envelope: Some("function"),
    max_description: Some(MAX_OPENAI_DESCRIPTION),
    ..DeclarationRules::new(&["name", "description", "strict", "parameters"], &["parameters"])
};

static RULES: DeclarationRules = FUNCTION_RULES;

impl ToolDialect for OpenAiDialect {
    fn name(&self) -> &'static str {
        "openai"
    }

    fn declare(&self, tool: &ToolSource<'_>) -> Declaration {
        Declaration::new(function(tool, &tool.schema, false))
    }

    fn rules(&self) -> &'static DeclarationRules {
        &RULES
    }

    fn check_declaration(&self, declaration: &Value, findings: &mut LintFindings) {
        check_strict(declaration, false, findings);
    }
}

/// Returns a function declaration.
pub(super) fn function(tool: &ToolSource<'_>, parameters: &Value, strict: bool) -> Value {
    json!({
        "type": "function",
        "function": {
            "name": tool.name,
            "description": description(tool),
            "strict": strict,
            "parameters": parameters,
        },
    })
}

/// Returns the description, with an example if both fit.
fn description(tool: &ToolSource<'_>) -> String {
    let description = tool.description();
    if description.chars().count() <= MAX_OPENAI_DESCRIPTION {
        return description;
    }
    shorten(&tool.record.description, MAX_OPENAI_DESCRIPTION)
}

/// Checks that `strict` has the value required by the dialect.
pub(super) fn check_strict(declaration: &Value, expected: bool, findings: &mut LintFindings) {
    let strict = declaration["function"]["strict"].as_bool().unwrap_or_default();
    if strict != expected {
        findings.add("strict", "/function/strict", format!("must not be {strict}"));
    }
}

/// Returns the text, or as many of its sentences as fit.
pub(super) fn shorten(text: &str, max_characters: usize) -> String {
    let Some((end, _)) = text.char_indices().nth(max_characters) else { return text.to_owned() };
    let cut = &text[..end];
    match cut.rfind(". ") {
        Some(sentence) => cut[..=sentence].to_owned(),
        None => cut.chars().take(max_characters - 1).chain(['…']).collect(),
    }
}
