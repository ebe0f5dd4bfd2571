//! `cwpsa describe`: shows a tool.

use connectwise_psa::runtime::NameStyle;
use toolcrate_executor::{describe_tool, input_schema_for};

use super::find_tool::find_tool;

use crate::cli::DescribeArgs;
use crate::cli::output;
use crate::error::CliError;
use crate::settings::{Settings, Target};

/// Prints a tool.
pub async fn run(arguments: &DescribeArgs, settings: Result<Settings, CliError>) -> Result<(), CliError> {
    let tool = find_tool(&arguments.tool)?;
    let account = match arguments.custom_fields {
        true => Some(Target::resolve(&settings?).await?.client()?.enrich().await?),
        false => None,
    };
    match arguments.dialect {
        Some(dialect) => {
            let schema = input_schema_for(account.as_ref(), tool, NameStyle::Prefixed);
            let declaration = tool.declaration_with(dialect, tool.name(), schema);
            declaration.not_strict.iter().for_each(|reason| eprintln!("not strict: {reason}"));
            output::print_json(&declaration.value)
        }
        None => output::print_json(&describe_tool(tool, NameStyle::Prefixed, account.as_ref())),
    }
}
