//! MCP prompts: predefined tasks that a user can start from a menu.

use rmcp::model::{GetPromptResult, Prompt, PromptArgument, PromptMessage, Role};
use serde_json::{Map, Value};
use toolcrate_executor::{Product, PromptPlaceholder, PromptValueSource};

use crate::error::McpError;

/// Returns a product's prompts.
pub(crate) fn list(product: &Product) -> Vec<Prompt> {
    let argument = |argument: &PromptPlaceholder| {
        PromptArgument::new(argument.name).with_description(argument.description).with_required(true)
    };
    let prompts = product.prompts.iter().map(|prompt| {
        let arguments = prompt.arguments.iter().map(argument).collect();
        Prompt::new(prompt.name, Some(prompt.description), Some(arguments))
    });
    prompts.collect()
}

/// Returns the text of a prompt, with its placeholders filled in.
///
/// # Errors
/// Returns an error for an unknown prompt or a missing argument.
pub(crate) fn get(
    product: &Product,
    name: &str,
    arguments: &Map<String, Value>,
) -> Result<GetPromptResult, McpError> {
    let Some(prompt) = product.prompts.iter().find(|prompt| prompt.name == name) else {
        let known = product.prompts.iter().map(|prompt| prompt.name).collect();
        return Err(McpError::UnknownPrompt { name: name.to_owned(), known });
    };
    let mut text = prompt.text.to_owned();
    for &PromptPlaceholder { name, description, .. } in prompt.arguments {
        let value = match arguments.get(name) {
            Some(Value::String(value)) if !value.is_empty() => value.clone(),
            Some(Value::Number(value)) => value.to_string(),
            _ => return Err(McpError::MissingPromptArgument { argument: name, description }),
        };
        text = text.replace(&format!("{{{name}}}"), &value);
    }
    let message = PromptMessage::new_text(Role::User, text);
    Ok(GetPromptResult::new(vec![message]).with_description(prompt.description))
}

/// Returns the source of the possible values of a prompt argument.
pub(crate) fn value_source(product: &Product, prompt: &str, argument: &str) -> Option<PromptValueSource> {
    let prompt = product.prompts.iter().find(|known| known.name == prompt)?;
    prompt.arguments.iter().find(|known| known.name == argument)?.source
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::fixture::LIBRARY;

    #[test]
    fn arguments_are_filled_in_and_all_are_required() {
        let arguments = Map::from_iter([("book".to_owned(), json!("Emma"))]);
        let result = get(&LIBRARY, "lend", &arguments).unwrap();
        assert!(serde_json::to_string(&result.messages).unwrap().contains("Lend Emma."));
        let error = get(&LIBRARY, "lend", &Map::new()).unwrap_err().to_string();
        assert_eq!(error, "\"book\" is required: The book.");
        let error = get(&LIBRARY, "burn", &Map::new()).unwrap_err().to_string();
        assert_eq!(error, "unknown prompt \"burn\" (expected lend)");
    }
}
