//! `cwpsa describe`: all that is known of one tool.

use connectwise_psa::runtime::{Tool, Value};
use serde_json::json;

use super::tools;
use crate::cli::Describe;
use crate::output::{self, Failure};

/// Prints a tool.
pub fn run(arguments: &Describe) -> Result<(), Failure> {
    let tool = super::tool(&arguments.tool)?;
    match arguments.dialect {
        Some(dialect) => {
            let declaration = tool.declaration(dialect);
            declaration.not_strict.iter().for_each(|reason| eprintln!("not strict: {reason}"));
            output::json(&declaration.value);
        }
        None => output::json(&entry(tool)),
    }
    Ok(())
}

/// A tool with what helps to call it: the fields of its filter, the look-ups before it, where it stands in the
/// life of a record.
pub fn entry(tool: Tool) -> Value {
    let mut value = tools::entry(tool);
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
