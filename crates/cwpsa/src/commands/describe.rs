//! `cwpsa describe`: all that is known of one tool.

use connectwise_psa::CATALOG;
use connectwise_psa::runtime::{Account, Tool, Value};
use serde_json::json;

use super::find_tool::find_tool;
use super::tools;
use toolcrate_executor::input_schema_for;

use crate::cli::Describe;
use crate::cli::output;
use crate::error::CliError;
use crate::settings::{Settings, Target};

/// Prints a tool.
pub async fn run(arguments: &Describe, settings: Result<Settings, CliError>) -> Result<(), CliError> {
    let tool = find_tool(&arguments.tool)?;
    let account = match arguments.custom_fields {
        true => Some(Target::resolve(&settings?).await?.client()?.enrich(&CATALOG).await?),
        false => None,
    };
    match arguments.dialect {
        Some(dialect) => {
            let schema = input_schema_for(account.as_ref(), tool);
            let declaration = tool.declaration_with(dialect, tool.name(), schema);
            declaration.not_strict.iter().for_each(|reason| eprintln!("not strict: {reason}"));
            output::print_json(&declaration.value)
        }
        None => output::print_json(&entry(tool, account.as_ref())),
    }
}

/// A tool with what helps to call it: the fields of its filter, the look-ups before it, where it stands in the
/// life of a record, and the account's own fields if they are known.
pub fn entry(tool: Tool, account: Option<&Account>) -> Value {
    let mut value = tools::entry(tool);
    if account.is_some() {
        value["input_schema"] = input_schema_for(account, tool);
    }
    let fields = tool.filter_fields();
    if !fields.is_empty() {
        value["filter_fields"] = json!(fields);
    }
    let prerequisites = tool.prerequisites();
    if !prerequisites.steps.is_empty() {
        value["prerequisites"] = json!(prerequisites);
    }
    let life = tool.lifecycle();
    if life.as_array().is_some_and(|steps| !steps.is_empty()) {
        value["lifecycle"] = life;
    }
    value
}
