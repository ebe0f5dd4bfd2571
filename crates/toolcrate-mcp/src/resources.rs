//! Serves resources: the capabilities of each API module, the complete definition of each tool, and the possible values
//! of each argument. Tools that aren't exposed have no resources.

use rmcp::model::{ReadResourceResult, Resource, ResourceContents, ResourceTemplate};
use toolcrate_executor::{Principal, Product, ToolFilter};
use toolcrate_runtime::Tool;

use crate::argument_values;
use crate::error::McpError;
use crate::tool_context::{SEARCH_TOOLS, ToolContext};
use crate::tool_definition::describe;

const JSON: &str = "application/json";
const MARKDOWN: &str = "text/markdown";
/// Maximum length of the notice about omitted tools.
const MAX_NOTICE_BYTES: usize = 100;

/// Returns the URI prefix of modules.
pub(crate) fn module_prefix(product: &Product) -> String {
    format!("{}://modules/", product.uri_scheme)
}

/// Returns the URI prefix of tools.
pub(crate) fn tool_prefix(product: &Product) -> String {
    format!("{}://tools/", product.uri_scheme)
}

/// Returns the modules with at least one exposed tool.
pub(crate) fn modules(filter: &ToolFilter) -> impl Iterator<Item = &'static str> {
    let is_offered = |module: &&str| filter.tools().any(|tool| tool.module() == *module);
    filter.catalog().modules().filter(is_offered)
}

/// Returns the tool with this name, if it is exposed.
pub(crate) fn find_tool(filter: &ToolFilter, name: &str) -> Option<Tool> {
    filter.catalog().get(name).filter(|tool| filter.allows(*tool))
}

/// Returns the listed resources: one per module.
pub(crate) fn list(context: &ToolContext) -> Vec<Resource> {
    let prefix = module_prefix(context.product);
    let resource = |module: &str| {
        let mut resource = Resource::new(format!("{prefix}{module}"), format!("tools of {module}"));
        resource.description = Some(format!("The {module} tools, with descriptions."));
        resource.mime_type = Some(MARKDOWN.to_owned());
        resource
    };
    modules(context.executor.filter()).map(resource).collect()
}

/// Returns the templates of all resources.
pub(crate) fn templates(product: &Product) -> Vec<ResourceTemplate> {
    let template = |uri: String, name: &str, mime_type: &str, description: Option<&str>| {
        let mut template = ResourceTemplate::new(uri, name);
        template.description = description.map(str::to_owned);
        template.mime_type = Some(mime_type.to_owned());
        template
    };
    let (tools, modules) = (tool_prefix(product), module_prefix(product));
    let tool = "A tool in full: input schema, filterable fields, and prerequisite lookups.";
    let argument = "A tool argument: its schema, and its known possible values.";
    vec![
        template(format!("{tools}{{name}}"), "a tool", JSON, Some(tool)),
        template(format!("{tools}{{name}}/{{argument}}{{?value}}"), "an argument", JSON, Some(argument)),
        template(format!("{modules}{{module}}"), "tools for one part of the API", MARKDOWN, None),
    ]
}

/// Returns the resource at `uri`.
///
/// # Errors
/// Returns an error if the resource doesn't exist.
pub(crate) async fn read(
    context: &ToolContext,
    principal: Principal,
    uri: &str,
) -> Result<ReadResourceResult, McpError> {
    let (text, mime_type) = if let Some(path) = uri.strip_prefix(&tool_prefix(context.product)) {
        match read_argument(context, principal, path).await.or_else(|| read_tool(context, path)) {
            Some(text) => (text, JSON),
            None => return Err(McpError::UnknownResource(uri.to_owned())),
        }
    } else {
        let module = uri.strip_prefix(&module_prefix(context.product));
        match module.and_then(|module| read_module(context, module)) {
            Some(text) => (text, MARKDOWN),
            None => return Err(McpError::UnknownResource(uri.to_owned())),
        }
    };
    Ok(ReadResourceResult::new(vec![ResourceContents::text(text, uri).with_mime_type(mime_type)]))
}

fn read_tool(context: &ToolContext, name: &str) -> Option<String> {
    let tool = find_tool(context.executor.filter(), name)?;
    Some(format!("{:#}", describe(tool, context.listing.names, None)))
}

fn read_module(context: &ToolContext, module: &str) -> Option<String> {
    let (filter, names) = (context.executor.filter(), context.listing.names);
    modules(filter).find(|known| *known == module)?;
    let mut text = format!("# {module} tools\n\n");
    let max_bytes = context.max_result_bytes();
    let mut tools = filter.tools().filter(|tool| tool.module() == module);
    while let Some(tool) = tools.next() {
        let line = format!("- `{}`: {}\n", tool.name_in(names), tool.description_in(names));
        if text.len() + line.len() + MAX_NOTICE_BYTES > max_bytes {
            let left_out = tools.count() + 1;
            text.push_str(&format!(
                "\n{left_out} more tools are not shown. Find them with {SEARCH_TOOLS}.\n"
            ));
            break;
        }
        text.push_str(&line);
    }
    Some(text)
}

/// Parses `name/argument?value=typed` and returns the argument.
async fn read_argument(context: &ToolContext, principal: Principal, path: &str) -> Option<String> {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let (name, argument) = path.split_once('/')?;
    let typed = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "value");
    let typed = typed.map_or_else(String::new, |(_, value)| value.into_owned());
    let executor = &context.executor;
    let tool = find_tool(executor.filter(), name)?;
    let names = context.listing.names;
    let page = argument_values::describe_argument(executor, principal, tool, argument, &typed, names).await?;
    Some(format!("{page:#}"))
}
