//! `cwpsa tools`: lists the tools in the catalog, or a selection of them.

use connectwise_psa::runtime::{NameStyle, Tool};
use toolcrate_executor::tool_to_json;

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
    let is_table = arguments.dialect.is_none() && !arguments.json;
    let usual = if is_table { NameStyle::Short } else { NameStyle::Prefixed };
    let names = arguments.names.unwrap_or(usual);
    if let Some(dialect) = arguments.dialect {
        let declared = |tool: Tool| {
            let schema = tool.input_schema_value_in(names);
            tool.declaration_with(dialect, tool.name_in(names), schema).value
        };
        output::print_json(&selection.tools().map(declared).collect())?;
    } else if arguments.json {
        output::print_json(&selection.tools().map(|tool| tool_to_json(tool, names)).collect())?;
    } else {
        let row = |tool: Tool| {
            let details = tool.details();
            vec![tool.name_in(names).to_owned(), details.class.to_string(), details.title.into_owned()]
        };
        let rows: Vec<Vec<String>> = selection.tools().map(row).collect();
        output::print_table(&["tool", "class", "title"], &rows)?;
        eprintln!("{} tools", rows.len());
    }
    Ok(())
}
