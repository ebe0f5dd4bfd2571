//! `cwpsa tools`: lists the catalog, or a selection of it.

use connectwise_psa::runtime::Tool;
use toolcrate_executor::tool_to_json;
use toolcrate_mcp::NameStyle;

use crate::cli::ToolsArgs;
use crate::cli::output;
use crate::error::CliError;
use crate::select::{SETS, tool_filter};

/// Prints the tools.
pub fn run(arguments: &ToolsArgs) -> Result<(), CliError> {
    if arguments.selection.toolset.iter().any(|set| set == "help") {
        let rows: Vec<Vec<String>> =
            SETS.iter().map(|(set, names)| vec![set.to_owned(), names.join(", ")]).collect();
        return output::print_table(&["set", "tools"], &rows);
    }
    let selection =
        tool_filter(&(&arguments.selection).into()).map_err(|error| CliError::Usage(error.to_string()))?;
    let usual = if arguments.dialect.is_some() { NameStyle::Prefixed } else { NameStyle::Short };
    let name = |tool: Tool| match arguments.names.unwrap_or(usual) {
        NameStyle::Prefixed => tool.name(),
        NameStyle::Short => tool.short_name(),
    };
    if let Some(dialect) = arguments.dialect {
        let declared =
            |tool: Tool| tool.declaration_with(dialect, name(tool), tool.input_schema_value()).value;
        output::print_json(&selection.tools().map(declared).collect())?;
    } else if arguments.json {
        output::print_json(&selection.tools().map(tool_to_json).collect())?;
    } else {
        let row = |tool: Tool| {
            let details = tool.details();
            vec![name(tool).to_owned(), details.class.to_string(), details.title.into_owned()]
        };
        let rows: Vec<Vec<String>> = selection.tools().map(row).collect();
        output::print_table(&["tool", "class", "title"], &rows)?;
        eprintln!("{} tools", rows.len());
    }
    Ok(())
}
