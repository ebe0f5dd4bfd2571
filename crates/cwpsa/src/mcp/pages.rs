//! Resources: what each part of the API can do, and each tool in full. What is not offered is on no page, and no name in
//! an address is completed to it.

use connectwise_psa::CATALOG;
use connectwise_psa::runtime::Tool;
use rmcp::model::{ReadResourceResult, Resource, ResourceContents, ResourceTemplate};

use super::{arguments, named, offer};
use crate::exposure::NameStyle;
use toolcrate_executor::ToolFilter;

const MODULE: &str = "cwpsa://modules/";
const TOOL: &str = "cwpsa://tools/";

/// The resources that have an address of their own: a page for each part of the API.
pub fn all(offered: &ToolFilter) -> Vec<Resource> {
    modules(offered)
        .map(|module| {
            let mut page = Resource::new(format!("{MODULE}{module}"), format!("tools of {module}"));
            page.description = Some(format!("The tools of {module}, with what each does."));
            page.mime_type = Some("text/markdown".to_owned());
            page
        })
        .collect()
}

/// The parts of the API that have a tool that is offered.
fn modules(offered: &ToolFilter) -> impl Iterator<Item = &'static str> {
    let has = |module: &&str| CATALOG.tools().any(|tool| tool.module() == *module && offered.allows(tool));
    CATALOG.modules().filter(has)
}

/// The tool of this name, if it is offered.
pub fn tool(offered: &ToolFilter, name: &str) -> Option<Tool> {
    CATALOG.get(name).filter(|tool| offered.allows(*tool))
}

/// The resources with a name in their address.
pub fn templates() -> Vec<ResourceTemplate> {
    let mut tool = ResourceTemplate::new(format!("{TOOL}{{name}}"), "a tool");
    tool.description = Some("A tool in full: schema, fields of its filter, look-ups before it.".to_owned());
    tool.mime_type = Some("application/json".to_owned());
    let mut module = ResourceTemplate::new(format!("{MODULE}{{module}}"), "tools of a part of the API");
    module.mime_type = Some("text/markdown".to_owned());
    let mut argument = ResourceTemplate::new(format!("{TOOL}{{name}}/{{argument}}{{?value}}"), "an argument");
    argument.description = Some(
        "An argument of a tool: its schema, and which values it may have, as far as they are known."
            .to_owned(),
    );
    argument.mime_type = Some("application/json".to_owned());
    vec![tool, argument, module]
}

/// The tool and the argument that an address such as `cwpsa://tools/{name}/{argument}?value=…` names, and what was typed.
pub fn argument<'a>(offered: &ToolFilter, uri: &'a str) -> Option<(Tool, &'a str, String)> {
    let (path, query) = uri.strip_prefix(TOOL)?.split_once('?').unwrap_or((uri.strip_prefix(TOOL)?, ""));
    let (name, argument) = path.split_once('/')?;
    let typed = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "value");
    Some((tool(offered, name)?, argument, typed.map_or_else(String::new, |(_, value)| value.into_owned())))
}

/// The resource at `uri`.
pub fn read(offered: &ToolFilter, names: NameStyle, uri: &str) -> Option<ReadResourceResult> {
    let (text, kind) = if let Some(name) = uri.strip_prefix(TOOL) {
        (format!("{:#}", offer::in_full(tool(offered, name)?, names, None)), "application/json")
    } else {
        let module = uri.strip_prefix(MODULE)?;
        modules(offered).find(|known| *known == module)?;
        let mut text = format!("# Tools of {module}\n\n");
        for tool in offered.tools().filter(|tool| tool.module() == module) {
            text.push_str(&format!(
                "- `{}`: {}\n",
                offer::shown(tool, names),
                named::text(&tool.description(), names)
            ));
        }
        (text, "text/markdown")
    };
    Some(ReadResourceResult::new(vec![ResourceContents::text(text, uri).with_mime_type(kind)]))
}

/// What a name in an address may be, as far as it was typed; `tool` is the one that was named before.
pub fn complete(
    offered: &ToolFilter,
    template: &str,
    argument: &str,
    typed: &str,
    tool: Option<Tool>,
) -> Vec<String> {
    let fits = |name: &&str| name.contains(typed);
    if template.starts_with(TOOL) && argument == "name" {
        offered.tools().map(|tool| tool.short_name()).filter(fits).map(str::to_owned).collect()
    } else if template.starts_with(TOOL) && argument == "argument" {
        let names = tool.map(arguments::names).unwrap_or_default();
        names.into_iter().filter(|name| name.contains(typed)).collect()
    } else if template.starts_with(MODULE) && argument == "module" {
        modules(offered).filter(fits).map(str::to_owned).collect()
    } else {
        Vec::new()
    }
}
