//! End-to-end tests of the generated crate over real connections.

mod answers;
mod areas;
mod callbacks;
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
mod model_docs;
mod nulls;
mod prerequisites;
mod programs;
mod sdk_names;
mod texts;
