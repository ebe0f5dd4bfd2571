//! Anthropic's tool format. Schemas are passed through unchanged, except that some arguments are renamed.

use serde_json::{Value, json};
use toolcrate_catalog::RawJson;

use super::argument_names::ArgumentNames;
use super::declaration::Declaration;
use super::declaration_rules::DeclarationRules;
use super::lint::finding::LintFindings;
use super::provider_limits::MAX_NAME;
use super::schema_keywords::properties;
use super::tool_dialect::ToolDialect;
use super::tool_source::{CalledTool, ToolSource};
use crate::patch::escape;

pub(super) struct AnthropicDialect;

static RULES: DeclarationRules =
    DeclarationRules::new(&["name", "description", "input_schema", "input_examples"], &["input_schema"]);

impl ToolDialect for AnthropicDialect {
    fn name(&self) -> &'static str {
        "anthropic"
    }

    fn declare(&self, tool: &ToolSource<'_>) -> Declaration {
        let names = argument_names(&tool.schema);
        let (schema, description) = (names.rename(&tool.schema), &tool.record.description);
        let mut declaration = json!({"name": tool.name, "description": description, "input_schema": schema});
        // An example with the tool's own argument names wouldn't match a schema with different ones.
        if !tool.record.examples.is_empty() && names == ArgumentNames::default() {
            declaration["input_examples"] = tool.record.examples.iter().map(RawJson::to_value).collect();
        }
        Declaration::new(declaration)
    }

    fn argument_names(&self, tool: &CalledTool<'_>) -> ArgumentNames {
        argument_names(tool.schema())
    }

    fn rules(&self) -> &'static DeclarationRules {
        &RULES
    }

    fn check_root(&self, schema: &Value, pointer: &str, findings: &mut LintFindings) {
        for (name, _) in properties(schema).filter(|(name, _)| !is_accepted(name)) {
            let message = format!("\"{name}\" must have 1 to 64 letters");
            findings.add("property-name", format!("{pointer}/properties/{}", escape(name)), message);
        }
    }
}

/// Returns true if and only if the provider accepts an argument with this name.
pub(super) fn is_accepted(name: &str) -> bool {
    (1..=MAX_NAME).contains(&name.len()) && name.chars().all(is_accepted_character)
}

fn is_accepted_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '.' | '-')
}

/// Returns replacement names for the arguments that the provider rejects.
pub(super) fn argument_names(schema: &Value) -> ArgumentNames {
    ArgumentNames::replace(schema, is_accepted, |name| {
        let replaced = name.chars().map(|c| if is_accepted_character(c) { c } else { '_' });
        // The last four characters are reserved for a number.
        let name: String = replaced.take(MAX_NAME - 4).collect();
        if name.is_empty() { "_".to_owned() } else { name }
    })
}
