//! Completes user input: names in resource URIs, argument values, and records for prompts.

use rmcp::model::{CompleteRequestParams, CompletionInfo, Reference};
use serde_json::Value;
use toolcrate_executor::Principal;
use toolcrate_runtime::Tool;

use crate::tool_context::ToolContext;
use crate::{argument_values, prompts, resources};

/// Maximum length of the input. No value is longer.
const MAX_TYPED_BYTES: usize = 256;

/// Returns completions of the user's input.
pub(crate) async fn complete(
    context: &ToolContext,
    principal: Principal,
    request: CompleteRequestParams,
) -> CompletionInfo {
    let (argument, typed) = (request.argument.name, request.argument.value);
    if typed.len() > MAX_TYPED_BYTES {
        return CompletionInfo::default();
    }
    let earlier = request.context.and_then(|context| context.arguments).unwrap_or_default();
    let executor = &context.executor;
    let tool = earlier.get("name").and_then(|name| resources::find_tool(executor.filter(), name));
    let values = match &request.r#ref {
        Reference::Resource(_) if argument == "value" => match (tool, earlier.get("argument")) {
            (Some(tool), Some(argument)) => {
                let values = argument_values::values(executor, principal, tool, argument, &typed).await;
                values.iter().map(|(value, _)| to_text(value)).collect()
            }
            _ => Vec::new(),
        },
        Reference::Resource(template) => complete_address(context, &template.uri, &argument, &typed, tool),
        Reference::Prompt(prompt) => match prompts::value_source(context.product, &prompt.name, &argument) {
            Some(source) => {
                let values = argument_values::records(executor, principal, source, &typed).await;
                values.iter().map(to_text).collect()
            }
            None => Vec::new(),
        },
        _ => Vec::new(),
    };
    let has_more = values.len() > CompletionInfo::MAX_VALUES;
    let values = values.into_iter().take(CompletionInfo::MAX_VALUES).collect();
    CompletionInfo::with_pagination(values, None, has_more).unwrap_or_default()
}

/// Returns the names that fit in a resource URI; `tool` is the tool that precedes the argument in the URI.
fn complete_address(
    context: &ToolContext,
    template: &str,
    argument: &str,
    typed: &str,
    tool: Option<Tool>,
) -> Vec<String> {
    let filter = context.executor.filter();
    let is_tool = template.starts_with(&resources::tool_prefix(context.product));
    let is_module = template.starts_with(&resources::module_prefix(context.product));
    let matches = |name: &&str| name.contains(typed);
    match argument {
        "name" if is_tool => {
            filter.tools().map(Tool::short_name).filter(matches).map(str::to_owned).collect()
        }
        "argument" if is_tool => {
            let names = tool.map(argument_values::arguments_with_values).unwrap_or_default();
            names.into_iter().filter(|name| name.contains(typed)).collect()
        }
        "module" if is_module => resources::modules(filter).filter(matches).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

/// Returns a value as a user would type it.
fn to_text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
