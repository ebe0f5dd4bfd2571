//! `cwpsa tools`: the catalog, or what was chosen of it.

use connectwise_psa::runtime::{Tool, Value};
use serde_json::json;

use crate::cli::{Names, Tools};
use crate::output::{self, Failure};
use crate::select::{SETS, Selection};

/// Prints the tools.
pub fn run(arguments: &Tools) -> Result<(), Failure> {
    if arguments.selection.toolset.iter().any(|set| set == "help") {
        let rows: Vec<Vec<String>> =
            SETS.iter().map(|(set, names)| vec![(*set).to_owned(), names.join(", ")]).collect();
        return output::table(&["set", "tools"], &rows);
    }
    let selection = Selection::new(&arguments.selection, false).map_err(Failure::Usage)?;
    let usual = if arguments.dialect.is_some() { Names::Full } else { Names::Short };
    let name = |tool: Tool| match arguments.names.unwrap_or(usual) {
        Names::Full => tool.name(),
        Names::Short => tool.short_name(),
    };
    if let Some(dialect) = arguments.dialect {
        let declared =
            |tool: Tool| tool.declaration_with(dialect, name(tool), tool.input_schema_value()).value;
        output::json(&selection.tools().map(declared).collect())?;
    } else if arguments.json {
        output::json(&selection.tools().map(entry).collect())?;
    } else {
        let row = |tool: Tool| {
            let details = tool.details();
            vec![name(tool).to_owned(), details.class.to_string(), details.title.into_owned()]
        };
        let rows: Vec<Vec<String>> = selection.tools().map(row).collect();
        output::table(&["tool", "class", "title"], &rows)?;
        eprintln!("{} tools", rows.len());
    }
    Ok(())
}

/// A tool as `--json` prints it.
pub fn entry(tool: Tool) -> Value {
    let details = tool.details();
    let hints = details.annotations;
    let relations: Vec<Value> = tool
        .relations()
        .into_iter()
        .map(|relation| {
            let mut value =
                json!({"argument": relation.argument, "tool": relation.tool, "field": relation.field});
            if !relation.with.is_empty() {
                value["with"] = json!(relation.with);
            }
            value
        })
        .collect();
    json!({
        "name": tool.name(),
        "short_name": tool.short_name(),
        "title": details.title,
        "description": details.description,
        "class": details.class,
        "module": tool.module(),
        "tags": details.tags,
        "http": {"method": details.http.method, "path": details.http.path},
        "input_schema": tool.input_schema_value(),
        "annotations": {
            "readOnlyHint": hints.read_only_hint,
            "destructiveHint": hints.destructive_hint,
            "idempotentHint": hints.idempotent_hint,
            "openWorldHint": hints.open_world_hint,
        },
        "relations": relations,
    })
}
