//! `cwpsa describe`: all that is known of one tool.

use connectwise_psa::CATALOG;
use toolcrate_executor::{describe_tool, input_schema_for};

use crate::cli::Describe;
use crate::cli::output;
use crate::error::CliError;
use crate::settings::Target;

/// Prints a tool.
pub async fn run(arguments: &Describe) -> Result<(), CliError> {
    let tool = super::tool(&arguments.tool)?;
    let account = match arguments.custom_fields {
        true => Some(Target::find(&arguments.connection).await?.client()?.enrich(&CATALOG).await?),
        false => None,
    };
    match arguments.dialect {
        Some(dialect) => {
            let schema = input_schema_for(account.as_ref(), tool);
            let declaration = tool.declaration_with(dialect, tool.name(), schema);
            declaration.not_strict.iter().for_each(|reason| eprintln!("not strict: {reason}"));
            output::print_json(&declaration.value)
        }
        None => output::print_json(&describe_tool(tool, account.as_ref())),
    }
}
