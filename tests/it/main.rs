//! End to end tests of the generated crate over real connections.

mod answers;
mod areas;
mod caller_mistakes;
mod catalog;
mod contract_tools;
mod custom_fields;
mod definitions;
mod dialects;
mod every_operation;
mod every_tool;
mod examples;
mod figures;
mod nulls;
mod prerequisites;
mod sdk_names;
mod texts;
