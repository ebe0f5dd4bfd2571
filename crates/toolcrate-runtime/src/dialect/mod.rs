//! Dialects, which are the tool formats of different providers.
//!
//! Every dialect is derived from the same source (name, description, input schema, annotations), and arguments from a
//! model are converted to the form in the tool's own schema, so execution doesn't depend on the provider.
//!
//! To add a dialect, implement the `ToolDialect` trait in a file, and add a line to the list in `dialects.rs`.

mod anthropic;
mod argument_names;
mod declaration;
mod declaration_rules;
mod declare;
mod denormalize;
mod dialects;
mod gemini;
mod lint;
mod mcp;
mod openai;
mod openai_strict;
mod provider_limits;
mod schema_keywords;
mod tool_dialect;
mod tool_source;
mod truto;
mod value_encoding;

pub use declaration::Declaration;
pub(crate) use declare::{denormalize_arguments, restore_argument_names};
pub use dialects::Dialect;
pub use lint::finding::LintFinding;
pub use lint::{check, declared_schemas, lint};
pub(crate) use tool_source::CalledTool;
pub(crate) use truto::is_list;
pub use truto::{Route, route};

#[cfg(test)]
mod tests;
